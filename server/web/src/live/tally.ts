/** How many of the class stand how with one question, or with one fold of sub-steps. Kept up to date row by row. */
import type { Fold } from './fold.js';
import { foldedCell } from './fold.js';
import type { CellStatus, RowStatus } from './row-status.js';

export interface Tally extends Record<Exclude<CellStatus, 'not-started'>, number> {
  /** Of the errors: those that only passive activity tells of, on a question to which nothing was sent. */
  unsent: number;
}
export const noTally: Tally = { right: 0, answered: 0, wrong: 0, error: 0, reached: 0, working: 0, unsent: 0 };

/** How many have sent something of their own to the question; the template's own answer is not. */
export const sentOf = (tally: Tally): number => tally.right + tally.answered + tally.wrong + tally.error - tally.unsent;
/** How many have begun: sent anything, or are on it. */
export const startedOf = (tally: Tally): number => sentOf(tally) + tally.unsent + tally.reached + tally.working;

/** Of a fold also how many answered all of its parts; `sentOf` says who sent any. */
export interface FoldTally extends Tally {
  all: number;
}
export const noFoldTally: FoldTally = { ...noTally, all: 0 };

export function addTo(tallies: Tally[], { statuses, current, seen }: RowStatus, by: 1 | -1): void {
  const on = tallies[current];
  if (on && statuses[current] === 'error' && seen?.sent === false) on.unsent += by;
  statuses.forEach((status, index) => {
    const tally = tallies[index];
    if (tally && status !== 'not-started') tally[status] += by;
  });
}

export function addToFolds(tallies: FoldTally[], folds: readonly Fold[], row: RowStatus, by: 1 | -1): void {
  folds.forEach((fold, index) => {
    const tally = tallies[index];
    if (!tally) return;
    const { status, done } = foldedCell(row.statuses, fold);
    if (status !== 'not-started') tally[status] += by;
    if (done === fold.parts.length) tally.all += by;
  });
}

/** New counts, in which those that did not change are the same objects as before. */
export const withUnchanged = <T extends Tally>(now: readonly T[], before: readonly T[]): readonly T[] =>
  now.map((tally, index) => {
    const old = before[index];
    return old && (Object.keys(tally) as (keyof T)[]).every((name) => tally[name] === old[name]) ? old : tally;
  });
