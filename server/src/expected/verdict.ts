/** The verdict on a record, by what its question expects and by the template's own answer. */
import type { Value, Verdict } from '@nbpulse/schema/wire';
import { reportFault } from '../http/index.js';
import type { Judge, Judged } from './judged.js';

export interface QuestionJudge {
  judge: Judge | null;
  /** Hash of the template's own answer. */
  templateHash: string | null;
}

export interface Answered {
  hash: string;
  isError: boolean;
  /** Asked for only when the judgement needs it. */
  value: () => Value;
}

/** An exception is an error and never judged. The template's own answer is `reached`, unless it is right. */
export function verdictOf({ judge, templateHash }: QuestionJudge, answered: Answered): Verdict | null {
  if (answered.isError) return null;
  const judged = judge ? judgedBy(judge, answered) : null;
  if (judged !== 'right' && answered.hash === templateHash) return 'reached';
  return judged;
}

function judgedBy(judge: Judge, { hash, value }: Answered): Judged {
  try {
    return judge.judge(hash, judge.by === 'hash' ? none : value());
  } catch (error) {
    // A record is taken whatever its judge makes of it.
    reportFault(error, 'judging a record');
    return null;
  }
}

const none: Value = { t: 'none' };
