/**
 * A regular expression over a text, or over the source of a function or class, which it has to match as a whole. RE2: no look-around and no
 * back-references, and in return the time grows with the length of the text and with nothing else, whoever wrote either.
 */
import { RE2JS, RE2JSSyntaxException } from 're2js';
import { decodeText, type ExpectedAnswer, type Value } from '@nbpulse/schema/wire';
import type { Judge, NoJudge } from './judged.js';

/** In UTF-16 units. Longer ones, and those that were cut, are not judged. */
const mostText = 10_000;
/** Instructions of the compiled pattern: `a{999}b{999}c{999}` is a short text and a large machine. */
const mostInstructions = 2_000;

export function compilePattern({ pattern, ignoreCase }: Extract<ExpectedAnswer, { kind: 'pattern' }>): Judge | NoJudge {
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(pattern, RE2JS.DOTALL | (ignoreCase ? RE2JS.CASE_INSENSITIVE : 0));
  } catch (error) {
    return { problem: problemOf(error, pattern) };
  }
  if (compiled.programSize() > mostInstructions) {
    return {
      problem: 'This pattern repeats too much: written out it is too long. Use smaller counts in {…}, or * and +.',
    };
  }
  return {
    by: 'value',
    judge(_hash, value) {
      const text = textOf(value);
      if (text === null) return 'wrong';
      if (text.cut || text.v.length > mostText) return null;
      return compiled.testExact(decodeText(text)) ? 'right' : 'wrong';
    },
  };
}

/** Null: no text and no source. */
function textOf(value: Value): { v: string; esc?: true | undefined; cut?: unknown } | null {
  if (value.t === 'str') return value;
  return value.t === 'code' ? value.src : null;
}

const advice: Record<string, string> = {
  'missing closing )': 'Close it with “)”, or write “\\(” for a bracket in the text',
  'unexpected )': 'Open it with “(” before, or write “\\)” for a bracket in the text',
  'missing closing ]': 'Close it with “]”, or write “\\[” for a bracket in the text',
  'invalid repeat count': 'A count goes up to 1000, counts inside of counts multiplied',
  'missing argument to repetition operator':
    'Put before it what it repeats, or a backslash to mean the character itself',
  'invalid nested repetition operator': 'Put brackets around the inner one, or leave one out',
  'invalid or unsupported Perl syntax': 'Look-ahead, look-behind and atomic groups are not in RE2. Write it without',
  'invalid escape sequence': 'Back-references are not in RE2; a backslash in the text is “\\\\”',
  'trailing backslash at end of expression': 'A backslash in the text is “\\\\”',
};

/** @returns where it is wrong, counted from 1, what is, and what to do */
function problemOf(error: unknown, pattern: string): string {
  if (!(error instanceof RE2JSSyntaxException)) return 'This pattern cannot be read. Write it in RE2 syntax.';
  const { error: what, input } = error;
  // Without a part that it names, it is the end that something is missing at.
  const found = input === null || input === pattern ? -1 : pattern.lastIndexOf(input);
  const at = found < 0 ? pattern.length + 1 : found + 1;
  return `The pattern is wrong at character ${String(at)}: ${what}. ${advice[what] ?? 'Write it in RE2 syntax'}.`;
}
