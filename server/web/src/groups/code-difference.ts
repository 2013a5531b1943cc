/** Two sources beside each other, line by line; of a changed line only the words that differ are marked. */
import { diffArrays, diffWordsWithSpace } from 'diff';

/** Part of a line, in characters from its start. */
export interface Span {
  from: number;
  to: number;
}
export interface Side {
  /** From 0. */
  line: number;
  marks: Span[];
}
export interface PairedLine {
  left: Side | null;
  right: Side | null;
  equal: boolean;
}

export const linesOfSource = (source: string): string[] =>
  source.replace(/\r\n?/g, '\n').replace(/\n+$/, '').split('\n');

export function pairLines(left: readonly string[], right: readonly string[]): PairedLine[] {
  const pairs: PairedLine[] = [];
  let [l, r] = [0, 0];
  const parts = diffArrays([...left], [...right], { comparator: (a, b) => a.trimEnd() === b.trimEnd() });
  for (let at = 0; at < parts.length; at++) {
    const part = parts[at];
    if (!part) continue;
    if (!part.added && !part.removed) {
      for (let i = 0; i < part.value.length; i++) {
        pairs.push({ left: { line: l++, marks: [] }, right: { line: r++, marks: [] }, equal: true });
      }
      continue;
    }
    // What went and what came in its place stand beside each other.
    const next = parts[at + 1];
    const swapped = next !== undefined && next.added !== part.added && (next.added || next.removed);
    if (swapped) at++;
    const gone = (part.removed ? part : swapped ? next : null)?.value.length ?? 0;
    const came = (part.added ? part : swapped ? next : null)?.value.length ?? 0;
    for (let i = 0; i < Math.max(gone, came); i++) {
      const [a, b] = [i < gone ? l++ : null, i < came ? r++ : null];
      const marks = a !== null && b !== null ? wordMarks(left[a] ?? '', right[b] ?? '') : null;
      pairs.push({
        left: a === null ? null : { line: a, marks: marks?.left ?? whole(left[a] ?? '') },
        right: b === null ? null : { line: b, marks: marks?.right ?? whole(right[b] ?? '') },
        equal: false,
      });
    }
  }
  return pairs;
}

const whole = (line: string): Span[] => {
  const from = line.length - line.trimStart().length;
  return from < line.length ? [{ from, to: line.length }] : [];
};

function wordMarks(left: string, right: string): { left: Span[]; right: Span[] } {
  const marks = { left: [] as Span[], right: [] as Span[] };
  let [l, r] = [0, 0];
  for (const { value, added, removed } of diffWordsWithSpace(left, right)) {
    if (removed) marks.left.push({ from: l, to: l + value.length });
    if (added) marks.right.push({ from: r, to: r + value.length });
    if (!added) l += value.length;
    if (!removed) r += value.length;
  }
  return marks;
}

export type Row = { pair: PairedLine } | { folded: PairedLine[] };
const context = 3;
/** Fewer equal lines than this are shown rather than said. */
const worthFolding = 4;

/** Long runs of equal lines as one row each. */
export function foldEqual(pairs: readonly PairedLine[]): Row[] {
  const near = new Set<number>();
  pairs.forEach((pair, at) => {
    if (!pair.equal) for (let by = -context; by <= context; by++) near.add(at + by);
  });
  const rows: Row[] = [];
  let run: PairedLine[] = [];
  const end = (): void => {
    if (run.length >= worthFolding) rows.push({ folded: run });
    else rows.push(...run.map((pair) => ({ pair })));
    run = [];
  };
  // Two equal sources are shown whole: there is nothing that the lines would be around.
  if (near.size === 0) return pairs.map((pair) => ({ pair }));
  pairs.forEach((pair, at) => {
    if (!near.has(at)) run.push(pair);
    else {
      end();
      rows.push({ pair });
    }
  });
  end();
  return rows;
}
