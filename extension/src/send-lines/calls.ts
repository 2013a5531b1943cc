/** Finds the `send` calls of a cell and the question key of each: the rules of `extension/nbpulse/command/calls.py`. */
import { readTokens, type Token } from './tokens.js';

const closing: Record<string, string> = { '(': ')', '[': ']', '{': '}' };
const numberKey = /^(?<head>)(?<number>[0-9]+)(?<suffix>\.[0-9]+)?$/u;
const stringKey = /^(?<head>[rRuU]?(?<quote>"{3}|'{3}|"|')[ \t]*)(?<number>[0-9]+)(?<suffix>[^\\]*)\k<quote>$/u;
const plainString = /^[rRuU]?(?<quote>"{3}|'{3}|"|')(?<text>[^\\]*)\k<quote>$/u;

/** One `send(…)`. */
export interface Call {
  /** The source of the question key; empty when there is none. */
  key: string;
  /** Where the key's number stands in the cell's source, in UTF-16 units; null when the key stays as it is. */
  number: { start: number; end: number } | null;
  /** Why it stays; null otherwise. */
  why: 'text' | 'computed' | 'missing' | 'unclosed' | null;
  /** Offset of the key, or of `send` when there is none. */
  at: number;
}

/** Every call of `send` or `nbpulse.send`, in the order of the text. */
export function findCalls(source: string): Call[] {
  const tokens = readTokens(source);
  return tokens.flatMap((token, index) => {
    const isCall = token.kind === 'name' && token.text === 'send' && tokens[index + 1]?.text === '(';
    return isCall && isOurs(tokens, index) ? [readCall(source, tokens, index)] : [];
  });
}

/**
 * The question that a cell sends: of its last `send` whose key stands there as it is, in its canonical text. Null when none does.
 * @example questionOf('send(x, 3)') // '3'
 */
export function questionOf(source: string): string | null {
  const keys = findCalls(source).flatMap(({ key }) => {
    if (numberKey.test(key)) return [key.includes('.') ? String(Number(key)) : key];
    const text = plainString.exec(key)?.groups?.['text']?.trim();
    return text ? [text] : [];
  });
  return keys.at(-1) ?? null;
}

/** Not `def send(`, nor the method of something else (`socket.send(`). */
function isOurs(tokens: Token[], index: number): boolean {
  const before = tokens.slice(Math.max(0, index - 3), index).map(({ text }) => text);
  const last = before.at(-1);
  if (last === undefined) return true;
  if (last === '.') return before.at(-2) === 'nbpulse' && before.at(-3) !== '.';
  return last !== 'def' && last !== 'class';
}

function readCall(source: string, tokens: Token[], index: number): Call {
  const at = tokens[index]?.start ?? 0;
  const found = argumentsAt(tokens, index + 2);
  if (!found) return { key: '', number: null, why: 'unclosed', at };
  const placed = keyOf(found);
  const key = placed && inside(placed);
  const [first] = key ?? [];
  const last = key?.at(-1);
  if (!key || !first || !last) return { key: '', number: null, why: 'missing', at };
  const text = source.slice(first.start, last.end);
  const stays = (why: Call['why']): Call => ({ key: text, number: null, why, at: first.start });
  if (key.length > 1 || (first.kind !== 'number' && first.kind !== 'string')) return stays('computed');
  const groups = (first.kind === 'number' ? numberKey : stringKey).exec(text)?.groups;
  if (!groups) return stays(plainString.test(text) ? 'text' : 'computed');
  const start = first.start + (groups['head'] ?? '').length;
  return {
    key: text,
    number: { start, end: start + (groups['number'] ?? '').length },
    why: null,
    at: first.start,
  };
}

/** `(4)` is `4`: what stands in the brackets, when that is one number or text. */
function inside(key: Token[]): Token[] {
  let within = key;
  while (within.length > 2 && within[0]?.text === '(' && within.at(-1)?.text === ')') within = within.slice(1, -1);
  const [only, another] = within;
  return only && !another && (only.kind === 'number' || only.kind === 'string') ? within : key;
}

/** The tokens of each argument; null when the bracket is never closed. */
function argumentsAt(tokens: Token[], at: number): Token[][] | null {
  const found: Token[][] = [[]];
  const open = [')'];
  /** Lambdas whose parameters are being read: their commas part no arguments. */
  let lambdas = 0;
  for (const token of tokens.slice(at)) {
    if (open.length === 1 && (token.text === 'lambda' || token.text === ':')) {
      lambdas = Math.max(0, lambdas + (token.text === 'lambda' ? 1 : -1));
    }
    if (token.kind === 'op') {
      const closes = closing[token.text];
      if (closes !== undefined) open.push(closes);
      else if (token.text === ')' || token.text === ']' || token.text === '}') {
        if (open.pop() !== token.text) return null;
        if (open.length === 0) return found;
      } else if (token.text === ',' && open.length === 1 && lambdas === 0) {
        found.push([]);
        continue;
      }
    }
    found.at(-1)?.push(token);
  }
  return null;
}

/** The argument `question`: by its name, or the second one. What `*` or `**` brings is computed. */
function keyOf(found: Token[][]): Token[] | null {
  const placed: Token[][] = [];
  let starred: Token[] | null = null;
  for (const argument of found) {
    const [first, second] = argument;
    if (!first) continue;
    if (argument.length > 2 && first.kind === 'name' && second?.text === '=') {
      if (first.text === 'question') return argument.slice(2);
    } else if (first.text === '*') starred ??= argument;
    else if (starred === null) placed.push(argument);
  }
  return placed[1] ?? starred;
}
