/** What an expected answer would say about everything that was sent, without setting it. */
import { and, eq } from 'drizzle-orm';
import { question } from '@nbpulse/schema/db';
import type { ExpectedAnswer, ExpectedPreview } from '@nbpulse/schema/wire';
import type { Database } from '../database/index.js';
import { refuse, type ProblemReply } from '../http/index.js';
import { countVerdicts } from './counts.js';
import { judgeSent } from './judge-sent.js';
import { compileJudge } from './judge.js';

const mostHashes = 2_000;

export async function previewExpected(
  db: Database,
  labId: string,
  key: string,
  answer: ExpectedAnswer,
): Promise<ExpectedPreview | ProblemReply> {
  const judge = compileJudge(answer);
  if ('problem' in judge) return refuse(400, 'invalid', judge.problem, { fields: { answer: judge.problem } });
  const [row] = await db
    .select({ templateHash: question.templateHash })
    .from(question)
    .where(and(eq(question.labId, labId), eq(question.key, key)));
  const verdicts = await judgeSent(db, labId, key, { judge, templateHash: row?.templateHash ?? null });
  const { records, latest, right } = await countVerdicts(db, labId, key, judge, verdicts);
  return { records, latest, right: right.slice(0, mostHashes) };
}
