/** Nested lists of numbers, as numpy's `tolist` gives them, back to an array; and the single number that came as `[v]`. */
import { createHash } from 'node:crypto';
import { limits, type CellJson, type FloatJson, type Value } from '@nbpulse/schema/wire';
import type { Marked } from './python-json.js';

/** A bool or a number, else null. */
export function scalarOf(json: Marked): Value | null {
  if (typeof json === 'boolean') return { t: 'bool', v: json };
  if (typeof json === 'number') return Number.isInteger(json) ? { t: 'int', v: json } : { t: 'float', v: json };
  if (typeof json !== 'string' || !json.startsWith('n')) return null;
  const digits = json.slice(1);
  if (/^-?\d+$/.test(digits)) {
    const value = Number(digits);
    if (Number.isSafeInteger(value)) return { t: 'int', v: value === 0 ? 0 : value };
    // What the wire takes as text: 16 to 5,000 digits.
    return digits.length <= 5_000 ? { t: 'int', v: digits } : { t: 'float', v: value > 0 ? 'inf' : '-inf' };
  }
  return { t: 'float', v: floatJson(Number(digits)) };
}

const floatJson = (value: number): FloatJson => {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  return Object.is(value, -0) ? '-0' : value;
};

/** `[5]` and `5` are one number; a regular nesting of one kind of number is an array; null when it is neither. */
export function arrayOf(json: Marked): Value | null {
  if (!Array.isArray(json)) return scalarOf(json);
  if (json.length === 1 && json[0] !== undefined) {
    const only = scalarOf(json[0]);
    if (only) return only;
  }
  const shape = shapeOf(json);
  const flat: Value[] = [];
  if (shape === null || !flatten(json, shape, 0, flat)) return null;
  const dtype = dtypeOf(flat);
  if (dtype === null) return null;
  const numbers = flat.map(numberOf);
  const head = dtype === 'float64' ? numbers.slice(0, limits.arrayItems).map(floatJson) : null;
  const cells =
    head ?? flat.slice(0, limits.arrayItems).map((item): CellJson => ('v' in item ? (item.v as CellJson) : null));
  const stats = dtype === 'bool' ? null : statistics(numbers);
  return {
    t: 'array',
    lib: 'numpy',
    dtype,
    shape,
    v: cells,
    ...(stats === null ? {} : { stats }),
    sha256: hashOf(dtype, shape, flat, numbers),
  };
}

/** Lengths along the first items; whether the others fit is seen when they are read. */
function shapeOf(json: Marked): number[] | null {
  const shape: number[] = [];
  for (let at: Marked | undefined = json; Array.isArray(at); at = at[0]) shape.push(at.length);
  return shape;
}

function flatten(json: Marked, shape: readonly number[], axis: number, into: Value[]): boolean {
  if (axis === shape.length) {
    const item = scalarOf(json);
    if (item) into.push(item);
    return item !== null;
  }
  return (
    Array.isArray(json) && json.length === shape[axis] && json.every((item) => flatten(item, shape, axis + 1, into))
  );
}

type Dtype = 'bool' | 'int64' | 'float64';
const int64 = { least: -(2n ** 63n), most: 2n ** 63n - 1n };

function dtypeOf(items: readonly Value[]): Dtype | null {
  const kinds = new Set(items.map((item) => item.t));
  if (kinds.size === 0) return 'float64';
  if (kinds.has('bool')) return kinds.size === 1 ? 'bool' : null;
  if (kinds.has('float')) return 'float64';
  const fits = items.every((item) => {
    if (item.t !== 'int' || typeof item.v === 'number') return true;
    const value = BigInt(item.v);
    return value >= int64.least && value <= int64.most;
  });
  return fits ? 'int64' : null;
}

function numberOf(item: Value): number {
  if (item.t === 'bool') return item.v ? 1 : 0;
  if (item.t === 'int') return Number(item.v);
  if (item.t !== 'float') return NaN;
  return item.v === 'nan' ? NaN : item.v === 'inf' ? Infinity : item.v === '-inf' ? -Infinity : Number(item.v);
}

/** NaN left out, as the kernel package does. */
function statistics(numbers: readonly number[]): Extract<Value, { t: 'array' }>['stats'] | null {
  const known = numbers.filter((value) => !Number.isNaN(value));
  if (known.length === 0) return null;
  let [min, max, sum] = [Infinity, -Infinity, 0];
  for (const value of known) {
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
  }
  const mean = sum / known.length;
  const variance = known.reduce((total, value) => total + (value - mean) ** 2, 0) / known.length;
  return {
    min: floatJson(min),
    max: floatJson(max),
    mean: floatJson(mean),
    std: floatJson(Math.sqrt(variance)),
    nan: numbers.length - known.length,
  };
}

/** The same as the kernel package gives an int64, float64 or bool array: dtype, shape, then the bytes, little endian. */
function hashOf(dtype: Dtype, shape: readonly number[], items: readonly Value[], numbers: readonly number[]): string {
  const name = { bool: '|b1', int64: '<i8', float64: '<f8' }[dtype];
  const bytes = Buffer.alloc(items.length * (dtype === 'bool' ? 1 : 8));
  items.forEach((item, index) => {
    if (dtype === 'bool') bytes.writeUInt8(numbers[index] ?? 0, index);
    else if (dtype === 'float64') bytes.writeDoubleLE(numbers[index] ?? NaN, index * 8);
    else bytes.writeBigInt64LE(item.t === 'int' ? BigInt(item.v) : 0n, index * 8);
  });
  return createHash('sha256')
    .update(`${name}|${shape.join(',')}|`)
    .update(bytes)
    .digest('hex');
}
