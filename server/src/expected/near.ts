/**
 * Near enough: two values compared with a tolerance for every number in them, however deep. Besides numbers, the values are equal
 * or they are not, as the canonical text has it. Of what was cut only the head is here: a head that differs decides, one that
 * does not leaves it open.
 */
import { canonicalText, isMomentDtype, isNumericDtype } from '@nbpulse/schema/wire';
import type {
  CellJson,
  FloatJson,
  FrameColumn,
  FrameValue,
  Tolerance,
  Value,
  ValueArray,
  ValueDict,
} from '@nbpulse/schema/wire';

export type Nearness = 'near' | 'differs' | 'open';

/** Of one number: real and imaginary part. */
type Parts = readonly [re: number, im: number];

/** How many roundings of a double the edge of a tolerance forgives: 0.573 is within 0.553 ± 0.02. */
const edgeRoundings = 4;
/** Unordered parts without a number to order by are compared each with each, up to so many. */
const pairedAtMost = 100;

/** @param tolerance of `expected`: the relative part counts by its size */
export function near(got: Value, expected: Value, tolerance: Tolerance): Nearness {
  if (canonicalText(got) === canonicalText(expected)) return 'near';
  return compare(got, expected, tolerance);
}

function nearParts(got: Parts, expected: Parts, { absolute, relative }: Tolerance): boolean {
  if (same(got[0], expected[0]) && same(got[1], expected[1])) return true;
  if (![...got, ...expected].every(Number.isFinite)) return false;
  const size = Math.hypot(...expected);
  const reach = Math.max(absolute, relative * size);
  const edge = reach === 0 ? 0 : edgeRoundings * Number.EPSILON * Math.max(size, Math.hypot(...got));
  return Math.hypot(got[0] - expected[0], got[1] - expected[1]) <= reach + edge;
}

const same = (a: number, b: number): boolean => a === b || (Number.isNaN(a) && Number.isNaN(b));

/** A number as JSON, under any of its names. */
function real(json: string | number): number {
  if (typeof json === 'number') return json;
  return json === 'nan' ? NaN : json === 'inf' ? Infinity : json === '-inf' ? -Infinity : Number(json);
}

/** Null: no number. A bool is none; an array without dimension is. */
function numberOf(value: Value): Parts | null {
  switch (value.t) {
    case 'int':
    case 'float':
      return [real(value.v), 0];
    case 'complex':
      return [real(value.re), real(value.im)];
    case 'array': {
      if (value.shape.length > 0 || !isNumericDtype(value.dtype)) return null;
      const [re = null, im = 0] = value.v;
      return isReal(re) && isReal(im) ? [real(re), real(im)] : null;
    }
    case 'repr': {
      // Of a Decimal and a Fraction the canonical text is the number.
      const exact = canonicalText(value);
      if (exact.startsWith('repr(')) return null;
      const [above = '', below = '1'] = exact.split('/');
      return [Number(above) / Number(below), 0];
    }
    default:
      return null;
  }
}

const isReal = (json: CellJson): json is string | number => typeof json === 'number' || typeof json === 'string';

function compare(got: Value, expected: Value, tolerance: Tolerance): Nearness {
  const [a, b] = [numberOf(got), numberOf(expected)];
  if (a && b) return nearParts(a, b, tolerance) ? 'near' : 'differs';
  if (isList(got) && isList(expected)) return listsNear(got, expected, tolerance);
  if (isSet(got) && isSet(expected)) return setsNear(got, expected, tolerance);
  if (got.t === 'dict' && expected.t === 'dict') return dictsNear(got, expected, tolerance);
  if (got.t === 'object' && expected.t === 'object') {
    const alike = got.cls === expected.cls && got.fields.length === expected.fields.length;
    if (!alike || got.fields.some(([name], at) => name !== expected.fields[at]?.[0])) return 'differs';
    return allOf(got.fields, ([, field], at) => compareAt(field, expected.fields[at]?.[1], tolerance));
  }
  if (got.t === 'array' && expected.t === 'array') {
    if (got.shape.join() !== expected.shape.join()) return 'differs';
    const [count, others] = [got.v.length, expected.v.length];
    const head = cellsNear(got, expected, Math.min(count, others), tolerance);
    const whole = count === others && count >= got.shape.reduce((product, side) => product * side, 1);
    return head === 'near' && !whole ? 'open' : head;
  }
  if (got.t === 'frame' && expected.t === 'frame') return framesNear(got, expected, tolerance);
  return canonicalText(got) === canonicalText(expected) ? 'near' : 'differs';
}

function compareAt(got: Value, expected: Value | undefined, tolerance: Tolerance): Nearness {
  return expected === undefined ? 'differs' : compare(got, expected, tolerance);
}

/** The first that differs decides; one that is open leaves the whole open. */
function allOf<Item>(items: readonly Item[], nearness: (item: Item, at: number) => Nearness): Nearness {
  let whole: Nearness = 'near';
  for (const [at, item] of items.entries()) {
    const one = nearness(item, at);
    if (one === 'differs') return one;
    if (one === 'open') whole = one;
  }
  return whole;
}

const isList = (value: Value): value is ValueArray => value.t === 'list' || value.t === 'tuple';
const isSet = (value: Value): value is ValueArray => value.t === 'set' || value.t === 'frozenset';
const isCut = ({ v, n }: ValueArray | ValueDict): boolean => n > v.length;

function listsNear(got: ValueArray, expected: ValueArray, tolerance: Tolerance): Nearness {
  if (got.n !== expected.n) return 'differs';
  const shorter = got.v.slice(0, expected.v.length);
  const head = allOf(shorter, (item, at) => compareAt(item, expected.v[at], tolerance));
  return head === 'near' && (isCut(got) || isCut(expected)) ? 'open' : head;
}

/** What is equal goes first; of the rest numbers pair in their order, everything else each with each. */
function setsNear(got: ValueArray, expected: ValueArray, tolerance: Tolerance): Nearness {
  if (got.n !== expected.n) return 'differs';
  // Which items were left out follows no order.
  if (isCut(got) || isCut(expected)) return 'open';
  const left = new Map<string, Value[]>();
  for (const item of expected.v) {
    const text = canonicalText(item);
    left.set(text, [...(left.get(text) ?? []), item]);
  }
  const others = got.v.filter((item) => left.get(canonicalText(item))?.pop() === undefined);
  const missing = [...left.values()].flat();
  const numbers = (items: Value[]) =>
    items.filter((item) => numberOf(item)?.[1] === 0).sort((a, b) => order(numberOf(a), numberOf(b)));
  const [gotNumbers, leftNumbers] = [numbers(others), numbers(missing)];
  if (gotNumbers.length !== leftNumbers.length) return 'differs';
  if (allOf(gotNumbers, (item, at) => compareAt(item, leftNumbers[at], tolerance)) === 'differs') return 'differs';
  const rest = others.filter((item) => numberOf(item)?.[1] !== 0);
  const candidates = missing.filter((item) => numberOf(item)?.[1] !== 0);
  if (rest.length > pairedAtMost) return 'open';
  return allOf(rest, (item) => {
    const at = candidates.findIndex((candidate) => compare(item, candidate, tolerance) === 'near');
    if (at >= 0) candidates.splice(at, 1);
    return at < 0 ? 'differs' : 'near';
  });
}

/** NaN last; the same infinities beside each other. */
function order(a: Parts | null, b: Parts | null): number {
  const [x, y] = [a?.[0] ?? NaN, b?.[0] ?? NaN];
  return Number(Number.isNaN(x)) - Number(Number.isNaN(y)) || x - y || 0;
}

function dictsNear(got: ValueDict, expected: ValueDict, tolerance: Tolerance): Nearness {
  if (got.n !== expected.n) return 'differs';
  if (isCut(got) || isCut(expected)) return 'open';
  const wanted = new Map(expected.v.map(([key, item]) => [canonicalText(key), item]));
  return allOf(got.v, ([key, item]) => compareAt(item, wanted.get(canonicalText(key)), tolerance));
}

interface Cells {
  dtype: string;
  v: CellJson[];
  esc?: true | undefined;
}

function cellsNear(got: Cells, expected: Cells, count: number, tolerance: Tolerance): Nearness {
  const paired = got.dtype.includes('complex') || got.dtype.startsWith('clongdouble');
  const expectedPaired = expected.dtype.includes('complex') || expected.dtype.startsWith('clongdouble');
  if (paired !== expectedPaired) return 'open';
  const [a, b] = [cellsOf(got, count, paired), cellsOf(expected, count, paired)];
  return allOf(a, (cell, at) => compareAt(cell, b[at], tolerance));
}

/** Each cell as a value, as the array's or column's dtype has it. */
function cellsOf({ dtype, v, esc }: Cells, count: number, paired: boolean): Value[] {
  const cells: Value[] = [];
  for (let at = 0; at < count; at += paired ? 2 : 1) {
    const [json = null, im] = [v[at], v[at + 1]];
    if (paired && isReal(json) && im !== undefined && isReal(im)) {
      cells.push({ t: 'complex', re: floatJson(json), im: floatJson(im) });
    } else cells.push(cellValue(json, dtype, esc));
  }
  return cells;
}

function cellValue(json: CellJson, dtype: string, esc: true | undefined): Value {
  if (json === null) return { t: 'none' };
  if (typeof json === 'object') return json;
  if (typeof json === 'boolean') return { t: 'bool', v: json };
  if (typeof json === 'number') return { t: 'float', v: json };
  if (isNumericDtype(dtype)) return { t: 'float', v: floatJson(json) };
  if (isMomentDtype(dtype)) return { t: 'datetime', v: json };
  return { t: 'str', v: json, ...(esc ? { esc } : {}) };
}

const names = ['nan', 'inf', '-inf', '-0'] as const;
const floatJson = (json: string | number): FloatJson =>
  typeof json === 'number' ? json : (names.find((name) => name === json) ?? Number(json));

function framesNear(got: FrameValue, expected: FrameValue, tolerance: Tolerance): Nearness {
  const [rows, columns] = expected.shape;
  const alike = got.kind === expected.kind && got.shape[0] === rows && got.shape[1] === columns;
  if (!alike || (got.index === undefined) !== (expected.index === undefined)) return 'differs';
  const pairs: [FrameColumn, FrameColumn | undefined][] = got.columns
    .slice(0, expected.columns.length)
    .map((column, at) => [column, expected.columns[at]]);
  if (pairs.some(([a, b]) => a.name !== b?.name)) return 'differs';
  if (got.index) pairs.push([got.index, expected.index]);
  const head = allOf(pairs, ([a, b]) =>
    b === undefined ? 'differs' : cellsNear(a, b, Math.min(a.v.length, b.v.length), tolerance),
  );
  const whole = [got, expected].every(
    (one) => one.columns.length === columns && one.columns.every((column) => column.v.length === rows),
  );
  return head === 'near' && !whole ? 'open' : head;
}
