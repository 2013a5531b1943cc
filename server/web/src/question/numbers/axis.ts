/**
 * The axis under the numbers. Linear when it can be; logarithmic when positive numbers spread over orders of magnitude; broken when
 * a few lie so far off that the rest would fall into one spot. Which one it is, it says in words.
 */
import { max, min, quantileSorted, tickStep } from 'd3-array';
import { scaleLinear, scaleLog } from 'd3-scale';
import { numberText } from './plotted.js';

export interface Tick {
  x: number;
  text: string;
}
export interface Axis {
  kind: 'linear' | 'log' | 'broken';
  /** Whether this number has its true place here; when one has not, the axis is made anew. */
  holds: (n: number) => boolean;
  /** Pixels of a number; what lies outside stands at the nearer end. */
  x: (n: number) => number;
  /** The number at a pixel. */
  at: (x: number) => number;
  ticks: readonly Tick[];
  /** Pixels at which the line is broken. */
  breaks: readonly number[];
  /** Said below the axis when it is not the plain one. */
  words: string | null;
}

const labelPx = 84;
const pocketPx = 36;
/** The ratio between the 15th and the 85th of a hundred from which an axis is logarithmic. */
const logSpan = 30;
/** How many times wider than the middle of the class the whole range may be before it is broken. */
const brokenSpan = 12;

/** `numbers`: finite, in any order, at least one. `marks`: what else must be on it (the expected answer). */
export function axisOf(numbers: readonly number[], marks: readonly number[], left: number, right: number): Axis {
  const sorted = [...numbers, ...marks].filter(Number.isFinite).sort((a, b) => a - b);
  const low = sorted[0] ?? 0;
  const high = sorted[sorted.length - 1] ?? low;
  const at = (share: number): number => quantileSorted(sorted, share) ?? low;
  // Real numbers, not ones between two: of few, one far off would stretch a quantile.
  const inner = (share: number): number => {
    const place = share * (sorted.length - 1);
    return sorted[share > 0.5 ? Math.floor(place) : Math.ceil(place)] ?? low;
  };
  if (low > 0 && inner(0.85) / inner(0.15) >= logSpan && high / low >= 100) return logAxis(low, high, left, right);
  // Fences as a box plot has them, only wider: what is beyond them is far from everybody else.
  const middle = at(0.75) - at(0.25) || at(0.9) - at(0.1);
  const core = sorted.filter((n) => n >= at(0.25) - 4 * middle && n <= at(0.75) + 4 * middle);
  const coreLow = core[0] ?? low;
  const coreHigh = core[core.length - 1] ?? high;
  const coreSpan = coreHigh - coreLow || Math.max(Math.abs(coreHigh), 1) * 0.1;
  const beyond = sorted.length - core.length;
  if (beyond > 0 && core.length >= 3 && beyond <= sorted.length / 4 && high - low > brokenSpan * coreSpan)
    return brokenAxis(sorted, coreLow, coreHigh, left, right);
  return linearAxis(low, high, left, right);
}

function padded(low: number, high: number): [number, number] {
  const pad = high > low ? (high - low) * 0.06 : Math.max(Math.abs(low) * 0.1, Number.MIN_VALUE * 1e20) || 1;
  const [from, to] = [low - pad, high + pad];
  // The ends of what a double can hold.
  return Number.isFinite(from) && Number.isFinite(to) && from < to ? [from, to] : [low === 0 ? -1 : low, high || 1];
}

function ticksOf(scale: ReturnType<typeof scaleLinear<number>>, widthPx: number): Tick[] {
  const wanted = Math.max(2, Math.floor(widthPx / labelPx));
  const [from = 0, to = 0] = scale.domain();
  const step = tickStep(from, to, wanted);
  // Near the end of what a double can tell apart there are no round numbers in between.
  const ticks = from + step > from && to - step < to && step > 0 ? scale.ticks(wanted) : [from, to];
  return ticks.map((n) => ({ x: scale(n), text: numberText(Number(n.toPrecision(12))) }));
}

function linearAxis(low: number, high: number, left: number, right: number): Axis {
  const [from, to] = padded(low, high);
  // Halved, so that a range past the largest double does not overflow.
  const half = scaleLinear([from / 2, to / 2], [left, right]).clamp(true);
  const scale = Number.isFinite(to - from) ? scaleLinear([from, to], [left, right]) : null;
  return {
    kind: 'linear',
    holds: (n) => n >= from && n <= to,
    x: (n) => half(n / 2),
    at: (x) => half.invert(x) * 2,
    ticks: scale ? ticksOf(scale, right - left) : [low, high].map((n) => ({ x: half(n / 2), text: numberText(n) })),
    breaks: [],
    words: null,
  };
}

function logAxis(low: number, high: number, left: number, right: number): Axis {
  const from = low / 1.4 || low;
  const to = Number.isFinite(high * 1.4) ? high * 1.4 : high;
  const scale = scaleLog([from, to], [left, right]).clamp(true);
  const decades = Math.log10(to) - Math.log10(from);
  const room = (right - left) / labelPx;
  const step = Math.max(1, Math.ceil(decades / room));
  const factors = decades * 3 <= room ? [1, 2, 5] : [1];
  const ticks: Tick[] = [];
  for (let power = Math.floor(Math.log10(from)); power <= Math.ceil(Math.log10(to)); power += step) {
    for (const factor of factors) {
      const n = Number(`${String(factor)}e${String(power)}`);
      if (n >= from && n <= to) ticks.push({ x: scale(n), text: numberText(n) });
    }
  }
  return {
    kind: 'log',
    holds: (n) => n >= from && n <= to,
    x: (n) => (n <= 0 ? left : scale(n)),
    at: (x) => scale.invert(x),
    ticks,
    breaks: [],
    words: 'Logarithmic axis: each step multiplies.',
  };
}

/** The middle of the class to scale; those far off beside it, each at a place of its own, in order but not to scale. */
function brokenAxis(sorted: readonly number[], coreLow: number, coreHigh: number, left: number, right: number): Axis {
  const below = [...new Set(sorted.filter((n) => n < coreLow))];
  const above = [...new Set(sorted.filter((n) => n > coreHigh))];
  const most = (right - left) * 0.22;
  const pocket = (n: number): number => (n === 0 ? 0 : Math.min(most, Math.max(2.4, n + 0.8) * pocketPx));
  const coreLeft = left + pocket(below.length);
  const coreRight = right - pocket(above.length);
  const [from, to] = padded(coreLow, coreHigh);
  const scale = scaleLinear([from, to], [coreLeft, coreRight]);
  const placed = new Map<number, number>();
  below.forEach((n, index) => placed.set(n, left + ((coreLeft - left - 12) * (index + 0.5)) / below.length));
  above.forEach((n, index) =>
    placed.set(n, coreRight + 12 + ((right - coreRight - 12) * (index + 0.5)) / above.length),
  );
  const ends = (numbers: readonly number[]): number[] => {
    const [first, last] = [min(numbers), max(numbers)];
    if (first === undefined || last === undefined) return [];
    const apart = Math.abs((placed.get(last) ?? 0) - (placed.get(first) ?? 0));
    return first === last || apart < labelPx ? [last] : [first, last];
  };
  const x = (n: number): number => {
    const own = placed.get(n);
    if (own !== undefined) return own;
    if (n < from) return n <= (below[0] ?? n) ? left : (left + coreLeft) / 2;
    if (n > to) return n >= (above[above.length - 1] ?? n) ? right : (coreRight + right) / 2;
    return scale(n);
  };
  const words = [
    below.length > 0 ? `below ${numberText(Number(from.toPrecision(3)))}` : '',
    above.length > 0 ? `above ${numberText(Number(to.toPrecision(3)))}` : '',
  ].filter(Boolean);
  return {
    kind: 'broken',
    holds: (n) => placed.has(n) || (n >= from && n <= to),
    x,
    at: (px) => Math.min(to, Math.max(from, scale.invert(px))),
    ticks: [
      ...ends(below).map((n) => ({ x: x(n), text: numberText(n) })),
      ...ticksOf(scale, coreRight - coreLeft).filter(
        (tick) => tick.x > coreLeft + (below.length > 0 ? 24 : -1) && tick.x < coreRight - (above.length > 0 ? 24 : -1),
      ),
      ...ends(above).map((n) => ({ x: x(n), text: numberText(n) })),
    ],
    breaks: [...(below.length > 0 ? [coreLeft - 2] : []), ...(above.length > 0 ? [coreRight + 2] : [])],
    words: `Broken axis: ${words.join(' and ')} is not to scale.`,
  };
}
