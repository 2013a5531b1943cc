/**
 * What a person types as an answer: a Python literal as the value that the encoder would have made of it, everything else as text.
 * Bytes, formatted strings and triple quotes are no literals here.
 */
import { canonicalText } from './canonical.js';
import { limits } from './limits.js';
import { encodeText } from './text.js';
import type { Value } from './value.js';

/** @example typedValue('[1, 2.5]') // a list; typedValue('post code') // text */
export const typedValue = (typed: string): Value =>
  parsePythonLiteral(typed) ?? { t: 'str', ...encodeText(typed.trim()) };

/** Null: it is no literal, or nested deeper than an answer can be. */
export function parsePythonLiteral(source: string): Value | null {
  try {
    const reader = new LiteralReader(source);
    const value = reader.value(0);
    reader.space();
    return reader.isAtEnd() ? value : null;
  } catch (error) {
    if (error instanceof NoLiteral) return null;
    throw error;
  }
}

class NoLiteral extends Error {}

const numberForm =
  /(?:0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|(?:\d(?:_?\d)*\.?(?:\d(?:_?\d)*)?|\.\d(?:_?\d)*)(?:[eE][+-]?\d(?:_?\d)*)?[jJ]?)/y;
const nameForm = /[A-Za-z_]\w*/y;
const escapeForm = /\\(?:([0-7]{1,3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([\\'"abfnrtv]))/y;
const escaped: Record<string, string> = {
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};
/** Longer ones come as something else than an int (the encoder's own limit is a little less). */
const mostDigits = 4_000;

type Plain = { whole: bigint } | { real: number } | { imaginary: number };

class LiteralReader {
  #at = 0;
  constructor(readonly source: string) {}

  isAtEnd(): boolean {
    return this.#at === this.source.length;
  }

  space(): void {
    while (/\s/.test(this.source[this.#at] ?? '')) this.#at++;
  }

  value(depth: number): Value {
    if (depth > limits.valueDepth) throw new NoLiteral();
    this.space();
    const first = this.source[this.#at] ?? '';
    if (first === '[') return this.#list(depth);
    if (first === '(') return this.#inBrackets(depth);
    if (first === '{') return this.#inBraces(depth);
    if (first === '"' || first === "'") return this.#text();
    const name = this.#match(nameForm);
    if (name === null) return this.#number();
    if (name === 'True' || name === 'False') return { t: 'bool', v: name === 'True' };
    if (name === 'None') return { t: 'none' };
    if (name === 'nan' || name === 'inf') return { t: 'float', v: name };
    if (name === 'set' && this.#takes('(') && this.#takes(')')) return { t: 'set', v: [], n: 0 };
    throw new NoLiteral();
  }

  #match(form: RegExp): string | null {
    form.lastIndex = this.#at;
    const found = form.exec(this.source);
    if (found) this.#at = form.lastIndex;
    return found?.[0] ?? null;
  }

  #takes(char: string): boolean {
    this.space();
    if (this.source[this.#at] !== char) return false;
    this.#at++;
    return true;
  }

  #expect(char: string): void {
    if (!this.#takes(char)) throw new NoLiteral();
  }

  /** With its opening bracket taken already: items up to `close`, and whether the last had a comma after it. */
  #items(close: string, depth: number): { items: Value[]; comma: boolean } {
    const items: Value[] = [];
    let comma = true;
    while (!this.#takes(close)) {
      if (!comma || items.length >= limits.valueItems) throw new NoLiteral();
      items.push(this.value(depth + 1));
      comma = this.#takes(',');
    }
    return { items, comma };
  }

  #list(depth: number): Value {
    this.#expect('[');
    const { items } = this.#items(']', depth);
    return { t: 'list', v: items, n: items.length };
  }

  #inBrackets(depth: number): Value {
    this.#expect('(');
    const { items, comma } = this.#items(')', depth);
    const [only] = items;
    // Brackets around one thing mean nothing: `(1+2j)`.
    return only && items.length === 1 && !comma ? only : { t: 'tuple', v: items, n: items.length };
  }

  #inBraces(depth: number): Value {
    this.#expect('{');
    if (this.#takes('}')) return { t: 'dict', v: [], n: 0 };
    const first = this.value(depth + 1);
    if (!this.#takes(':')) {
      const rest = this.#takes(',') ? this.#items('}', depth).items : (this.#expect('}'), []);
      const items = [...new Map([first, ...rest].reverse().map((item) => [canonicalText(item), item])).values()];
      if (items.some(isUnhashable)) throw new NoLiteral();
      return { t: 'set', v: items.reverse(), n: items.length };
    }
    const entries = new Map<string, [Value, Value]>();
    for (let key = first; ;) {
      if (isUnhashable(key) || entries.size >= limits.valueItems) throw new NoLiteral();
      const name = canonicalText(key);
      // As Python: the first key stays, the last value counts.
      entries.set(name, [entries.get(name)?.[0] ?? key, this.value(depth + 1)]);
      const comma = this.#takes(',');
      if (this.#takes('}')) return { t: 'dict', v: [...entries.values()], n: entries.size };
      if (!comma) throw new NoLiteral();
      key = this.value(depth + 1);
      this.#expect(':');
    }
  }

  #text(): Value {
    const quote = this.source[this.#at++] ?? '';
    let text = '';
    for (;;) {
      const char = this.source[this.#at];
      if (char === undefined || char === '\n') throw new NoLiteral();
      if (char === '\\') text += this.#escape();
      else {
        this.#at++;
        if (char === quote) return { t: 'str', ...encodeText(text) };
        text += char;
      }
    }
  }

  #escape(): string {
    escapeForm.lastIndex = this.#at;
    const found = escapeForm.exec(this.source);
    // Python keeps a backslash that begins no escape; \N{…} and line ends it reads otherwise.
    if (!found) {
      const next = this.source[this.#at + 1] ?? '\n';
      if (/[\nNxuU]/.test(next)) throw new NoLiteral();
      this.#at++;
      return '\\';
    }
    this.#at = escapeForm.lastIndex;
    const [, octal, hex, short, long, plain] = found;
    if (plain !== undefined) return escaped[plain] ?? plain;
    const code = octal === undefined ? parseInt(hex ?? short ?? long ?? '', 16) : parseInt(octal, 8);
    if (code > 0x10ffff) throw new NoLiteral();
    return String.fromCodePoint(code);
  }

  /** `-1.5`, and `1+2j`. */
  #number(): Value {
    const one = this.#signed();
    const start = this.#at;
    this.space();
    if (!('imaginary' in one) && /[+-]/.test(this.source[this.#at] ?? '')) {
      const two = this.#signed();
      if (!('imaginary' in two)) throw new NoLiteral();
      return {
        t: 'complex',
        re: floatJson('real' in one ? one.real : Number(one.whole)),
        im: floatJson(two.imaginary),
      };
    }
    this.#at = start;
    if ('imaginary' in one) return { t: 'complex', re: 0, im: floatJson(one.imaginary) };
    if ('real' in one) return { t: 'float', v: floatJson(one.real) };
    const isSafe = one.whole >= Number.MIN_SAFE_INTEGER && one.whole <= Number.MAX_SAFE_INTEGER;
    return { t: 'int', v: isSafe ? Number(one.whole) : one.whole.toString() };
  }

  #signed(): Plain {
    let negative = false;
    for (;;) {
      this.space();
      const sign = this.source[this.#at] ?? '';
      if (sign !== '+' && sign !== '-') break;
      if (sign === '-') negative = !negative;
      this.#at++;
    }
    const name = this.#match(nameForm);
    if (name === 'nan' || name === 'inf') return { real: name === 'nan' ? NaN : negative ? -Infinity : Infinity };
    const text = name === null ? this.#match(numberForm)?.replaceAll('_', '') : undefined;
    // `1abc` is no number, and neither is `007`.
    if (text === undefined || /\w/.test(this.source[this.#at] ?? '') || text.length > mostDigits) throw new NoLiteral();
    if (/j$/i.test(text)) return { imaginary: signed(Number(text.slice(0, -1)), negative) };
    if (/^\d+$|^0[xob]/i.test(text)) {
      if (/^0+[1-9]/.test(text)) throw new NoLiteral();
      return { whole: negative ? -BigInt(text) : BigInt(text) };
    }
    return { real: signed(Number(text), negative) };
  }
}

const signed = (size: number, negative: boolean): number => (negative ? -size : size);

function floatJson(number: number): number | 'nan' | 'inf' | '-inf' | '-0' {
  if (Number.isNaN(number)) return 'nan';
  if (!Number.isFinite(number)) return number > 0 ? 'inf' : '-inf';
  return Object.is(number, -0) ? '-0' : number;
}

const isUnhashable = (value: Value): boolean =>
  value.t === 'list' || value.t === 'set' || value.t === 'dict' || (value.t === 'tuple' && value.v.some(isUnhashable));
