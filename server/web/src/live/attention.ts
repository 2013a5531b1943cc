/**
 * Who may need a visit, from what records, presence and (where the lab collects it) passive activity can truthfully tell, in this
 * order: the same error again and again, a long time on a question against the class's median, silence after activity, the same
 * wrong value again and again. Each with its strongest reason in words; ties by who waited longest.
 */
import type { LabModel } from './lab-model.js';
import type { Row } from './row.js';
import { beganAt, isLongWait, type Pace } from './pace.js';

const ranks = { sameError: 5, errors: 4, time: 3, silence: 2, sameWrong: 1 } as const;
export interface Need {
  participant: string;
  /** Null before the first record. */
  question: string | null;
  strong: string;
  rest: string;
  rank: number;
  waitedMs: number;
}
/** The same error, or the same wrong value, with three students or more. */
export interface SharedMistake {
  question: string;
  hash: string;
  summary: string;
  error: boolean;
  participants: string[];
}

/** Nothing from a student for so long is silence. */
const quietMs = 8 * 60_000;
const repeated = 3;
const minutes = (ms: number): string => `${String(Math.floor(ms / 60_000))} min`;
/** @example errorName('IndexError: 4 is out of bounds') // 'IndexError' */
export const errorName = (summary: string): string => summary.split(':', 1)[0] ?? summary;

function needOf(model: LabModel, row: Row, pace: Pace, now: number): Need | null {
  const { participant, presence } = row;
  if (!participant.sending) return null; // their own choice, and nothing is known of them
  if (participant.openedAt === null) return null; // not here
  const question = model.questions[row.current]?.key ?? null;
  const activity = model.activityOf(participant.id);
  const ranCells = activity !== null && activity.at > (row.lastAt ?? 0) && now - activity.at < quietMs;
  const offline = presence?.state === 'offline' ? ', offline now' : '';
  const away = `${ranCells ? ', running cells' : ''}${offline}`;
  const waitedMs = now - (row.lastAt ?? beganAt(model.lab, row));
  const need = (rank: keyof typeof ranks, strong: string, rest: string, on = question, waited = waitedMs): Need => ({
    participant: participant.id,
    question: on,
    strong,
    rest,
    rank: ranks[rank],
    waitedMs: waited,
  });
  if (row.seen !== null && row.seen.error !== null && activity !== null) {
    const silentMs = now - activity.at;
    if (silentMs < quietMs) return null;
    return need(
      'silence',
      `Silent ${minutes(silentMs)}`,
      ` after ${row.seen.error}, not sent${offline}`,
      question,
      silentMs,
    );
  }
  if (row.lastAt === null) {
    if (!isLongWait(waitedMs, pace.medianMs[0] ?? null)) return null;
    return need('time', 'Nothing sent', ` in ${minutes(waitedMs)} since joining${away}`);
  }
  const cell = question === null ? undefined : row.cells.get(question);
  if (question !== null && cell?.last.error === true) {
    const name = errorName(cell.last.summary);
    if (cell.sameRun >= repeated)
      return need('sameError', `${name} ${String(cell.sameRun)} times`, ` on ${question}${away}`);
    if (cell.errorRun >= repeated)
      return need('errors', `${String(cell.errorRun)} errors in a row`, `, last ${name}${away}`);
    if (waitedMs >= quietMs && !ranCells)
      return need('silence', `Silent ${minutes(waitedMs)}`, ` after ${name}${away}`);
    return null;
  }
  // Past the last question nobody waits for anything more.
  if (question !== null) {
    const medianMs = pace.medianMs[row.current] ?? null;
    if (isLongWait(waitedMs, medianMs)) {
      // Which question they are on now is known from activity, since when is not.
      if (row.seen !== null)
        return need(
          'silence',
          `Nothing sent for ${minutes(waitedMs)}`,
          `, ran ${question} ${minutes(now - (activity?.at ?? now))} ago${offline}`,
        );
      const takes =
        medianMs === null ? '' : `, the class takes ${String(Math.max(1, Math.round(medianMs / 60_000)))} min`;
      return need('time', `${minutes(waitedMs)} on ${question}`, `${takes}${away}`);
    }
  }
  return sameWrongOf(model, row, (on, times, lastMs) =>
    need('sameWrong', `Same wrong value ${String(times)} times`, ` on ${on}${away}`, on, lastMs),
  )(now);
}

/** The question to which the same wrong value was sent most often in a row. */
const sameWrongOf =
  (model: LabModel, row: Row, make: (question: string, times: number, waitedMs: number) => Need) =>
  (now: number): Need | null => {
    let worst: { key: string; times: number; lastAt: number } | null = null;
    model.questions.forEach(({ key }, index) => {
      if (row.statuses[index] !== 'wrong') return;
      const cell = row.cells.get(key);
      if (cell && cell.sameRun >= repeated && cell.sameRun > (worst?.times ?? 0))
        worst = { key, times: cell.sameRun, lastAt: cell.lastAt };
    });
    const found = worst as { key: string; times: number; lastAt: number } | null; // set in the callback above
    return found && make(found.key, found.times, now - found.lastAt);
  };

/** Empty unless the lab is open: nobody can be helped in a lab that is over. */
export function needsOf(model: LabModel, pace: Pace, now: number): Need[] {
  if (model.lab.status !== 'open') return [];
  const needs: Need[] = [];
  for (const id of model.members) {
    const row = model.rows.get(id);
    const need = row && needOf(model, row, pace, now);
    if (need) needs.push(need);
  }
  return needs.sort((a, b) => b.rank - a.rank || b.waitedMs - a.waitedMs || (a.participant < b.participant ? -1 : 1));
}

const leastAlike = 3;
/** The same last error, or the same last wrong value, to the same question: largest first. */
export function sharedMistakesOf(model: LabModel): SharedMistake[] {
  const groups = new Map<string, SharedMistake & { index: number }>();
  const common = model.tallies.map((tally) => tally.error + tally.wrong >= leastAlike);
  for (const id of model.members) {
    const row = model.rows.get(id);
    row?.statuses.forEach((status, index) => {
      if ((status !== 'error' && status !== 'wrong') || common[index] !== true) return;
      const key = model.questions[index]?.key ?? '';
      const cell = row.cells.get(key);
      if (!cell || (!cell.last.error && cell.last.verdict !== 'wrong')) return;
      const { hash, summary, error } = cell.last;
      const name = `${key}\n${hash}`;
      const group = groups.get(name);
      if (group) group.participants.push(id);
      else groups.set(name, { question: key, hash, summary, error, participants: [id], index });
    });
  }
  return [...groups.values()]
    .filter((group) => group.participants.length >= leastAlike)
    .sort((a, b) => b.participants.length - a.participants.length || a.index - b.index)
    .map(({ question, hash, summary, error, participants }) => ({ question, hash, summary, error, participants }));
}
