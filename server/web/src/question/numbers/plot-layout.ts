/** The whole drawing in pixels, from the numbers and the width there is. */
import { quantileSorted } from 'd3-array';
import { axisOf, type Axis } from './axis.js';
import { labelsOf, wantedLabels, type Label } from './labels.js';
import { edges, numberText, type Edge, type Plotted } from './plotted.js';
import { edgeStacksOf, mostMarks, pitchFor, stacksOf, type Stack } from './stacks.js';

const marginPx = 28;
const edgePx = 76;
const tallestPx = 240;
const labelRoomPx = 76;

export interface PlotLayout {
  width: number;
  /** Of the axis' line. */
  base: number;
  height: number;
  /** Null when no number has a place on an axis: only edges. */
  axis: Axis | null;
  left: number;
  right: number;
  stacks: readonly Stack[];
  edgeStacks: readonly (Stack & { edge: Edge })[];
  /** Pixels that one mark takes in its stack. */
  pitch: number;
  bars: boolean;
  labels: readonly Label[];
  quantiles: Quantiles | null;
  /** Room above the stacks for what is expected. */
  top: number;
}
export interface Quantiles {
  tenth: number;
  low: number;
  median: number;
  high: number;
  ninetieth: number;
}

export function quantilesOf(marks: readonly Plotted[]): Quantiles | null {
  const sorted = marks.flatMap((mark) => (mark.at === null ? [] : [mark.at])).sort((a, b) => a - b);
  if (sorted.length < 4) return null;
  const at = (share: number): number => quantileSorted(sorted, share) ?? 0;
  return { tenth: at(0.1), low: at(0.25), median: at(0.5), high: at(0.75), ninetieth: at(0.9) };
}

/** In words: "half of them between 0.498 and 0.556, median 0.552". */
export function quantileWords({ low, median, high }: Quantiles): string {
  const [from, middle, to] = [low, median, high].map((n) => numberText(Number(n.toPrecision(4))));
  return from === to
    ? `median ${middle ?? ''}, and so is the middle half`
    : `middle half ${from ?? ''} to ${to ?? ''}, median ${middle ?? ''}`;
}

interface Wanted {
  marks: readonly Plotted[];
  /** Numbers besides the marks that must be on the axis. */
  also: readonly number[];
  width: number;
  expected: boolean;
  /** What was drawn before: kept as long as it holds everything, so that nothing moves by itself. */
  before: Pick<PlotLayout, 'axis' | 'left' | 'right'> | null;
  who: (participant: string) => string;
  people: (n: number) => string;
}

/** Layouts of the same plot, one after another: its axis stays as long as it holds every number. */
export function layoutsOfOnePlot(): (wanted: Omit<Wanted, 'before'>) => PlotLayout {
  let before: PlotLayout | null = null;
  return (wanted) => (before = plotLayout({ ...wanted, before }));
}

export function plotLayout({ marks, also, width, expected, before, who, people }: Wanted): PlotLayout {
  const present = edges.filter((edge) => marks.some((mark) => mark.edge === edge));
  const numbers = marks.flatMap((mark) => (mark.at === null ? [] : [mark.at]));
  const before0 = present[0] === '−∞' && numbers.length > 0 ? 1 : 0;
  const after = numbers.length > 0 ? present.length - before0 : 0;
  const step = Math.min(edgePx, (width * 0.5) / Math.max(1, present.length));
  const left = marginPx + before0 * step;
  const right = width - marginPx - after * step;
  const axis =
    numbers.length === 0
      ? null
      : before?.axis && before.left === left && before.right === right && [...numbers, ...also].every(before.axis.holds)
        ? before.axis
        : axisOf(numbers, also, left, right);
  const bars = marks.length > mostMarks;
  const stacks = axis ? stacksOf(marks, axis, left, right, bars) : [];
  const edgeStacks = present.map((edge, index) => {
    const x =
      numbers.length === 0
        ? marginPx + (index + 0.5) * Math.min(160, (width - 2 * marginPx) / present.length)
        : index < before0
          ? marginPx + step / 2 - 8
          : right + (index - before0 + 0.5) * step + 12;
    return { ...edgeStacksOf(marks, edge, x), edge };
  });
  const all = [...stacks, ...edgeStacks];
  const pitch = pitchFor(all, tallestPx);
  const top = expected ? 26 : 0;
  const tall = Math.max(1, ...all.map((stack) => stack.marks.length)) * pitch;
  const base = top + labelRoomPx + tall + 6;
  const quantiles = quantilesOf(marks);
  const labels = labelsOf(
    wantedLabels(all, who, people, axis?.kind === 'log' ? Math.log : (at) => at),
    all,
    (stack) => stack.marks.length * pitch,
    { left: 4, right: width - 4, top: top + 2, base },
  );
  // Room that no label needs is given back, in steps, so that the height changes seldom.
  const unused = Math.min(...labels.map((label) => label.top - top), labelRoomPx);
  const less = Math.floor(Math.max(0, unused - 8) / 34) * 34;
  return {
    width,
    base: base - less,
    height: base - less + 30 + (quantiles && axis ? 46 : 4),
    axis,
    left,
    right,
    stacks,
    edgeStacks,
    pitch,
    bars,
    labels: labels.map((label) => ({ ...label, top: label.top - less })),
    quantiles,
    top,
  };
}
