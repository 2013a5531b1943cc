/** A recorded value as text to read: all that was recorded of it, in Python's own notation where there is one. */
import { decodeText, summaryOf, type CellJson, type Value } from '@nbpulse/schema/wire';

/** What fits a line of the panel stays on one. */
const lineChars = 36;

/** @example valueText({ t: 'list', n: 3, v: [{ t: 'int', v: 1 }] }) // '[1, … 2 more]' */
export function valueText(value: Value): string {
  switch (value.t) {
    case 'str':
      return `${decodeText(value)}${cutWords(value.cut)}`;
    case 'code':
      return `${decodeText(value.src)}${cutWords(value.src.cut)}`;
    case 'error': {
      const trace = value.tb ? `\n\n${decodeText(value.tb)}${cutWords(value.tb.cut)}` : '';
      return `${value.cls}: ${decodeText(value.message)}${cutWords(value.message.cut)}${trace}`;
    }
    case 'rich':
      return `${value.cls} as ${value.mime}\n${decodeText(value.data)}${cutWords(value.data.cut)}`;
    case 'image': {
      const size = value.width && value.height ? `${value.width}×${value.height}, ` : '';
      return `${value.of}: ${value.mime}, ${size}${value.n} bytes`;
    }
    case 'frame':
      return frameText(value);
    case 'array':
      return arrayText(value);
    default:
      return inner(value, '');
  }
}

/** Inside of another value. */
function inner(value: Value, indent: string): string {
  switch (value.t) {
    case 'none':
      return 'None';
    case 'bool':
      return typed(value.v ? 'True' : 'False', value.dtype);
    case 'int':
      return typed(String(value.v), value.dtype);
    case 'float':
      return typed(floatText(value.v), value.dtype);
    case 'complex':
      return typed(`${floatText(value.re)} + ${floatText(value.im)}j`, value.dtype);
    case 'str':
      return `${JSON.stringify(decodeText(value))}${cutWords(value.cut)}`;
    case 'bytes':
      return `${value.n} bytes, base64 ${value.b64}`;
    case 'datetime':
    case 'date':
    case 'time':
    case 'timedelta':
      return typed(value.v, value.dtype);
    case 'list':
    case 'tuple':
    case 'set':
    case 'frozenset': {
      const [open, close] = { list: '[]', tuple: '()', set: '{}', frozenset: '{}' }[value.t];
      return bracketed(
        value.v.map((item) => inner(item, `${indent}  `)),
        value.n,
        [open ?? '', close ?? ''],
        indent,
      );
    }
    case 'dict': {
      const items = value.v.map(([key, item]) => `${inner(key, '')}: ${inner(item, `${indent}  `)}`);
      return bracketed(items, value.n, ['{', '}'], indent);
    }
    case 'object': {
      const fields = value.fields.map(([name, item]) => `${name}=${inner(item, `${indent}  `)}`);
      return bracketed(fields, fields.length, [`${value.cls}(`, ')'], indent);
    }
    case 'repr':
      return `${decodeText(value.text)}${cutWords(value.text.cut)}`;
    case 'array':
    case 'frame':
    case 'image':
    case 'code':
    case 'error':
    case 'rich':
      return valueText(value).replaceAll('\n', `\n${indent}`);
    default:
      return value satisfies never;
  }
}

function bracketed(items: string[], count: number, [open, close]: [string, string], indent: string): string {
  const all = count > items.length ? [...items, `… ${count - items.length} more`] : items;
  const line = `${open}${all.join(', ')}${close}`;
  if (line.length <= lineChars && !line.includes('\n')) return line;
  return `${open}\n${filled(all, `${indent}  `)}\n${indent}${close}`;
}

/** Short items share lines; a long one, or one of several lines, has its own. */
function filled(items: string[], indent: string): string {
  const lines: string[] = [];
  items.forEach((item, at) => {
    const text = at < items.length - 1 ? `${item},` : item;
    const last = lines.at(-1);
    const isShort = item.length <= 12 && (items[at - 1]?.length ?? Infinity) <= 12;
    if (last !== undefined && isShort && last.length + text.length < lineChars)
      lines[lines.length - 1] = `${last} ${text}`;
    else lines.push(`${indent}${text}`);
  });
  return lines.join('\n');
}

function arrayText(value: Extract<Value, { t: 'array' }>): string {
  const shape = value.shape.join('×') || 'scalar';
  const total = value.shape.reduce((product, size) => product * size, 1);
  const flat = value.v.map((cell) => cellText(cell, value.esc));
  const width = value.shape.length > 1 ? Math.max(1, value.shape.at(-1) ?? 1) : 10;
  const rows: string[] = [];
  for (let at = 0; at < flat.length; at += width) rows.push(flat.slice(at, at + width).join('  '));
  const { stats } = value;
  const figures = stats
    ? `\nmin ${floatText(stats.min)}, max ${floatText(stats.max)}, mean ${floatText(stats.mean)}, std ${floatText(stats.std)}, NaN ${stats.nan}`
    : '';
  const rest = value.dtype.startsWith('complex') ? value.v.length / 2 : value.v.length;
  const more = total > rest ? `\n… ${total - rest} more` : '';
  return `${value.lib} ${value.dtype}, ${shape}${figures}\n${rows.join('\n')}${more}`;
}

function frameText(value: Extract<Value, { t: 'frame' }>): string {
  const columns = [...(value.index ? [value.index] : []), ...value.columns];
  const cells = columns.map((column) => [
    column.name,
    column.dtype,
    ...column.v.map((cell) => cellText(cell, column.esc)),
  ]);
  const widths = cells.map((column) => Math.min(24, Math.max(...column.map((text) => text.length))));
  const count = Math.max(0, ...cells.map((column) => column.length));
  const lines = Array.from({ length: count }, (_, row) =>
    cells
      .map((column, at) => (column[row] ?? '').padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const [rows, wide] = value.shape;
  const hidden = rows - (count - 2);
  return `${value.lib} ${value.kind}, ${rows} rows × ${wide} columns\n${lines.join('\n')}${hidden > 0 ? `\n… ${hidden} more rows` : ''}`;
}

function cellText(cell: CellJson, esc: true | undefined): string {
  if (cell === null) return '–';
  if (typeof cell === 'object') return summaryOf(cell);
  return typeof cell === 'string' ? decodeText({ v: cell, esc }) : String(cell);
}

const floatText = (value: number | string): string =>
  typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 1e16 ? `${value}.0` : String(value);

const typed = (text: string, dtype: string | undefined): string => (dtype === undefined ? text : `${text} (${dtype})`);

const cutWords = (cut: { length: number } | undefined): string =>
  cut === undefined ? '' : `\n… cut; ${cut.length} characters in all`;
