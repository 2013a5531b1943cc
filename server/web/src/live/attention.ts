/**
 * Who may need a visit, from what records and presence can truthfully tell: errors in a row, silence after an error, a long
 * time without sending. Each with its strongest reason in words; ties by who waited longest.
 */
import type { LabModel, Row } from './lab-model.js';
import { isLongWait, type Pace } from './pace.js';

export interface Need {
  participant: string;
  name: string;
  /** Null before the first record. */
  question: string | null;
  strong: string;
  rest: string;
  rank: number;
  waitedMs: number;
}
export interface SharedError {
  question: string;
  summary: string;
  participants: string[];
}

const minutes = (ms: number): string => `${String(Math.floor(ms / 60_000))} min`;
const errorName = (summary: string): string => summary.split(':', 1)[0] ?? summary;

function needOf(model: LabModel, row: Row, pace: Pace, now: number): Need | null {
  const { participant, presence } = row;
  const question = model.questions[row.current]?.key ?? null;
  const said = { participant: participant.id, name: participant.name, question };
  const away = presence?.state === 'offline' ? ', offline now' : '';
  if (row.lastAt === null) {
    const waitedMs = now - row.joinedAt;
    if (!isLongWait(waitedMs, pace.medianMs[0] ?? null)) return null;
    return {
      ...said,
      strong: 'Nothing sent',
      rest: ` in ${minutes(waitedMs)} since joining${away}`,
      rank: 1,
      waitedMs,
    };
  }
  const waitedMs = now - row.lastAt;
  if (question === null) return null; // sent the last question, or past the last known one
  const cell = row.cells.get(question);
  if (cell?.last.error === true) {
    if (cell.errorRun >= 3)
      return {
        ...said,
        strong: `${String(cell.errorRun)} errors in a row`,
        rest: `, last ${errorName(cell.last.summary)}${away}`,
        rank: 3,
        waitedMs,
      };
    if (waitedMs >= 8 * 60_000)
      return {
        ...said,
        strong: `Silent ${minutes(waitedMs)}`,
        rest: ` after ${errorName(cell.last.summary)}${away}`,
        rank: 2,
        waitedMs,
      };
    return null;
  }
  const medianMs = pace.medianMs[row.current] ?? null;
  if (!isLongWait(waitedMs, medianMs)) return null;
  const classTakes =
    medianMs === null ? '' : `, the class takes ${String(Math.max(1, Math.round(medianMs / 60_000)))} min`;
  return { ...said, strong: `${minutes(waitedMs)} on ${question}`, rest: `${classTakes}${away}`, rank: 2, waitedMs };
}

/** Empty unless the lab is open: nobody can be helped in a lab that is over. */
export function needsOf(model: LabModel, pace: Pace, now: number): Need[] {
  if (model.lab.status !== 'open') return [];
  const needs: Need[] = [];
  for (const id of model.members) {
    const row = model.rows.get(id);
    const need = row && needOf(model, row, pace, now);
    if (need) needs.push(need);
  }
  return needs.sort((a, b) => b.rank - a.rank || b.waitedMs - a.waitedMs || (a.name < b.name ? -1 : 1));
}

const leastAlike = 3;
/** The same last error on the same question with three students or more, largest first. */
export function sharedErrorsOf(model: LabModel): SharedError[] {
  const groups = new Map<string, SharedError>();
  model.questions.forEach(({ key }, index) => {
    if ((model.tallies[index]?.error ?? 0) < leastAlike) return;
    for (const id of model.members) {
      const cell = model.rows.get(id)?.cells.get(key);
      if (cell?.last.error !== true) continue;
      const name = `${key}\n${cell.last.hash}`;
      const group = groups.get(name);
      if (group) group.participants.push(id);
      else groups.set(name, { question: key, summary: cell.last.summary, participants: [id] });
    }
  });
  return [...groups.values()]
    .filter((group) => group.participants.length >= leastAlike)
    .sort((a, b) => b.participants.length - a.participants.length);
}
