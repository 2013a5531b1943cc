/**
 * A lab's state as the class page reads it: the grid in columns. Of a class of 2,000 with 30 questions it has 60,000 cells; as objects
 * they are 20 MB that a server needs seconds for, as columns a third of it, which Postgres writes by itself.
 */
import { z } from 'zod';
import { labState, type GridCell, type LabState } from './lab.js';
import type { Verdict } from './verdict.js';

const numbers = z.array(z.int());
const counts = z.array(z.int().nonnegative());

/** A cell's `verdict` is a place in this list. */
export const verdictPlaces: readonly (Verdict | null)[] = [null, 'right', 'wrong', 'reached'];
export const idChars = 36;

/** As many entries in each as there are cells. */
export const cellColumns = z.object({
  /** Places in `participants` and `questions`. */
  participant: counts,
  question: counts,
  records: counts,
  errors: counts,
  errorRun: counts,
  sameRun: counts,
  /** Milliseconds since `labState.lab.createdAt`. */
  firstAt: numbers,
  lastAt: numbers,
  /** Of the last record: ids behind each other, `idChars` each. */
  id: z.string(),
  summary: z.array(z.string()),
  hash: z.array(z.string()),
  /** 1: an error. */
  error: counts,
  verdict: counts,
});
export type CellColumns = z.infer<typeof cellColumns>;

/** `GET /api/v1/labs/:lab/state/columns`: what `…/state` tells. */
export const labStateColumns = labState.omit({ cells: true, activity: true }).extend({
  cells: cellColumns,
  /**
   * Of each of `participants`, newest first and at most 400: when a record was made, in hundredths of a minute since the lab opened; an
   * error at n stands as −1 − n.
   */
  activity: z.array(numbers),
});
export type LabStateColumns = z.infer<typeof labStateColumns>;

/** A cell whose instants are milliseconds since 1970: of 60,000, writing and reading them as text would take longer than all the rest. */
export interface CellRead extends Omit<GridCell, 'firstAt' | 'lastAt'> {
  firstAt: number;
  lastAt: number;
}
/** The state again, with the grid as cells. */
export function readColumns({
  cells: columns,
  activity,
  ...rest
}: LabStateColumns): Omit<LabState, 'cells'> & { cells: CellRead[] } {
  const { participants, questions, lab } = rest;
  const since = Date.parse(lab.createdAt);
  const cells: CellRead[] = [];
  for (let at = 0; at < columns.participant.length; at += 1) {
    const participant = participants[columns.participant[at] ?? -1]?.id;
    const question = questions[columns.question[at] ?? -1]?.key;
    if (participant === undefined || question === undefined) continue;
    cells.push({
      participant,
      question,
      records: columns.records[at] ?? 1,
      errors: columns.errors[at] ?? 0,
      errorRun: columns.errorRun[at] ?? 0,
      sameRun: columns.sameRun[at] ?? 1,
      firstAt: since + (columns.firstAt[at] ?? 0),
      lastAt: since + (columns.lastAt[at] ?? 0),
      last: {
        id: columns.id.slice(at * idChars, (at + 1) * idChars),
        summary: columns.summary[at] ?? '',
        hash: columns.hash[at] ?? '',
        error: columns.error[at] === 1,
        verdict: verdictPlaces[columns.verdict[at] ?? 0] ?? null,
      },
    });
  }
  return { ...rest, cells, activity: activity.flatMap((ticks, place) => ticksOf(ticks, participants[place]?.id)) };
}

function ticksOf(ticks: readonly number[], participant: string | undefined): LabState['activity'] {
  if (participant === undefined || ticks.length === 0) return [];
  const at: number[] = [];
  const errorAt: number[] = [];
  for (let back = ticks.length - 1; back >= 0; back -= 1) {
    const tick = ticks[back] ?? 0;
    if (tick >= 0) at.push(tick / 100);
    else errorAt.push((-1 - tick) / 100);
  }
  return [{ participant, at, errorAt }];
}
