/**
 * The status of each question for one student: of what was sent last to it – an error; right, wrong or *reached* (the template's own
 * answer) as the server judged it; else answered.
 *
 * From records alone, `working` is the first question without a record after the last one sent, because that is all that
 * records can tell: nobody reports what a student is looking at. When the last one sent ended in an error or is the template's own
 * answer, the student is still on it, and no question is marked as working; an `error` is one that was sent. Who sent a wrong answer
 * is not told so, and goes on to the next question.
 *
 * In a lab that collects passive activity, the latest activity says it instead as long as it is newer than the last record
 * and names a question: `error` when that question's cell ended in one, else `working` as long as it has no record.
 */
import type { ActivityChange, QuestionView } from '@nbpulse/schema/wire';
import type { Cell } from './cell.js';

/** The latest passive event of one student. */
export interface Activity {
  what: ActivityChange['what'];
  question: string | null;
  error: string | null;
  at: number;
}

/** Without an expected answer nothing is right or wrong, and without a template run nothing is *reached*. */
export type CellStatus = 'not-started' | 'working' | 'reached' | 'answered' | 'right' | 'wrong' | 'error';

export interface RowStatus {
  statuses: readonly CellStatus[];
  /** Index of the question that this student is on: working, or in an error. −1: unknown. */
  current: number;
  sent: number;
  lastAt: number | null;
  /**
   * Set when `current` comes from passive activity. `error`: the class of the exception that its cell ended in, not sent;
   * `sent`: something was sent to that question before.
   */
  seen: { error: string | null; sent: boolean } | null;
}

export function statusesOf(
  questions: readonly QuestionView[],
  cells: ReadonlyMap<string, Cell>,
  activity: Activity | null = null,
): RowStatus {
  let lastAt = null as number | null; // set inside the callback below, which narrowing does not follow
  let lastIndex = -1;
  let sent = 0;
  const statuses = questions.map(({ key }, index): CellStatus => {
    const cell = cells.get(key);
    if (!cell) return 'not-started';
    sent += 1;
    if (lastAt === null || cell.lastAt >= lastAt) {
      lastAt = cell.lastAt;
      lastIndex = index;
    }
    return cell.last.error ? 'error' : (cell.last.verdict ?? 'answered');
  });
  const on = activity === null || activity.at <= (lastAt ?? 0) ? -1 : indexOfKey(questions, activity.question);
  if (activity?.what === 'error' && on !== -1) {
    statuses[on] = 'error';
    return {
      statuses,
      current: on,
      sent,
      lastAt,
      seen: { error: activity.error, sent: cells.has(questions[on]?.key ?? '') },
    };
  }
  if (on !== -1 && statuses[on] === 'not-started') {
    statuses[on] = 'working';
    return { statuses, current: on, sent, lastAt, seen: { error: null, sent: false } };
  }
  if (lastIndex === -1) return { statuses, current: -1, sent, lastAt, seen: null };
  if (statuses[lastIndex] === 'error' || statuses[lastIndex] === 'reached')
    return { statuses, current: lastIndex, sent, lastAt, seen: null };
  const next = statuses.indexOf('not-started', lastIndex + 1);
  if (next !== -1) statuses[next] = 'working';
  return { statuses, current: next, sent, lastAt, seen: null };
}

const indexOfKey = (questions: readonly QuestionView[], key: string | null): number =>
  key === null ? -1 : questions.findIndex((one) => one.key === key);

export const isSameStatus = (a: RowStatus, b: RowStatus): boolean =>
  a.current === b.current &&
  a.sent === b.sent &&
  a.lastAt === b.lastAt &&
  a.seen?.error === b.seen?.error &&
  a.seen?.sent === b.seen?.sent &&
  (a.seen === null) === (b.seen === null) &&
  a.statuses.length === b.statuses.length &&
  a.statuses.every((status, index) => status === b.statuses[index]);
