/**
 * What makes an answer right: an `ExpectedAnswer`, checked and made ready to judge many answers. Pure: the same answer is always
 * judged the same, so a judgement holds for all records that equal it.
 *
 * `null` is an honest "cannot tell": of a value that was cut only the head is here, a text may be too long for a pattern, an
 * expression may exceed its limits. Exceptions are never judged at all (verdict.ts).
 */
import type { ExpectedAnswer, Tolerance, Value } from '@nbpulse/schema/wire';
import { isStorableJson } from '@nbpulse/schema/wire';
import { answerHash } from './answer-hash.js';
import { compileExpression } from './expression/index.js';
import { near } from './near.js';
import { compilePattern } from './pattern.js';
import type { Judge, Judged, NoJudge } from './judged.js';
import { sameType } from './same-type.js';

/** As JSON: it travels with its question to every page. */
const mostBytes = 64 * 1024;
const exact: Tolerance = { absolute: 0, relative: 0 };

export function compileJudge(expected: ExpectedAnswer): Judge | NoJudge {
  if (Buffer.byteLength(JSON.stringify(expected)) > mostBytes) {
    return {
      problem: 'This expected answer is longer than 64 KiB. Expect a part of it: its length, its sum, a column.',
    };
  }
  if (!isStorableJson(expected)) {
    return { problem: 'This expected answer holds a NUL character or half a surrogate pair. Leave it out.' };
  }
  switch (expected.kind) {
    case 'value':
      return anyOf([expected.value], expected);
    case 'any-of':
      return anyOf(expected.values, expected);
    case 'pattern':
      return compilePattern(expected);
    case 'expression':
      return compileExpression(expected.expression);
    default:
      return expected satisfies never;
  }
}

function anyOf(
  values: Value[],
  { tolerance, exactType }: { tolerance: Tolerance | null; exactType: boolean },
): Judge | NoJudge {
  const unfit = values.find((value) => value.t === 'error' || value.t === 'image');
  if (unfit) {
    const what = unfit.t === 'error' ? 'An exception' : 'A picture';
    return { problem: `${what} cannot be expected. Expect a value, a pattern or an expression.` };
  }
  const hashes = new Set(values.map(answerHash));
  if (!exactType && tolerance === null) {
    return { by: 'hash', judge: (hash) => (hashes.has(hash) ? 'right' : 'wrong') };
  }
  const isNear = (got: Value, value: Value): Judged => {
    const nearness = near(got, value, tolerance ?? exact);
    if (nearness === 'differs' || (exactType && !sameType(got, value))) return 'wrong';
    return nearness === 'near' ? 'right' : null;
  };
  return {
    by: exactType ? 'type' : 'value',
    judge(hash, got) {
      if (!exactType && hashes.has(hash)) return 'right';
      let judged: Judged = 'wrong';
      for (const value of values) {
        const one = isNear(got, value);
        if (one === 'right') return one;
        if (one === null) judged = null;
      }
      return judged;
    },
  };
}
