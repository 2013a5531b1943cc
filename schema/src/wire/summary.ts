/** One short line of a value for cells, lists and timelines, as Python would print it. */
import { pythonComplex, pythonFloat } from './number-text.js';
import { decodeText } from './text.js';
import type { CellJson, Value } from './value.js';

const maxChars = 120;
const cell = (json: CellJson, depth: number): string =>
  json === null
    ? 'None'
    : typeof json === 'boolean'
      ? json
        ? 'True'
        : 'False'
      : typeof json === 'object'
        ? line(json, depth + 1)
        : String(json);
const list = (items: string[], total: number): string => items.join(', ') + (total > items.length ? ', …' : '');
const bytes = (n: number): string =>
  n < 1024 ? `${String(n)} B` : n < 1024 ** 2 ? `${(n / 1024).toFixed(1)} kB` : `${(n / 1024 ** 2).toFixed(1)} MB`;

function line(value: Value, depth: number): string {
  const items = (values: Value[], total: number): string =>
    depth > 3
      ? '…'
      : list(
          values.slice(0, 12).map((item) => line(item, depth + 1)),
          total,
        );
  switch (value.t) {
    case 'none':
      return 'None';
    case 'bool':
      return value.v ? 'True' : 'False';
    case 'int':
      return String(value.v);
    case 'float':
      return pythonFloat(value.v);
    case 'complex':
      return pythonComplex(value.re, value.im);
    case 'str':
      return depth === 0 ? decodeText(value) : `'${decodeText(value)}'`;
    case 'bytes':
      return `bytes, ${bytes(value.n)}`;
    case 'datetime':
    case 'date':
    case 'time':
    case 'timedelta':
      return value.v;
    case 'list':
      return `[${items(value.v, value.n)}]`;
    case 'tuple':
      return `(${items(value.v, value.n)}${value.n === 1 ? ',' : ''})`;
    case 'set':
    case 'frozenset':
      return value.n === 0 ? 'set()' : `{${items(value.v, value.n)}}`;
    case 'dict':
      return depth > 3
        ? '{…}'
        : `{${list(
            value.v.slice(0, 8).map(([key, item]) => `${line(key, depth + 1)}: ${line(item, depth + 1)}`),
            value.n,
          )}}`;
    case 'object':
      if (value.text) return decodeText(value.text);
      return `${value.cls.split('.').pop() ?? value.cls}(${list(
        value.fields.slice(0, 8).map(([name, item]) => `${name}=${line(item, depth + 1)}`),
        value.fields.length,
      )})`;
    case 'array': {
      const size = value.shape.join(' × ');
      return value.shape.length === 1 && value.v.length <= 8
        ? `array([${value.v.map((item) => cell(item, depth)).join(', ')}])`
        : `array ${size || 'scalar'}, ${value.dtype}`;
    }
    case 'frame':
      return value.kind === 'series'
        ? `Series of ${String(value.shape[0])}, ${value.columns[0]?.dtype ?? ''}`
        : `${String(value.shape[0])} rows × ${String(value.shape[1])} columns`;
    case 'image':
      return value.width && value.height
        ? `Figure ${String(value.width)}×${String(value.height)}`
        : `Figure, ${bytes(value.n)}`;
    case 'code': {
      const first =
        decodeText(value.src)
          .split('\n')
          .find((text) => /^\s*(async\s+def|def|class|lambda)\b/.test(text)) ??
        decodeText(value.src).split('\n')[0] ??
        value.name;
      return first.trim();
    }
    case 'error':
      return `${value.cls.split('.').pop() ?? value.cls}: ${decodeText(value.message)}`;
    case 'rich':
      return value.alt ?? value.cls;
    case 'repr':
      return decodeText(value.text);
    default:
      return value satisfies never;
  }
}

/** At most 120 characters, one line. @example summaryOf({t: 'list', v: [{t: 'int', v: 1}], n: 1}) // '[1]' */
export function summaryOf(value: Value): string {
  const flat = line(value, 0)
    .slice(0, 4 * maxChars)
    .replace(/\s+/g, ' ')
    .replace(/\p{C}/gu, '')
    .trim();
  const chars = [...flat];
  return chars.length > maxChars ? chars.slice(0, maxChars - 1).join('') + '…' : flat;
}
