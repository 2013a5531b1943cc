/** Which marks are named in place, and where: every value that several sent, everybody who stands far off, as far as there is room. */
import { quantileSorted } from 'd3-array';
import type { Plotted } from './plotted.js';
import type { Stack } from './stacks.js';

export interface Label {
  key: string;
  /** Left edge, top edge, in pixels. */
  left: number;
  top: number;
  width: number;
  height: number;
  value: string;
  words: string;
  /** Centre of the stack that it belongs to. */
  x: number;
  /** How far the stack's top is below: from some distance on a line leads there. */
  above: number;
  stack: string;
}

const lineHeight = 17;
const labelHeight = 2 * lineHeight;
const gapPx = 6;
const fewStacks = 12;
/** How far a label that stands aside reaches over its stack. */
const besidePx = 12;
/** A little more than letters take in either font, so that estimated boxes are no smaller than real ones. */
const widthOf = (value: string, words: string): number =>
  Math.ceil(Math.max(value.length * 8.6, words.length * 6.9)) + 4;

interface Wanted {
  stack: Stack;
  value: string;
  words: string;
  /** Higher first. */
  weight: number;
}

/** Numbers further out than a box plot's whiskers. `scale`: as the axis has them, so that a long tail is none on a logarithmic one. */
export function outliersOf(marks: readonly Plotted[], scale: (at: number) => number): (at: number) => boolean {
  const sorted = marks.flatMap((mark) => (mark.at === null ? [] : [scale(mark.at)])).sort((a, b) => a - b);
  if (sorted.length < 5) return () => true;
  const [q1, q3] = [quantileSorted(sorted, 0.25) ?? 0, quantileSorted(sorted, 0.75) ?? 0];
  const reach = 1.5 * (q3 - q1);
  return (at) => scale(at) < q1 - reach || scale(at) > q3 + reach;
}

/** `who` names one student, `people` counts several: "5 students". */
export function wantedLabels(
  stacks: readonly Stack[],
  who: (participant: string) => string,
  people: (n: number) => string,
  scale: (at: number) => number,
): Wanted[] {
  const isOutlier = outliersOf(
    stacks.flatMap((stack) => stack.marks),
    scale,
  );
  // With few stacks there is room to name each; of many, one alone among its neighbours says nothing.
  const few = stacks.length <= fewStacks;
  return stacks.flatMap((stack) => {
    const byText = new Map<string, Plotted[]>();
    for (const mark of stack.marks) {
      const own = byText.get(mark.text);
      if (own) own.push(mark);
      else byText.set(mark.text, [mark]);
    }
    const values = [...byText].sort((a, b) => b[1].length - a[1].length);
    const [first, ...rest] = values;
    if (!first) return [];
    const [text, marks] = first;
    const one = stack.marks[0];
    const far = stack.from === null || isOutlier(stack.from) || (stack.to !== null && isOutlier(stack.to));
    if (marks.length === 1 && !far && !few) return [];
    const value = rest.length === 0 ? text : marks.length === 1 ? spanText(stack) : `${text} …`;
    const words = stack.marks.length === 1 && one ? who(one.participant) : people(stack.marks.length);
    const unsettled = stack.marks.some((mark) => mark.standing !== 'right');
    return [{ stack, value, words, weight: stack.marks.length + (unsettled ? 1e6 : 0) + (far ? 1e3 : 0) }];
  });
}
function spanText(stack: Stack): string {
  const texts = stack.marks.filter((mark) => mark.at === stack.from || mark.at === stack.to);
  const low = texts.find((mark) => mark.at === stack.from)?.text ?? '';
  const high = texts.find((mark) => mark.at === stack.to)?.text ?? '';
  return low === high ? low : `${low} … ${high}`;
}

/**
 * Heaviest first, each as low above its stack as the stacks and labels around it let it be. One for which there is no room within
 * `top` is left out: the list below the plot has it.
 */
export function labelsOf(
  wanted: readonly Wanted[],
  stacks: readonly Stack[],
  heightOf: (stack: Stack) => number,
  area: { left: number; right: number; top: number; base: number },
): Label[] {
  const placed: Label[] = [];
  const topAt = (left: number, width: number, stack: Stack): number => {
    const inTheWay = stacks.filter(
      (other) => other.x + other.width / 2 > left - 2 && other.x - other.width / 2 < left + width + 2,
    );
    let top = area.base - Math.max(...inTheWay.map(heightOf), heightOf(stack)) - gapPx - labelHeight;
    for (let moved = true; moved && top >= area.top;) {
      moved = false;
      for (const other of placed) {
        const apart =
          left >= other.left + other.width + gapPx ||
          other.left >= left + width + gapPx ||
          top >= other.top + other.height ||
          other.top >= top + labelHeight;
        if (apart) continue;
        top = other.top - labelHeight;
        moved = true;
      }
    }
    return top;
  };
  for (const { stack, value, words } of [...wanted].sort((a, b) => b.weight - a.weight)) {
    const width = widthOf(value, words);
    if (width > area.right - area.left) continue;
    const places = [stack.x - width / 2, stack.x - besidePx, stack.x - width + besidePx].map((wish) => {
      const left = Math.max(area.left, Math.min(area.right - width, wish));
      return { left, top: topAt(left, width, stack) };
    });
    // The lowest of the three places; the middle one unless another is clearly nearer to the stack.
    const { left, top } = places.reduce((best, place) => (place.top > best.top + lineHeight / 2 ? place : best));
    if (top < area.top) continue;
    placed.push({
      key: stack.key,
      stack: stack.key,
      left,
      top,
      width,
      height: labelHeight,
      value,
      words,
      x: stack.x,
      above: area.base - heightOf(stack) - top - labelHeight,
    });
  }
  return placed;
}
