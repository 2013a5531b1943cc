/** From what a solution sent to what its question should expect: a value with a tolerance, or why there is none. */
import { isNumericDtype, type ExpectedAnswer, type Tolerance, type Value } from '@nbpulse/schema/wire';

export interface ProposedAnswer {
  answer: ExpectedAnswer | null;
  /** Without an answer: why. With one: what one should know of it. */
  why: string | null;
}

/** Of how many digits a float looks rounded by its author: fewer may be exact, more come out of a calculation. */
const roundedDigits = { from: 4, to: 8 };
const relative = 1e-6;
const absoluteShare = 1e-9;

export function proposedAnswer(value: Value | null, whyNone: string | null): ProposedAnswer {
  if (value === null) return { answer: null, why: whyNone };
  const found: Found = { floats: [], isCut: false, problem: null };
  look(value, found);
  if (found.problem !== null) return { answer: null, why: found.problem };
  const tolerance = found.floats.length > 0 ? toleranceFor(found.floats) : null;
  return {
    answer: { kind: 'value', value, tolerance, exactType: false },
    why: !found.isCut ? null : tolerance === null ? problems.cut : problems.cutNear,
  };
}

/**
 * Relative 1e-6, and for what is near zero 1e-9 of the largest number's power of ten. Where the floats show four to eight digits
 * they may have been rounded: then half a unit of the last digit.
 */
export function toleranceFor(floats: readonly number[]): Tolerance {
  const sizes = floats.filter(Number.isFinite).map(Math.abs);
  const largest = Math.max(0, ...sizes);
  const power = largest > 0 ? Math.floor(Math.log10(largest)) : 0;
  const scaled = powerOfTen(power) * absoluteShare;
  const shown = sizes.map(digitsOf);
  const decimals = Math.max(0, ...shown.map((one) => one.decimals));
  const significant = Math.max(0, ...shown.map((one) => one.significant));
  const looksRounded = decimals > 0 && significant >= roundedDigits.from && significant <= roundedDigits.to;
  return { relative, absolute: Math.max(scaled, looksRounded ? Number(`5e-${String(decimals + 1)}`) : 0) };
}

/** Below the smallest normal double there is nothing left to scale. */
const powerOfTen = (power: number): number => Number(`1e${String(Math.max(-290, power))}`);

/** As Python prints it: 3.142 has three decimals and four significant digits. */
function digitsOf(number: number): { decimals: number; significant: number } {
  const [mantissa = '', exponent = '0'] = String(number).split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const significant = `${whole}${fraction}`.replace(/^0+/, '').length;
  return { decimals: Math.max(0, fraction.length - Number(exponent)), significant };
}

interface Found {
  floats: number[];
  isCut: boolean;
  problem: string | null;
}

const problems = {
  none: 'It sent None: there is nothing to compare with. Is this the solution?',
  picture: 'A picture: there is no answer to compare it with.',
  chart: 'A chart or a page of HTML: two that look the same need not be the same.',
  code: 'A function: written in another way it is as right. Expect a pattern, or let tests grade it.',
  error: 'An exception: its message need not be the same elsewhere. Expect a pattern instead.',
  cut: 'Too large to be kept whole: it is compared as a whole, by its hash.',
  cutNear:
    'Too large to be kept whole: right when equal as a whole, wrong when the part that is kept differs, else not judged.',
  place: 'Its text names a place in memory, which is another one in each run.',
} as const;

const real = (json: number | string): number =>
  typeof json === 'number' ? json : json === 'nan' ? NaN : json === 'inf' || json === '-inf' ? Infinity : Number(json);

function look(value: Value, found: Found, depth = 0): void {
  switch (value.t) {
    case 'none':
      if (depth === 0) found.problem = problems.none;
      return;
    case 'float':
      found.floats.push(real(value.v));
      return;
    case 'complex':
      found.floats.push(real(value.re), real(value.im));
      return;
    case 'str':
      found.isCut ||= value.cut !== undefined;
      return;
    case 'list':
    case 'tuple':
    case 'set':
    case 'frozenset':
      found.isCut ||= value.n > value.v.length;
      for (const item of value.v) look(item, found, depth + 1);
      return;
    case 'dict':
      found.isCut ||= value.n > value.v.length;
      for (const [key, item] of value.v) {
        look(key, found, depth + 1);
        look(item, found, depth + 1);
      }
      return;
    case 'object':
      for (const [, field] of value.fields) look(field, found, depth + 1);
      return;
    case 'array': {
      const width = value.dtype.includes('complex') || value.dtype.startsWith('clongdouble') ? 2 : 1;
      found.isCut ||= value.v.length < width * value.shape.reduce((product, side) => product * side, 1);
      lookAtCells(value, found, depth);
      return;
    }
    case 'frame': {
      const [rows, columns] = value.shape;
      found.isCut ||= value.columns.length < columns || value.columns.some((column) => column.v.length < rows);
      for (const column of value.columns) lookAtCells(column, found, depth);
      if (value.index) lookAtCells(value.index, found, depth);
      return;
    }
    case 'image':
      found.problem = problems.picture;
      return;
    case 'rich':
      found.problem = problems.chart;
      return;
    case 'code':
      found.problem = problems.code;
      return;
    case 'error':
      found.problem = problems.error;
      return;
    case 'repr':
      found.isCut ||= value.text.cut !== undefined;
      if (value.text.v === 'Ellipsis') found.problem = problems.none.replace('None', '...');
      else if (/\bat 0x[0-9a-f]{4,}/i.test(value.text.v)) found.problem = problems.place;
      return;
    case 'bool':
    case 'int':
    case 'bytes':
    case 'datetime':
    case 'date':
    case 'time':
    case 'timedelta':
      return;
    default:
      value satisfies never;
  }
}

const holdsFloats = /float|double|half|complex|decimal|object|mixed/i;

function lookAtCells(cells: { dtype: string; v: readonly unknown[] }, found: Found, depth: number): void {
  const isFloat = holdsFloats.test(cells.dtype);
  for (const cell of cells.v) {
    if (typeof cell === 'object' && cell !== null) look(cell as Value, found, depth + 1);
    else if (isFloat && typeof cell === 'number') found.floats.push(cell);
    else if (isFloat && typeof cell === 'string' && isNumericDtype(cells.dtype)) found.floats.push(real(cell));
  }
}
