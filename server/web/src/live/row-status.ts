/**
 * The status of each question for one student, from what was sent alone.
 *
 * `working` is the first question without a record after the last one sent, because that is all that records can tell:
 * nobody reports what a student is looking at. When the last one sent ended in an error, the student is still on it, and no
 * question is marked as working.
 */
import type { QuestionStatus, QuestionView } from '@nbpulse/schema/wire';

export interface Cell {
  records: number;
  errors: number;
  /** Errors since the last record that was none. */
  errorRun: number;
  /** Milliseconds since 1970, as all instants in this model. */
  firstAt: number;
  lastAt: number;
  last: { id: string; summary: string; hash: string; error: boolean };
  /** Counts up each time the cell should pulse. */
  pulse: number;
}

/** Without expected answers nothing is right or wrong, and without a template run nothing is *reached*. */
export type CellStatus = Extract<QuestionStatus, 'not-started' | 'working' | 'answered' | 'error'>;

interface RowStatus {
  statuses: readonly CellStatus[];
  current: number;
  sent: number;
  lastAt: number | null;
}

export function statusesOf(questions: readonly QuestionView[], cells: ReadonlyMap<string, Cell>): RowStatus {
  let lastAt: number | null = null;
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
    return cell.last.error ? 'error' : 'answered';
  });
  if (lastIndex === -1) return { statuses, current: -1, sent, lastAt };
  if (statuses[lastIndex] === 'error') return { statuses, current: lastIndex, sent, lastAt };
  const next = statuses.indexOf('not-started', lastIndex + 1);
  if (next !== -1) statuses[next] = 'working';
  return { statuses, current: next, sent, lastAt };
}
