/**
 * A value as the pages decode it, in plain JSON, exactly: the counterpart of extension/test_python/described.py, for the test
 * that sends values from Python and reads them here. Built on the functions that draw values, not on the wire's JSON itself.
 */
import { decodeText, type CellJson, type FloatJson, type FrameColumn, type Value } from '@nbpulse/schema/wire';
import { decodedCells, elementsOf } from './cells.js';

export type Described = unknown[];

export function described(value: Value): Described {
  switch (value.t) {
    case 'none':
      return ['none'];
    case 'bool':
      return scalar(value.dtype, ['bool', value.v]);
    case 'int':
      return scalar(value.dtype, ['int', String(value.v)]);
    case 'float':
      return scalar(value.dtype, float(value.v));
    case 'complex':
      return scalar(value.dtype, ['complex', float(value.re), float(value.im)]);
    case 'str':
      return ['str', decodeText(value)];
    case 'bytes':
      return ['bytes', hex(Uint8Array.from(atob(value.b64), (char) => char.charCodeAt(0)))];
    case 'datetime':
    case 'date':
    case 'time':
    case 'timedelta':
      return [value.t, value.v];
    case 'list':
    case 'tuple':
      return [value.t, value.v.map(described)];
    case 'set':
    case 'frozenset':
      return [value.t, value.v.map(described)];
    case 'dict':
      return ['dict', value.v.map(([key, item]) => [described(key), described(item)])];
    case 'array':
      return ['array', value.shape, elementsOf(value).map((cell) => element(cell, value.dtype))];
    case 'frame':
      return ['frame', value.shape, value.columns.map(column)];
    case 'repr':
      if (value.cls === 'decimal.Decimal') return ['decimal', decodeText(value.text)];
      return value.cls === 'int' ? ['int', decodeText(value.text)] : ['repr'];
    default:
      throw new Error(`no description for ${value.t}`);
  }
}

const scalar = (dtype: string | undefined, plain: Described): Described =>
  dtype === undefined ? plain : ['scalar', dtype, plain];

const names = { nan: NaN, inf: Infinity, '-inf': -Infinity, '-0': -0 };
function float(json: FloatJson): Described {
  const number = typeof json === 'number' ? json : names[json];
  if (Number.isNaN(number)) return ['float', 'nan'];
  const bytes = new DataView(new ArrayBuffer(8));
  bytes.setFloat64(0, number);
  return ['float', hex(new Uint8Array(bytes.buffer))];
}
const hex = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

function column(one: FrameColumn): Described {
  const name = one.key ? described(one.key) : one.name === '' ? '' : ['str', one.name];
  return [name, one.dtype, decodedCells(one).map((cell) => element(cell, one.dtype))];
}

const floats = /^(float|Float)\d+$/;
const integers = /^(u?int|UInt|Int)\d+$/;
const moments = /^(datetime64|timedelta64|period|Datetime|Duration|Date$|Time$)/;
function element(cell: CellJson, dtype: string): Described {
  if (cell === null) return ['none'];
  if (typeof cell === 'object') return described(cell);
  if (typeof cell === 'boolean') return ['bool', cell];
  if (floats.test(dtype)) return typeof cell === 'number' || cell in names ? float(cell as FloatJson) : ['wide'];
  if (integers.test(dtype)) return ['int', String(cell)];
  if (typeof cell === 'number') return Number.isInteger(cell) ? ['int', String(cell)] : float(cell);
  return moments.test(dtype) ? ['moment'] : ['str', cell];
}
