/** What judges answers, and what comes of it. */
import type { Value } from '@nbpulse/schema/wire';

export type Judged = 'right' | 'wrong' | null;

export interface Judge {
  /** What a judgement depends on: the answer's hash alone, the value but not its types (equal hash, equal judgement), or both. */
  by: 'hash' | 'value' | 'type';
  judge(hash: string, value: Value): Judged;
}
/** What is wrong with an expected answer, and what to do, for whoever typed it. */
export interface NoJudge {
  problem: string;
}
