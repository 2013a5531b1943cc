/**
 * What a lab's questions expect, held in memory by whoever writes records. The lab's `expected_rev` moves with each change; a
 * writer reads it under the lab's row lock, and reads all anew when it differs, so no record is ever judged by what was there before.
 */
import { and, eq, isNotNull, or } from 'drizzle-orm';
import { question } from '@nbpulse/schema/db';
import { expectedSetting, type Verdict } from '@nbpulse/schema/wire';
import type { Queryable } from '../database/index.js';
import { compileJudge } from './judge.js';
import type { Judge } from './judged.js';
import { verdictOf, type Answered, type QuestionJudge } from './verdict.js';

export interface LabJudge {
  /** The lab's `expected_rev` that it was read at. */
  readonly expectedRev: number;
  verdict(question: string, answered: Answered): Verdict | null;
}

/** Distinct answers of one question whose verdict is remembered; past it they are judged again. */
const remembered = 5_000;

/** Of a lab that expects nothing and never did. */
const nothingExpected: LabJudge = { expectedRev: 0, verdict: () => null };

/** Inside of the transaction that locked the lab's row. */
export async function readLabJudge(tx: Queryable, labId: string, expectedRev: number): Promise<LabJudge> {
  if (expectedRev === 0) return nothingExpected;
  const rows = await tx
    .select({ key: question.key, expected: question.expected, templateHash: question.templateHash })
    .from(question)
    .where(and(eq(question.labId, labId), or(isNotNull(question.expected), isNotNull(question.templateHash))));
  const questions = new Map(rows.map((row) => [row.key, rememberingVerdicts(questionJudge(row))]));
  return { expectedRev, verdict: (key, answered) => questions.get(key)?.(answered) ?? null };
}

/** From a row of `question`. */
export function questionJudge(row: { expected: unknown; templateHash: string | null }): QuestionJudge {
  return { judge: judgeOf(row.expected), templateHash: row.templateHash };
}

function judgeOf(expected: unknown): Judge | null {
  if (expected === null) return null;
  const compiled = compileJudge(expectedSetting.parse(expected).answer);
  // Checked when it was set; one that an older version took and this one does not judges nothing.
  return 'problem' in compiled ? null : compiled;
}

/** Equal hash, equal verdict: most of a class sends the same few answers. */
function rememberingVerdicts(judge: QuestionJudge): (answered: Answered) => Verdict | null {
  if (judge.judge?.by !== 'value') return (answered) => verdictOf(judge, answered);
  const known = new Map<string, Verdict | null>();
  return (answered) => {
    const before = known.get(answered.hash);
    if (before !== undefined) return before;
    const verdict = verdictOf(judge, answered);
    if (known.size >= remembered) known.clear();
    known.set(answered.hash, verdict);
    return verdict;
  };
}
