/** An expected answer as the fields of the bar hold it: text that somebody types, and back. */
import {
  canonicalText,
  decodeText,
  parsePythonLiteral,
  typedValue,
  type ExpectedAnswer,
  type Tolerance,
  type Value,
} from '@nbpulse/schema/wire';
import { pythonText } from '../values/python-text.js';

export interface Typed {
  kind: ExpectedAnswer['kind'];
  text: string;
  tolerance: string;
  exactType: boolean;
  ignoreCase: boolean;
  /** Values that no typed text gives, such as an array of the solution: they stand as long as `text` is theirs. */
  kept: { text: string; values: Value[] } | null;
}
const nothingTyped: Typed = {
  kind: 'value',
  text: '',
  tolerance: '',
  exactType: false,
  ignoreCase: false,
  kept: null,
};

/** Text without quotes where that reads the same. */
function literal(value: Value): string {
  const plain = value.t === 'str' ? decodeText(value) : pythonText(value);
  return canonicalText(typedValue(plain)) === canonicalText(value) ? plain : pythonText(value);
}
const literals = (values: Value[]): string =>
  (values.length === 1 ? values.map(literal) : values.map(pythonText)).join(', ');

const percent = (relative: number): string => `${String(Number((relative * 100).toPrecision(12)))} %`;
/** @example toleranceText({absolute: 0.02, relative: 0.01}) // '0.02 or 1 %' */
function toleranceText(tolerance: Tolerance | null): string {
  if (tolerance === null) return '';
  const parts = [
    ...(tolerance.absolute > 0 ? [String(tolerance.absolute)] : []),
    ...(tolerance.relative > 0 ? [percent(tolerance.relative)] : []),
  ];
  return parts.join(' or ');
}

export function typedOf(answer: ExpectedAnswer | null): Typed {
  if (answer === null) return nothingTyped;
  switch (answer.kind) {
    case 'value':
    case 'any-of': {
      const values = answer.kind === 'value' ? [answer.value] : answer.values;
      const text = answer.kind === 'value' ? literals(values) : values.map(pythonText).join(', ');
      const { exactType } = answer;
      const tolerance = toleranceText(answer.tolerance);
      return { ...nothingTyped, kind: answer.kind, text, tolerance, exactType, kept: { text, values } };
    }
    case 'pattern':
      return { ...nothingTyped, kind: 'pattern', text: answer.pattern, ignoreCase: answer.ignoreCase };
    case 'expression':
      return { ...nothingTyped, kind: 'expression', text: answer.expression };
    default:
      return answer satisfies never;
  }
}

/** `0.02`, `2 %`, `0.02 or 2 %`; undefined: it cannot be read. */
function readTolerance(text: string): Tolerance | null | undefined {
  if (text.trim() === '') return null;
  const tolerance: Tolerance = { absolute: 0, relative: 0 };
  for (const part of text.split(/\bor\b/)) {
    const found = /^\s*(?:±\s*)?(\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?)\s*(%?)\s*$/i.exec(part);
    if (!found) return undefined;
    const size = Number(found[1]);
    if (found[2] === '%') tolerance.relative = size / 100;
    else tolerance.absolute = size;
  }
  return tolerance.relative > 1 || tolerance.absolute > 1e300 ? undefined : tolerance;
}

/** Several, with commas between: literals, or else texts. */
function severalValues(text: string): Value[] {
  const all = parsePythonLiteral(`[${text}]`);
  if (all?.t === 'list') return all.v;
  return text
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(typedValue);
}

/** Null: nothing is typed. */
export function answerOf(typed: Typed): { answer: ExpectedAnswer } | { wrong: string } | null {
  const { kind, text, exactType, ignoreCase, kept } = typed;
  if (text.trim() === '') return null;
  if (kind === 'pattern') return { answer: { kind, pattern: text, ignoreCase } };
  if (kind === 'expression') return { answer: { kind, expression: text } };
  const tolerance = readTolerance(typed.tolerance);
  if (tolerance === undefined) {
    return {
      wrong:
        'A tolerance is a number such as 0.02, a share such as 2 %, or both: 0.02 or 2 %. A share is at most 100 %.',
    };
  }
  const compared = { tolerance, exactType };
  if (kind === 'value') {
    const value = kept?.text === text ? kept.values[0] : undefined;
    return { answer: { kind, value: value ?? typedValue(text), ...compared } };
  }
  const values = kept?.text === text ? kept.values : severalValues(text);
  if (values.length > 100)
    return { wrong: 'At most 100 answers can be right. Use a pattern or an expression instead.' };
  return { answer: { kind, values, ...compared } };
}
