/**
 * What changed between two stored notebooks: cells matched by their id, then by equal content in order, then by likeness
 * between the cells that are matched already. Applying the difference to the older one gives the newer one, cell by cell.
 */
import { lineDifference, type LineDifference } from './line-difference.js';
import type { NotebookCell } from './notebook.js';

/** `before`, `after`: which cell of each notebook, counted from 0. */
export type CellChange =
  | { kind: 'same'; before: number; after: number }
  | { kind: 'changed'; before: number; after: number; source: LineDifference | null; outputs: boolean }
  | { kind: 'added'; after: number }
  | { kind: 'removed'; before: number };

export interface NotebookDifference {
  /** In the order of the newer one; what was removed stands where it was. */
  cells: CellChange[];
  added: number;
  removed: number;
  /** Only the source counts: a cell that was run again has not changed. */
  changed: number;
}

/** Comparisons of likeness, over all gaps. */
const mostComparisons = 200_000;
const leastLikeness = 0.5;
const likenessChars = 4_000;

export function notebookDifference(
  before: readonly NotebookCell[],
  after: readonly NotebookCell[],
): NotebookDifference {
  const partner = matched(before, after);
  const taken = new Set(partner.values());
  const cells: CellChange[] = [];
  let next = 0;
  const removedUpTo = (end: number): void => {
    for (; next < end; next++) if (!taken.has(next)) cells.push({ kind: 'removed', before: next });
  };
  for (const [index, cell] of after.entries()) {
    const at = partner.get(index);
    const old = at === undefined ? undefined : before[at];
    if (at === undefined || !old) {
      cells.push({ kind: 'added', after: index });
      continue;
    }
    removedUpTo(at);
    const source =
      old.source === cell.source && old.kind === cell.kind ? null : lineDifference(old.source, cell.source);
    const outputs = JSON.stringify(old.outputs) !== JSON.stringify(cell.outputs);
    cells.push(
      source === null && !outputs
        ? { kind: 'same', before: at, after: index }
        : { kind: 'changed', before: at, after: index, source, outputs },
    );
  }
  removedUpTo(before.length);
  return {
    cells,
    added: cells.filter((one) => one.kind === 'added').length,
    removed: cells.filter((one) => one.kind === 'removed').length,
    changed: cells.filter((one) => one.kind === 'changed' && one.source !== null).length,
  };
}

/** Of each cell of the newer notebook that has one: its cell in the older. */
function matched(before: readonly NotebookCell[], after: readonly NotebookCell[]): Map<number, number> {
  const partner = new Map<number, number>();
  const taken = new Set<number>();
  const match = (older: number, newer: number): void => {
    partner.set(newer, older);
    taken.add(older);
  };
  const oldIds = uniqueIds(before);
  for (const [id, newer] of uniqueIds(after)) {
    const older = oldIds.get(id);
    if (older !== undefined) match(older, newer);
  }
  // Equal ones in order: each cell takes the next equal one that is free.
  const equal = new Map<string, number[]>();
  for (const [index, cell] of before.entries()) {
    if (taken.has(index)) continue;
    const key = `${cell.kind} ${cell.source}`;
    const own = equal.get(key);
    if (own) own.push(index);
    else equal.set(key, [index]);
  }
  for (const own of equal.values()) own.reverse();
  for (const [index, cell] of after.entries()) {
    if (partner.has(index)) continue;
    const older = equal.get(`${cell.kind} ${cell.source}`)?.pop();
    if (older !== undefined) match(older, index);
  }
  matchLike(before, after, partner, taken, match);
  return partner;
}

/** Like ones, each within the gap between two matched cells: a cell that was edited stays where it was. */
function matchLike(
  before: readonly NotebookCell[],
  after: readonly NotebookCell[],
  partner: ReadonlyMap<number, number>,
  taken: ReadonlySet<number>,
  match: (older: number, newer: number) => void,
): void {
  let budget = mostComparisons;
  let from = 0;
  const words = new Map<NotebookCell, Map<string, number>>();
  const wordsOf = (cell: NotebookCell): Map<string, number> => {
    let own = words.get(cell);
    if (!own) words.set(cell, (own = bagOf(cell.source)));
    return own;
  };
  for (let index = 0; index < after.length; index++) {
    if (partner.has(index)) {
      from = Math.max(from, (partner.get(index) ?? 0) + 1);
      continue;
    }
    const cell = after[index];
    if (!cell) continue;
    let best = { older: -1, likeness: leastLikeness };
    for (let older = from; older < before.length && budget > 0; older++) {
      // The next matched cell ends the gap.
      if (taken.has(older)) break;
      const old = before[older];
      if (old?.kind !== cell.kind) continue;
      budget--;
      const likeness = likenessOf(wordsOf(old), wordsOf(cell));
      if (likeness > best.likeness) best = { older, likeness };
    }
    if (best.older >= 0) {
      match(best.older, index);
      from = best.older + 1;
    }
  }
}

function uniqueIds(cells: readonly NotebookCell[]): Map<string, number> {
  const found = new Map<string, number>();
  const twice = new Set<string>();
  for (const [index, { id }] of cells.entries()) {
    if (id === null) continue;
    if (found.has(id)) twice.add(id);
    found.set(id, index);
  }
  for (const id of twice) found.delete(id);
  return found;
}

function bagOf(source: string): Map<string, number> {
  const bag = new Map<string, number>();
  for (const [word] of source.slice(0, likenessChars).matchAll(/\w+|[^\w\s]/g)) bag.set(word, (bag.get(word) ?? 0) + 1);
  return bag;
}
/** Twice the words in common over all words: 1 for the same words in any order. */
function likenessOf(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): number {
  let [common, all] = [0, 0];
  for (const [word, n] of a) {
    common += Math.min(n, b.get(word) ?? 0);
    all += n;
  }
  for (const n of b.values()) all += n;
  return all === 0 ? 0 : (2 * common) / all;
}
