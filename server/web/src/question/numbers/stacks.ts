/** Where each mark stands: one per student and stacked where equal or nearly so, or, of a large class, the bars of a histogram. */
import type { Axis } from './axis.js';
import type { Plotted, Standing } from './plotted.js';

/** Up to this many there is a mark for each. */
export const mostMarks = 150;
const columnPx = 17;
const markPx = 16;
const pitchPx = 20;

/** Standings from below, as in every stacked bar. */
export const fromBelow = ['right', 'answered', 'wrong', 'reached'] as const satisfies readonly Standing[];

export interface Stack {
  /** Stays the same while marks join. */
  key: string;
  /** Centre in pixels. */
  x: number;
  width: number;
  /** From below. */
  marks: readonly Plotted[];
  /** The numbers of its ends; null at an edge. */
  from: number | null;
  to: number | null;
}

const rank = new Map<Standing, number>(fromBelow.map((standing, index) => [standing, index]));
const byStanding = (a: Plotted, b: Plotted): number =>
  (rank.get(a.standing) ?? 0) - (rank.get(b.standing) ?? 0) || (a.at ?? 0) - (b.at ?? 0);

/** `bars`: as a histogram, in columns of equal width on the paper. Every mark is in exactly one stack. */
export function stacksOf(marks: readonly Plotted[], axis: Axis, left: number, right: number, bars: boolean): Stack[] {
  const sorted = marks.filter((mark) => mark.at !== null).sort((a, b) => (a.at ?? 0) - (b.at ?? 0));
  return bars ? columnsOf(sorted, axis, left, right) : pilesOf(sorted, axis, left, right);
}

/** Marks that would touch share a pile; a pile ends where the next number is as far off as a mark is wide. */
function pilesOf(sorted: readonly Plotted[], axis: Axis, left: number, right: number): Stack[] {
  const piles: { x: number; marks: Plotted[] }[] = [];
  for (const mark of sorted) {
    const x = axis.x(mark.at ?? 0);
    const pile = piles[piles.length - 1];
    if (pile && x - pile.x < columnPx) pile.marks.push(mark);
    else piles.push({ x, marks: [mark] });
  }
  return piles.map(({ x, marks }) => {
    const ends = [marks[0]?.at ?? 0, marks[marks.length - 1]?.at ?? 0] as const;
    return {
      key: `at ${String(ends[0])}`,
      x: Math.max(left, Math.min(right, x)),
      width: markPx,
      marks: marks.sort(byStanding),
      from: ends[0],
      to: ends[1],
    };
  });
}

function columnsOf(sorted: readonly Plotted[], axis: Axis, left: number, right: number): Stack[] {
  const wanted = Math.max(8, Math.min(80, Math.floor((right - left) / 14)));
  const width = (right - left) / wanted;
  const columns = new Map<number, Plotted[]>();
  for (const mark of sorted) {
    const index = Math.max(0, Math.min(wanted - 1, Math.floor((axis.x(mark.at ?? 0) - left) / width)));
    const column = columns.get(index);
    if (column) column.push(mark);
    else columns.set(index, [mark]);
  }
  return [...columns].map(([index, marks]) => ({
    key: `column ${String(index)}`,
    x: left + (index + 0.5) * width,
    width: width - 1,
    from: marks[0]?.at ?? 0,
    to: marks[marks.length - 1]?.at ?? 0,
    marks: marks.sort(byStanding),
  }));
}

/** NaN, ±∞ and whatever else has no place on the axis, each in a stack of its own. */
export function edgeStacksOf(marks: readonly Plotted[], edge: string, x: number): Stack {
  return {
    key: `edge ${edge}`,
    x,
    width: markPx,
    marks: marks.filter((mark) => mark.edge === edge).sort(byStanding),
    from: null,
    to: null,
  };
}

/** Pixels between two marks of a stack, so that the tallest is no taller than `mostPx`. */
export const pitchFor = (stacks: readonly Stack[], mostPx: number): number =>
  Math.min(pitchPx, mostPx / Math.max(1, ...stacks.map((stack) => stack.marks.length)));

/** How many of each standing, from below; those without any are left out. */
export function partsOf(stack: Stack): { standing: Standing; n: number }[] {
  return fromBelow.flatMap((standing) => {
    const n = stack.marks.filter((mark) => mark.standing === standing).length;
    return n === 0 ? [] : [{ standing, n }];
  });
}
