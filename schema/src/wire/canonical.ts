/**
 * Which answers are the same: a canonical text of a value, equal for answers that are equal.
 *
 * Numbers count by value, whatever their type: `2`, `2.0`, `np.int64(2)` and `complex(2)` are one answer; a bool
 * stays a bool. Lists and tuples are one kind, as are numpy arrays of the same numbers and shape under their own kind.
 * Sets and dicts are sorted. What was cut is told apart by the sha256 of its whole.
 */
import type { CellJson, Value } from './value.js';

const number = (json: string | number): string => {
  if (json === '-0') return '0';
  if (typeof json === 'string') return json; // nan, inf, -inf, or an integer past 2^53
  return Object.is(json, -0)
    ? '0'
    : Number.isInteger(json) && Math.abs(json) >= 1e21
      ? BigInt(json).toString()
      : String(json);
};
const text = (json: { v: string; esc?: true | undefined; cut?: { sha256: string } | undefined }): string =>
  json.cut ? `#${json.cut.sha256}` : JSON.stringify(json.v) + (json.esc ? 'e' : '');
const cell = (json: CellJson): string => (typeof json === 'number' ? number(json) : JSON.stringify(json));

/** @example canonicalText({t: 'int', v: 2}) === canonicalText({t: 'float', v: 2}) */
export function canonicalText(value: Value): string {
  switch (value.t) {
    case 'none':
      return 'none';
    case 'bool':
      return String(value.v);
    case 'int':
      return typeof value.v === 'string' ? value.v : number(value.v);
    case 'float':
      // A float past 2^53 that is a whole number equals the integer of the same value.
      return typeof value.v === 'number' && Number.isInteger(value.v) ? BigInt(value.v).toString() : number(value.v);
    case 'complex':
      return number(value.im) === '0' ? number(value.re) : `complex(${number(value.re)},${number(value.im)})`;
    case 'str':
      return `str${text(value)}`;
    case 'bytes':
      return `bytes#${value.sha256}`;
    case 'datetime':
    case 'date':
    case 'time':
    case 'timedelta':
      return `${value.t}(${value.v})`;
    case 'list':
    case 'tuple':
      return value.sha256 ? `list#${value.sha256}` : `[${value.v.map(canonicalText).join(',')}]`;
    case 'set':
    case 'frozenset':
      return value.sha256 ? `set#${value.sha256}` : `set(${value.v.map(canonicalText).sort().join(',')})`;
    case 'dict':
      return value.sha256
        ? `dict#${value.sha256}`
        : `{${value.v
            .map(([key, item]) => `${canonicalText(key)}:${canonicalText(item)}`)
            .sort()
            .join(',')}}`;
    case 'object':
      return `${value.cls}(${value.fields.map(([name, item]) => `${JSON.stringify(name)}:${canonicalText(item)}`).join(',')})`;
    case 'array': {
      const whole =
        value.shape.reduce((product, side) => product * side, 1) === value.v.length ||
        value.dtype.startsWith('complex');
      const body = whole ? value.v.map(cell).join(',') : `#${value.sha256 ?? ''}`;
      return value.shape.length === 0 && whole ? body : `array(${value.shape.join('x')}|${body})`;
    }
    case 'frame': {
      const whole =
        value.columns.every((column) => column.v.length === value.shape[0]) && value.columns.length === value.shape[1];
      return whole || !value.sha256
        ? `frame(${value.columns.map((column) => `${JSON.stringify(column.name)}:${column.v.map(cell).join(',')}`).join('|')})`
        : `frame#${value.sha256}`;
    }
    case 'image':
      return `image#${value.sha256}`;
    case 'code':
      return `code${text(value.src)}`;
    case 'error':
      return `error(${value.cls}:${text(value.message)})`;
    case 'rich':
      return `rich(${value.mime}:${text(value.data)})`;
    case 'repr':
      return `repr(${value.cls}:${text(value.text)})`;
    default:
      return value satisfies never;
  }
}
