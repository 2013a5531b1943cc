/** An expected answer in one short line. */
import { summaryOf, type ExpectedAnswer, type ExpectedSetting, type Tolerance } from '@nbpulse/schema/wire';

/** Three digits; small ones as `1e-6`, which is read sooner than its zeros are counted. */
const number = (n: number): string =>
  n < 1e-4 ? n.toExponential(2).replace(/\.?0+e/, 'e') : String(Number(n.toPrecision(3)));

/** @example toleranceWords({relative: 1e-6, absolute: 0.0005}) // '± 0.0005 or 1e-6 of it' */
export function toleranceWords(tolerance: Tolerance | null): string {
  if (tolerance === null) return 'exactly';
  const parts = [
    ...(tolerance.absolute > 0 ? [number(tolerance.absolute)] : []),
    ...(tolerance.relative > 0 ? [`${number(tolerance.relative)} of it`] : []),
  ];
  return parts.length === 0 ? 'exactly' : `± ${parts.join(' or ')}`;
}

export function answerWords(answer: ExpectedAnswer): string {
  switch (answer.kind) {
    case 'value':
      return summaryOf(answer.value);
    case 'any-of':
      return `one of ${answer.values.map(summaryOf).join(', ')}`;
    case 'pattern':
      return `text like ${answer.pattern}`;
    case 'expression':
      return answer.expression;
    default:
      return answer satisfies never;
  }
}

/** What stands there now, against what the solution proposes. */
export function nowWords(now: ExpectedSetting | null, proposed: ExpectedAnswer | null): string {
  if (now === null) return 'nothing yet';
  if (proposed !== null && JSON.stringify(now.answer) === JSON.stringify(proposed)) return 'this';
  return `${answerWords(now.answer)}${now.from === 'typed' ? ', typed' : ', from an earlier solution'}`;
}
