/** What the database holds of a question's groups: the distinct answers that count, groups made by hand, known mistakes. */
import { and, asc, eq, inArray, isNull, sql } from 'drizzle-orm';
import { answerGroup, answerGroupMember, event, knownMistake, lab, participant } from '@nbpulse/schema/db';
import type { KnownMistake, Value, Verdict } from '@nbpulse/schema/wire';
import type { Queryable } from '../database/index.js';

/** A distinct answer of those that count: not deleted, not hidden, of nobody who was removed. */
export interface Counted {
  hash: string;
  records: number;
  /** Milliseconds, of the first that counts. */
  firstAt: number;
  /** One of its records. */
  example: string;
  error: boolean;
  verdict: Verdict | null;
}

/** In the order of their first arrival. `only`: answers with these hashes. */
export async function countedAnswers(
  db: Queryable,
  labId: string,
  key: string,
  only?: readonly string[],
): Promise<Counted[]> {
  const rows = await db
    .select({
      hash: sql<string>`${event.answerHash}`,
      records: sql<number>`count(*)::int`,
      firstAt: sql<number>`(extract(epoch from min(${event.receivedAt})) * 1000)::float8`,
      example: sql<string>`(array_agg(${event.id}))[1]`,
      error: sql<boolean>`bool_or(${event.isError})`,
      verdict: sql<Verdict | null>`max(${event.verdict})`,
    })
    .from(event)
    .innerJoin(participant, eq(participant.id, event.participantId))
    .where(
      and(
        eq(event.labId, labId),
        eq(event.questionKey, key),
        eq(event.kind, 'record'),
        isNull(event.deletedAt),
        isNull(event.hiddenAt),
        isNull(participant.removedAt),
        isNull(participant.erasedAt),
        only ? inArray(event.answerHash, [...only]) : sql`${event.answerHash} is not null`,
      ),
    )
    .groupBy(event.answerHash);
  return rows.sort(inOrder);
}

const inOrder = (a: Counted, b: Counted): number => a.firstAt - b.firstAt || (a.hash < b.hash ? -1 : 1);

/** More of them are counted with all the others. */
const mostRecounted = 200;

/** `before` (as of the revision `since`, or later) brought up to date. Most often records came, and only their answers are counted. */
export async function countedSince(
  db: Queryable,
  labId: string,
  key: string,
  since: number,
  before: readonly Counted[],
): Promise<Counted[]> {
  const [moved] = await db.execute<{ hashes: string[] | null; more: boolean }>(sql`
    with moved as (
      select answer_hash, answer_hash is null or hidden_at is not null or deleted_at is not null as gone
      from event where lab_id = ${labId} and rev > ${since} and kind = 'record' and question_key = ${key})
    select array_agg(distinct answer_hash) as hashes,
      coalesce(bool_or(gone), false)
        or exists (select 1 from lab where id = ${labId} and changed_rev > ${since})
        or exists (select 1 from question where lab_id = ${labId} and key = ${key} and rev > ${since})
        or exists (select 1 from participant where lab_id = ${labId} and rev > ${since}
          and (removed_at is not null or erased_at is not null)) as more
    from moved`);
  const hashes = moved?.hashes ?? [];
  if (!moved || moved.more || hashes.length > mostRecounted) return countedAnswers(db, labId, key);
  if (hashes.length === 0) return [...before];
  const anew = new Map((await countedAnswers(db, labId, key, hashes)).map((one) => [one.hash, one]));
  const old = new Set(hashes);
  return [...before.filter(({ hash }) => !old.has(hash)), ...anew.values()].sort(inOrder);
}

export interface Example {
  id: string;
  summary: string;
  tag: Value['t'] | null;
  body: Value | null;
}
/** The bodies that nearness looks at; tables, pictures and containers are compared by their hash alone and stay where they are. */
const looked = sql`${event.body} ->> 't' in ('int', 'float', 'str', 'code', 'error', 'repr') or (${event.body} ->> 't' = 'array' and ${event.body} -> 'shape' = '[]'::jsonb)`;

export async function examples(db: Queryable, ids: string[]): Promise<Example[]> {
  const rows = await db
    .select({
      id: event.id,
      summary: event.summary,
      tag: sql<Value['t'] | null>`${event.body} ->> 't'`,
      body: sql<Value | null>`case when ${looked} then ${event.body} end`,
    })
    .from(event)
    .where(inArray(event.id, ids));
  return rows.map((row) => ({ ...row, summary: row.summary ?? '' }));
}

export async function labRev(db: Queryable, labId: string): Promise<number | null> {
  const [row] = await db.select({ rev: lab.rev }).from(lab).where(eq(lab.id, labId));
  return row?.rev ?? null;
}

export interface StoredGroup {
  id: string;
  name: string | null;
  hint: string | null;
  knownMistakeId: string | null;
  createdAt: Date;
  hashes: string[];
}

/** Oldest first. */
export async function storedGroups(db: Queryable, labId: string, key: string): Promise<StoredGroup[]> {
  const of = and(eq(answerGroup.labId, labId), eq(answerGroup.questionKey, key));
  const rows = await db.select().from(answerGroup).where(of).orderBy(asc(answerGroup.createdAt), asc(answerGroup.id));
  if (rows.length === 0) return [];
  const members = await db
    .select({ groupId: answerGroupMember.groupId, hash: answerGroupMember.answerHash })
    .from(answerGroupMember)
    .where(and(eq(answerGroupMember.labId, labId), eq(answerGroupMember.questionKey, key)));
  const hashesOf = new Map<string, string[]>();
  for (const { groupId, hash } of members) {
    const there = hashesOf.get(groupId);
    if (there) there.push(hash);
    else hashesOf.set(groupId, [hash]);
  }
  return rows.map(({ id, name, hint, knownMistakeId, createdAt }) => ({
    id,
    name,
    hint,
    knownMistakeId,
    createdAt,
    hashes: hashesOf.get(id) ?? [],
  }));
}

export type MistakeRow = typeof knownMistake.$inferSelect;

/** Of the course, oldest first; `key`: of questions of this key. */
export const mistakeRows = (db: Queryable, courseId: string, key?: string): Promise<MistakeRow[]> =>
  db
    .select()
    .from(knownMistake)
    .where(and(eq(knownMistake.courseId, courseId), key === undefined ? undefined : eq(knownMistake.questionKey, key)))
    .orderBy(asc(knownMistake.createdAt), asc(knownMistake.id));

export const mistakeView = (row: MistakeRow): KnownMistake => ({
  id: row.id,
  question: row.questionKey,
  name: row.name,
  hint: row.hint,
  since: { lab: row.labName, at: row.createdAt.toISOString() },
});
