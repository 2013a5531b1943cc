/** What a tracker notebook sent, as a tagged value: its `type` says how `data` is to be read. */
import { createHash } from 'node:crypto';
import { encodeText, limits, type Value } from '@nbpulse/schema/wire';
import { arrayOf, scalarOf } from './array.js';
import { readPythonJson, type Marked } from './python-json.js';

/** In words of the protocol, for the notebook. */
export interface WrongValue {
  wrong: string;
}

/** Items of containers, at all depths together. */
const containerItems = 10_000;

/** @param file the picture, for the type `image` */
export function valueOf(type: string, data: string, file: Buffer | null): Value | WrongValue {
  switch (type) {
    case 'str':
      return { t: 'str', ...textOf(data, limits.textChars) };
    case 'code':
      return codeOf(data);
    case 'image':
      return imageOf(file);
    case 'ndarray':
    case 'list':
    case 'dict': {
      const read = readPythonJson(data, limits.valueDepth);
      if (!read)
        return { wrong: `Error: The data is no JSON, or is nested more than ${limits.valueDepth} levels deep` };
      const budget = { items: containerItems };
      const array = type === 'ndarray' ? arrayOf(read.json) : null;
      const value = array ?? plainOf(read.json, budget);
      const cut = budget.items < 0 && (value.t === 'list' || value.t === 'dict');
      return cut ? { ...value, sha256: sha256(data) } : value;
    }
    default:
      return { wrong: 'Server error: DataType is not supported' };
  }
}

export const isWrong = (value: Value | WrongValue): value is WrongValue => 'wrong' in value;

function plainOf(json: Marked, budget: { items: number }): Value {
  const scalar = scalarOf(json);
  if (scalar) return scalar;
  if (json === null) return { t: 'none' };
  if (typeof json === 'string') return { t: 'str', ...textOf(json.slice(1), limits.reprChars) };
  if (Array.isArray(json)) {
    const items: Marked[] = json;
    const kept = items.slice(0, take(items.length, budget));
    return { t: 'list', v: kept.map((item) => plainOf(item, budget)), n: items.length };
  }
  if (typeof json !== 'object') throw new Error('a number or a bool is a scalar');
  const entries = Object.entries(json);
  const kept = entries.slice(0, take(entries.length, budget));
  return {
    t: 'dict',
    v: kept.map(([key, item]): [Value, Value] => [
      { t: 'str', ...textOf(key.slice(1), limits.reprChars) },
      plainOf(item, budget),
    ]),
    n: entries.length,
  };
}

/** How many of these items are kept. The budget goes below zero once any were cut. */
function take(count: number, budget: { items: number }): number {
  const kept = Math.min(count, limits.valueItems, Math.max(0, budget.items));
  budget.items = kept < count ? -1 : budget.items - kept;
  return kept;
}

function textOf(text: string, maxChars: number): Extract<Value, { t: 'repr' }>['text'] {
  if (text.length <= maxChars) return encodeText(text);
  const chars = [...text];
  if (chars.length <= maxChars) return encodeText(text);
  const cut = { length: chars.length, sha256: sha256(text) };
  return { ...encodeText(chars.slice(0, maxChars).join('')), cut };
}

/** Source of a function or class; a network's own description comes under this type, too, and is no source. */
function codeOf(text: string): Value {
  const src = textOf(text, limits.textChars);
  const found = /^\s*(?:@[^\n]*\n\s*)*(?:async\s+)?(def|class)\s+(\w{1,100})/.exec(text.slice(0, 10_000));
  if (found) return { t: 'code', kind: found[1] === 'class' ? 'class' : 'function', name: found[2] ?? '', src };
  if (/\blambda\b/.test(text.slice(0, 1_000))) return { t: 'code', kind: 'lambda', name: '<lambda>', src };
  const cls = /^\w{1,100}/.exec(text)?.[0] ?? 'object';
  return { t: 'repr', cls, text: textOf(text, limits.reprChars) };
}

/** The bytes say what it is, not the name that they came under. */
function imageOf(file: Buffer | null): Value | WrongValue {
  if (!file || file.byteLength === 0) return { wrong: 'Error: The picture is missing' };
  const mime = file.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff]))
    ? 'image/jpeg'
    : file.subarray(0, 8).equals(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'))
      ? 'image/png'
      : null;
  if (mime === null) return { wrong: 'Error: The picture is no JPEG' };
  return {
    t: 'image',
    mime,
    b64: file.toString('base64'),
    sha256: createHash('sha256').update(file).digest('hex'),
    n: file.byteLength,
    of: 'picture',
  };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
