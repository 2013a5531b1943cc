/**
 * Judges everything that was sent to a question. Distinct answers are found first, without their content; then judged batch after
 * batch, so that neither memory nor the event loop carries all of them at once.
 */
import { and, eq, inArray, isNull, sql, type SQL } from 'drizzle-orm';
import { event } from '@nbpulse/schema/db';
import { MiB, type Value, type Verdict } from '@nbpulse/schema/wire';
import type { Queryable } from '../database/index.js';
import type { Judge } from './judged.js';
import { verdictOf, type QuestionJudge } from './verdict.js';

/** Verdicts by answer: its `answerKey`. */
export type Verdicts = Map<string, Verdict | null>;

const batchAnswers = 200;
const batchBytes = 4 * MiB;

/** Records of one question that still have content. */
export const sentTo = (labId: string, key: string): SQL | undefined =>
  and(eq(event.labId, labId), eq(event.questionKey, key), eq(event.kind, 'record'), isNull(event.deletedAt));

/** Records with the same key get the same verdict. */
export const answerKey = (judge: Judge | null): SQL<string> =>
  judge?.by === 'type'
    ? sql<string>`${event.answerHash} || md5(${event.body}::text)`
    : sql<string>`${event.answerHash}`;

/**
 * Adds the verdicts of answers that `known` has none of yet. First without a lock, then again under it: what came in between is
 * little, and senders wait for that only.
 */
export async function judgeSent(
  db: Queryable,
  labId: string,
  key: string,
  judge: QuestionJudge,
  known: Verdicts = new Map(),
): Promise<Verdicts> {
  const keyed = answerKey(judge.judge);
  const distinct = await db
    .select({
      answer: keyed,
      hash: sql<string>`min(${event.answerHash})`,
      isError: sql<boolean>`bool_and(${event.isError})`,
      id: sql<string>`min(${event.id}::text)`,
      bytes: sql<number>`min(${event.bytes})::int`,
    })
    .from(event)
    .where(sentTo(labId, key))
    .groupBy(sql`1`);
  const open = distinct.filter(({ answer }) => !known.has(answer));
  const needsValue = judge.judge !== null && judge.judge.by !== 'hash';
  for (const batch of batches(open)) {
    const values = needsValue
      ? await readValues(
          db,
          batch.map(({ id }) => id),
        )
      : new Map<string, Value>();
    for (const { answer, hash, isError, id } of batch) {
      const value = values.get(id);
      // Deleted since it was found.
      if (needsValue && value === undefined) continue;
      known.set(answer, verdictOf(judge, { hash, isError, value: () => value ?? { t: 'none' } }));
    }
  }
  return known;
}

async function readValues(db: Queryable, ids: string[]): Promise<Map<string, Value>> {
  const rows = await db.select({ id: event.id, body: event.body }).from(event).where(inArray(event.id, ids));
  return new Map(rows.filter(({ body }) => body !== null).map(({ id, body }) => [id, body as Value]));
}

function* batches<Answer extends { bytes: number }>(answers: Answer[]): Generator<Answer[]> {
  let [batch, bytes]: [Answer[], number] = [[], 0];
  for (const answer of answers) {
    if (batch.length >= batchAnswers || (batch.length > 0 && bytes + answer.bytes > batchBytes)) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push(answer);
    bytes += answer.bytes;
  }
  if (batch.length > 0) yield batch;
}
