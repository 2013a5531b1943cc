/**
 * Which answers are the same: a canonical text of a value, equal for answers that are equal.
 *
 * - Numbers count by their exact value, whatever their type: `2`, `2.0`, `np.int64(2)`, `np.float32(2)`, `complex(2)`,
 *   `Decimal('2.00')` and `Fraction(4, 2)` are one answer; `0.1`, `np.float32(0.1)` and `Decimal('0.1')` are three, because
 *   their values differ. `-0.0` is `0`. NaN equals NaN. A bool stays a bool, text stays text.
 * - Lists and tuples are one kind; sets and dicts do not depend on order.
 * - Arrays are equal when shape and elements are, whatever their library and dtype; one without dimension is a number.
 *   Tables also need equal column names and an equal index (a plain 0, 1, 2 … is no index); library and dtype do not count.
 * - Moments with a zone count by instant; how many digits their seconds have does not matter.
 * - What was cut is compared by the sha256 of its whole. Where even that would have cost too much (very large arrays), by
 *   all that arrived: shape, head and statistics.
 */
import { moment } from './moment.js';
import type { ArrayValue, CellJson, FrameColumn, FrameValue, Value } from './value.js';
import { decimalText, fractionText, numberText as number } from './number-text.js';

const text = (json: { v: string; esc?: true | undefined; cut?: { sha256: string } | undefined }): string =>
  json.cut ? `#${json.cut.sha256}` : JSON.stringify(json.v) + (json.esc ? 'e' : '');

const numeric = /^(torch\.)?(u?int|u?long|short|float|double|half|complex|clongdouble|bfloat)/i;
/** Whether an array or column of this dtype holds numbers, so that a text in it is a number, too. */
export const isNumericDtype = (dtype: string): boolean => numeric.test(dtype);
const dated = /^(datetime|timestamp)/i;
/** Whether it holds moments, as text. */
export const isMomentDtype = (dtype: string): boolean => dated.test(dtype);

function cell(json: CellJson, dtype: string): string {
  if (json === null) return 'none';
  if (typeof json === 'boolean') return String(json);
  if (typeof json === 'number') return number(json);
  if (typeof json === 'object') return canonicalText(json);
  if (isNumericDtype(dtype)) return number(json);
  return isMomentDtype(dtype) ? moment(json) : JSON.stringify(json);
}

const complex = (re: string, im: string): string => (im === '0' ? re : `complex(${re},${im})`);

function array(value: ArrayValue): string {
  const count = value.shape.reduce((product, side) => product * side, 1);
  const width = value.dtype.includes('complex') || value.dtype.startsWith('clongdouble') ? 2 : 1;
  const shape = value.shape.join('x');
  if (value.v.length < count * width) {
    return value.sha256
      ? `array(${shape}#${value.sha256})`
      : `array(${shape}|${JSON.stringify([value.dtype, value.v, value.stats])}…)`;
  }
  const cells = value.v.map((item) => cell(item, value.dtype));
  const items =
    width === 1
      ? cells
      : Array.from({ length: count }, (_, at) => complex(cells[2 * at] ?? '', cells[2 * at + 1] ?? ''));
  const marks = value.esc ? 'e' : '';
  return value.shape.length === 0 ? items.join('') : `array(${shape}|${items.join(',')}${marks})`;
}

const column = (one: FrameColumn): string =>
  `${JSON.stringify(one.name)}:${one.v.map((item) => cell(item, one.dtype)).join(',')}${one.esc ? 'e' : ''}`;

function frame(value: FrameValue): string {
  const [rows, columns] = value.shape;
  const whole = value.columns.length === columns && value.columns.every((one) => one.v.length === rows);
  const head = `${value.kind} ${String(rows)}x${String(columns)}`;
  if (!whole && value.sha256) return `${head}#${value.sha256}`;
  const index = value.index ? `[${column({ ...value.index, name: '' })}]` : '';
  return `${head}${index}(${value.columns.map(column).join('|')}${whole ? '' : '…'})`;
}

function repr(cls: string, json: { v: string; cut?: { sha256: string } | undefined }): string {
  const exact = json.cut
    ? null
    : cls === 'decimal.Decimal'
      ? decimalText(json.v)
      : cls === 'fractions.Fraction'
        ? fractionText(json.v)
        : null;
  return exact ?? `repr(${cls}:${text(json)})`;
}

/** @example canonicalText({t: 'int', v: 2}) === canonicalText({t: 'float', v: 2}) */
export function canonicalText(value: Value): string {
  switch (value.t) {
    case 'none':
      return 'none';
    case 'bool':
      return String(value.v);
    case 'int':
    case 'float':
      return number(value.v);
    case 'complex':
      return complex(number(value.re), number(value.im));
    case 'str':
      return `str${text(value)}`;
    case 'bytes':
      return `bytes#${value.sha256}`;
    case 'datetime':
      return `datetime(${moment(value.v)})`;
    case 'date':
    case 'time':
    case 'timedelta':
      return `${value.t}(${value.v})`;
    case 'list':
    case 'tuple':
      return value.sha256 ? `list#${value.sha256}` : `[${value.v.map(canonicalText).join(',')}${rest(value)}]`;
    case 'set':
    case 'frozenset':
      return value.sha256 ? `set#${value.sha256}` : `set(${value.v.map(canonicalText).sort().join(',')}${rest(value)})`;
    case 'dict':
      return value.sha256
        ? `dict#${value.sha256}`
        : `{${value.v
            .map(([key, item]) => `${canonicalText(key)}:${canonicalText(item)}`)
            .sort()
            .join(',')}${rest(value)}}`;
    case 'object':
      return `${value.cls}(${value.fields.map(([name, item]) => `${JSON.stringify(name)}:${canonicalText(item)}`).join(',')})`;
    case 'array':
      return array(value);
    case 'frame':
      return frame(value);
    case 'image':
      return `image#${value.sha256}`;
    case 'code':
      return `code${text(value.src)}`;
    case 'error':
      return `error(${value.cls}:${text(value.message)})`;
    case 'rich':
      return `rich(${value.mime}:${text(value.data)})`;
    case 'repr':
      return repr(value.cls, value.text);
    default:
      return value satisfies never;
  }
}

/** A cut container without a hash: how many there were in all. */
const rest = (value: { v: readonly unknown[]; n: number }): string =>
  value.n > value.v.length ? `…${String(value.n)}` : '';
