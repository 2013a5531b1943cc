/** The three rules that may raise an alert, with the lab's own thresholds: what is true now. Showing it once is `alert-keeper.ts`. */
import { errorName } from './attention.js';
import type { LabModel } from './lab-model.js';
import { isMember, type Row } from './row.js';
import type { Pace } from './pace.js';

export type AlertRule = 'sameError' | 'behind' | 'silence';
export interface Alert {
  rule: AlertRule;
  /** The same as long as the same thing is true. */
  key: string;
  /** What and who. */
  strong: string;
  /** The rule that says so, in words. */
  rest: string;
  /** Since when it is true. */
  since: number;
  question: string | null;
}

const minuteMs = 60_000;
const hereOf = (model: LabModel): Row[] =>
  model.members.flatMap((id) => {
    const row = model.rows.get(id);
    return row && isMember(row.participant) && row.participant.openedAt !== null ? [row] : [];
  });

function sameErrors(model: LabModel, rows: readonly Row[], now: number): Alert[] {
  const { on, students, minutes } = model.lab.settings.alerts.sameError;
  if (!on) return [];
  const groups = new Map<string, { question: string; summary: string; at: number[] }>();
  for (const row of rows) {
    for (let index = 0; index < row.statuses.length; index += 1) {
      // Of 60,000 cells most are no error, and the row knows without a look at them.
      if (row.statuses[index] !== 'error') continue;
      const question = model.questions[index]?.key ?? '';
      const cell = row.cells.get(question);
      if (!cell?.last.error || now - cell.lastAt > minutes * minuteMs) continue;
      const key = `${question}\n${cell.last.hash}`;
      const group = groups.get(key);
      if (group) group.at.push(cell.lastAt);
      else groups.set(key, { question, summary: cell.last.summary, at: [cell.lastAt] });
    }
  }
  return [...groups]
    .filter(([, { at }]) => at.length >= students)
    .sort((a, b) => b[1].at.length - a[1].at.length)
    .map(([key, { question, summary, at }]) => ({
      rule: 'sameError',
      key: `sameError\n${key}`,
      strong: `${String(at.length)} of ${String(rows.length)} have the same ${errorName(summary)} on ${question}.`,
      rest: `${String(students)} within ${String(minutes)} min`,
      since: at.sort((a, b) => a - b)[students - 1] ?? now,
      question,
    }));
}

function behindPlan(model: LabModel, rows: readonly Row[], pace: Pace, now: number): Alert[] {
  const { on, share, minutes } = model.lab.settings.alerts.behind;
  if (!on || rows.length === 0) return [];
  return model.questions.flatMap(({ key }, index): Alert[] => {
    const due = pace.dueAt[index] ?? null;
    if (due === null || now < due + minutes * minuteMs) return [];
    const missing = rows.filter((row) => !row.cells.has(key) || row.statuses[index] === 'reached').length;
    if (missing < share * rows.length) return [];
    return [
      {
        rule: 'behind',
        key: `behind\n${key}`,
        strong: `${String(missing)} of ${String(rows.length)} have not sent ${key}.`,
        rest: `${String(Math.round(share * 100))}% are ${String(minutes)} min behind the plan`,
        since: due + minutes * minuteMs,
        question: key,
      },
    ];
  });
}

function silence(model: LabModel, rows: readonly Row[], pace: Pace, now: number): Alert[] {
  const { on, minutes } = model.lab.settings.alerts.silence;
  const lastAt = rows.reduce((last, row) => Math.max(last, row.lastAt ?? 0), 0);
  const through = rows.length > 0 && pace.through === rows.length;
  if (!on || lastAt === 0 || through || now - lastAt < minutes * minuteMs) return [];
  return [
    {
      rule: 'silence',
      key: `silence\n${String(lastAt)}`,
      strong: `Nobody has sent anything for ${String(Math.floor((now - lastAt) / minuteMs))} min.`,
      rest: `Nothing for ${String(minutes)} min`,
      since: lastAt + minutes * minuteMs,
      question: null,
    },
  ];
}

/** All that is true now, for each rule the strongest first; nothing unless the lab is open. */
export function alertsOf(model: LabModel, pace: Pace, now: number): Alert[] {
  if (model.lab.status !== 'open') return [];
  const rows = hereOf(model);
  return [...sameErrors(model, rows, now), ...behindPlan(model, rows, pace, now), ...silence(model, rows, pace, now)];
}
