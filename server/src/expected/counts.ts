/** How many records of a question are right, wrong, reached or unjudged: all that count, and each participant's latest. */
import { and, eq, isNull, sql } from 'drizzle-orm';
import { event, participant } from '@nbpulse/schema/db';
import type { Verdict, VerdictCounts } from '@nbpulse/schema/wire';
import type { Queryable } from '../database/index.js';
import { answerKey, sentTo, type Verdicts } from './judge-sent.js';
import type { Judge } from './judged.js';

interface Counted {
  records: VerdictCounts;
  latest: VerdictCounts;
}

/** The records that count, by distinct answer: how many, and how many of them are somebody's latest. */
async function countAnswers(
  db: Queryable,
  labId: string,
  key: string,
  judge: Judge | null,
): Promise<{ answer: string; hash: string; records: number; latest: number }[]> {
  const shown = db
    .select({
      answer: answerKey(judge).as('answer'),
      hash: event.answerHash,
      isLatest: sql<boolean>`row_number() over (
        partition by ${event.participantId} order by ${event.madeAt} desc, ${event.seq} desc, ${event.receivedAt} desc) = 1`.as(
        'is_latest',
      ),
    })
    .from(event)
    .innerJoin(participant, eq(participant.id, event.participantId))
    .where(and(sentTo(labId, key), isNull(event.hiddenAt), isNull(participant.removedAt)))
    .as('shown');
  return db
    .select({
      answer: shown.answer,
      hash: sql<string>`min(${shown.hash})`,
      records: sql<number>`count(*)::int`,
      latest: sql<number>`(count(*) filter (where ${shown.isLatest}))::int`,
    })
    .from(shown)
    .groupBy(shown.answer);
}

/** By verdicts that are not written (yet). `right`: hashes of answers all of whose records are right. */
export async function countVerdicts(
  db: Queryable,
  labId: string,
  key: string,
  judge: Judge | null,
  verdicts: Verdicts,
): Promise<Counted & { right: string[] }> {
  const [records, latest] = [noCounts(), noCounts()];
  const right = new Set<string>();
  const notRight = new Set<string>();
  for (const answer of await countAnswers(db, labId, key, judge)) {
    const verdict = verdicts.get(answer.answer) ?? null;
    records[nameOf(verdict)] += answer.records;
    latest[nameOf(verdict)] += answer.latest;
    (verdict === 'right' ? right : notRight).add(answer.hash);
  }
  return { records, latest, right: [...right].filter((hash) => !notRight.has(hash)) };
}

const noCounts = (): VerdictCounts => ({ right: 0, wrong: 0, reached: 0, unjudged: 0 });
const nameOf = (verdict: Verdict | null): keyof VerdictCounts => verdict ?? 'unjudged';
