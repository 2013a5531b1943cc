/**
 * Sub-steps without a fixed order: keys `3.a` and `3.b` – a base key, a dot, a part that begins with a letter – fold into one
 * question `3`. Numbered ones (`1.1`, `1.2`) have an order and stay questions of their own.
 */
import type { CellStatus } from './row-status.js';

export interface Fold {
  base: string;
  /** Indices of its parts among the questions, in order; two or more. */
  parts: readonly number[];
}
/** What one column of the grid shows: a question, or a fold that is closed. */
export type Column =
  | { kind: 'question'; key: string; index: number; part: Fold | null }
  | { kind: 'fold'; key: string; fold: Fold; foldIndex: number };

const partKey = /^(.+)\.([a-z][^.]*)$/i;
/** @example baseOf('3.a') // '3'; baseOf('3a') // null */
export const baseOf = (key: string): string | null => partKey.exec(key)?.[1] ?? null;

const cache = new WeakMap<readonly { key: string }[], readonly Fold[]>();
/** In the order of each one's first part. A question `3` beside `3.a` is a part, too. */
export function foldsOf(questions: readonly { key: string }[]): readonly Fold[] {
  const known = cache.get(questions);
  if (known) return known;
  const bases = new Map<string, number[]>();
  questions.forEach(({ key }, index) => {
    const base = baseOf(key);
    if (base !== null) bases.set(base, [...(bases.get(base) ?? []), index]);
  });
  questions.forEach(({ key }, index) => bases.get(key)?.push(index));
  const folds = [...bases]
    .filter(([, parts]) => parts.length > 1)
    .map(([base, parts]): Fold => ({ base, parts: parts.sort((a, b) => a - b) }))
    .sort((a, b) => (a.parts[0] ?? 0) - (b.parts[0] ?? 0));
  cache.set(questions, folds);
  return folds;
}

/** The grid's columns: each question, and in the place of a closed fold's first part the fold. `open`: bases of open folds. */
export function columnsOf(questions: readonly { key: string }[], open: ReadonlySet<string>): Column[] {
  const folds = foldsOf(questions);
  const foldAt = new Map(folds.flatMap((fold, index) => fold.parts.map((part) => [part, index] as const)));
  return questions.flatMap(({ key }, index): Column[] => {
    const foldIndex = foldAt.get(index);
    const fold = foldIndex === undefined ? undefined : folds[foldIndex];
    if (foldIndex === undefined || !fold) return [{ kind: 'question', key, index, part: null }];
    if (!open.has(fold.base)) return fold.parts[0] === index ? [{ kind: 'fold', key: fold.base, fold, foldIndex }] : [];
    return [{ kind: 'question', key, index, part: fold }];
  });
}

/** The best first. */
const best: readonly CellStatus[] = ['right', 'answered', 'wrong', 'error', 'reached', 'working', 'not-started'];
const isAnswer = (status: CellStatus): boolean => status === 'right' || status === 'answered' || status === 'wrong';

/** The best of its parts, and how many of them have an answer. */
export function foldedCell(statuses: readonly CellStatus[], fold: Fold): { status: CellStatus; done: number } {
  let status: CellStatus = 'not-started';
  let done = 0;
  for (const part of fold.parts) {
    const one = statuses[part] ?? 'not-started';
    if (best.indexOf(one) < best.indexOf(status)) status = one;
    if (isAnswer(one)) done += 1;
  }
  return { status, done };
}
