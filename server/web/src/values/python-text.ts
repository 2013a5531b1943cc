/** A container as Python would print it, over several lines when it is long. */
import { decodeText, summaryOf, type Value } from '@nbpulse/schema/wire';

const lineChars = 76;
const mostChars = 20_000;

function flat(value: Value): string {
  switch (value.t) {
    case 'str':
      return `'${decodeText(value).replace(/\\/g, '\\\\').replace(/\n/g, '\\n').replace(/'/g, "\\'")}'${value.cut ? '…' : ''}`;
    case 'list':
      return `[${items(value.v, value.n)}]`;
    case 'tuple':
      return `(${items(value.v, value.n)}${value.n === 1 ? ',' : ''})`;
    case 'set':
    case 'frozenset':
      return value.n === 0 ? 'set()' : `{${items(value.v, value.n)}}`;
    case 'dict':
      return `{${value.v.map(([key, item]) => `${flat(key)}: ${flat(item)}`).join(', ')}${value.n > value.v.length ? ', …' : ''}}`;
    case 'object':
      return `${value.cls.split('.').pop() ?? value.cls}(${value.fields.map(([name, item]) => `${name}=${flat(item)}`).join(', ')})`;
    default:
      return summaryOf(value);
  }
}
const items = (values: readonly Value[], n: number): string =>
  values.map(flat).join(', ') + (n > values.length ? ', …' : '');

function tall(value: Value, indent: string): string {
  const short = flat(value);
  if (short.length + indent.length <= lineChars) return short;
  const inner = `${indent}    `;
  const block = (open: string, lines: string[], close: string): string =>
    `${open}\n${lines.map((line) => `${inner}${line}`).join(',\n')}\n${indent}${close}`;
  switch (value.t) {
    case 'list':
    case 'tuple':
    case 'set':
    case 'frozenset': {
      const open = value.t === 'list' ? '[' : value.t === 'tuple' ? '(' : '{';
      const close = value.t === 'list' ? ']' : value.t === 'tuple' ? ')' : '}';
      // Many short items stand beside each other, as numbers do.
      if (value.v.every((item) => flat(item).length <= 12))
        return block(open, wrapped(value.v.map(flat), value.n), close);
      const lines = value.v.map((item) => tall(item, inner));
      return block(open, value.n > value.v.length ? [...lines, `… ${String(value.n)} in all`] : lines, close);
    }
    case 'dict': {
      const lines = value.v.map(([key, item]) => `${flat(key)}: ${tall(item, inner)}`);
      return block('{', value.n > value.v.length ? [...lines, `… ${String(value.n)} in all`] : lines, '}');
    }
    case 'object':
      return block(
        `${value.cls.split('.').pop() ?? value.cls}(`,
        value.fields.map(([name, item]) => `${name}=${tall(item, inner)}`),
        ')',
      );
    default:
      return short;
  }
}
function wrapped(texts: readonly string[], n: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const text of n > texts.length ? [...texts, `… ${String(n)} in all`] : texts) {
    if (line !== '' && line.length + text.length > lineChars - 8) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? text : `${line}, ${text}`;
  }
  return line === '' ? lines : [...lines, line];
}

export function pythonText(value: Value): string {
  const text = tall(value, '');
  return text.length > mostChars ? `${text.slice(0, mostChars)}…` : text;
}
