/**
 * Which score counts. Today's one policy: the best result among the submissions that came in time. A result is what the
 * newest run gave that ended in a verdict on the student's code; a fault of ours gives none, and never a zero. Staff's own
 * word (an override) comes first.
 */
import type { GradeTable } from '@nbpulse/schema/wire';
import { isLate, type Known } from '../submissions/index.js';

type Cell = GradeTable['rows'][number]['cells'][number];

/** @param submissions one participant's, for one assignment, oldest first */
export function gradeCell(submissions: Known[], override: { points: number; reason: string } | null): Cell {
  const inTime = submissions.filter((item) => !isLate(item));
  const counted = best(inTime);
  const newest = submissions.at(-1);
  const shown = counted ?? newest;
  const late = counted ? null : best(submissions);
  const notes = [
    override && `Set by staff: ${override.reason}`,
    late &&
      `Late: ${String(late.verdict?.points ?? 0)} points, not counted; received ${late.row.receivedAt.toISOString()}.`,
    newest?.standing.status === 'done' ? null : (newest?.standing.staffNote ?? newest?.standing.note ?? null),
  ].filter((note) => note !== null);
  return {
    status: newest?.standing.status ?? 'none',
    points: override?.points ?? counted?.verdict?.points ?? null,
    outcome: shown?.verdict?.outcome ?? null,
    submission: shown?.row.id ?? null,
    submissions: submissions.length,
    note: notes.join(' ') || null,
  };
}

/** The most points; of equals the latest. */
function best(submissions: Known[]): Known | null {
  let found: Known | null = null;
  for (const item of submissions) {
    if (item.verdict && (item.verdict.points ?? 0) >= (found?.verdict?.points ?? 0)) found = item;
  }
  return found;
}
