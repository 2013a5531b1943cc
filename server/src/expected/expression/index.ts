/**
 * A small expression over `x`, the answer: `0 < x < 1`, `len(x) == 3 and x[0] == 2`. Its grammar is a part of Python's; nothing of it
 * reaches JavaScript's own objects, and each judgement has a budget, so no expression and no answer hangs or fills the memory.
 */
import type { Value } from '@nbpulse/schema/wire';
import type { Judge, NoJudge } from '../judged.js';
import { evaluate } from './evaluate.js';
import { callProblem, functionNames, isTrue } from './functions.js';
import { NotAllowed, parseExpression, type Expression } from './parse.js';
import { Budget, CannotTell, itemOf, Raises } from './values.js';

export function compileExpression(text: string): Judge | NoJudge {
  let expression: Expression;
  try {
    expression = parseExpression(text, functionNames, callProblem);
  } catch (error) {
    // A number of too many digits in the text itself.
    if (error instanceof CannotTell) return { problem: 'The expression holds something that is too long.' };
    if (!(error instanceof NotAllowed)) throw error;
    return { problem: `The expression is wrong at character ${String(error.at)}: ${error.message}.` };
  }
  return {
    // A list and a tuple, 2 and 2.0 are told apart by `type(x)`.
    by: 'type',
    judge: (_hash, value) => judged(expression, value),
  };
}

function judged(expression: Expression, value: Value): 'right' | 'wrong' | null {
  try {
    const budget = new Budget();
    return isTrue(evaluate(expression, itemOf(value, budget), budget)) ? 'right' : 'wrong';
  } catch (error) {
    if (error instanceof Raises) return 'wrong';
    if (error instanceof CannotTell) return null;
    throw error;
  }
}
