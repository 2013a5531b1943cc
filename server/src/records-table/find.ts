/**
 * Which records a page of the table shows. Postgres walks `event_newest` backwards and stops; with several labs it merges one such walk
 * of each. A filter by text has to look into what was sent, so it looks through a *stretch* of so many records and bytes at most:
 * a page may then hold few rows, or none, and still say where to go on. So no search takes long, however rare its words.
 */
import { sql, type SQL } from 'drizzle-orm';
import { MiB } from '@nbpulse/schema/wire';
import type { Queryable } from '../database/index.js';
import { cursorText, exactInstant, type Cursor } from './cursor.js';

export interface Wanted {
  /** Not empty. */
  labs: string[];
  /** Only of these participants; null: of all. */
  participants: string[] | null;
  /** Never of these. */
  without: string[];
  /** Removals whose records are left out. */
  goes: string[];
  question?: string | undefined;
  text?: string | undefined;
  hidden: 'without' | 'with' | 'only';
  before: Cursor | null;
  limit: number;
}

export interface Found {
  /** Newest first. */
  ids: string[];
  next: string | null;
}

const stretchRecords = 10_000;
const stretchBytes = 32 * MiB;

const uuids = (ids: string[]): SQL =>
  sql`array[${sql.join(
    ids.map((id) => sql`${id}::uuid`),
    sql`, `,
  )}]::uuid[]`;

/** `like` takes `%`, `_` and `\` for itself. */
const part = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`;

/** `most`: with it Postgres knows to walk the index, and merges the walks of several labs instead of sorting what they found. */
function ofLab(labId: string, wanted: Wanted, most: number): SQL {
  const { participants, without, goes, question, hidden, before } = wanted;
  const conditions = [
    sql`lab_id = ${labId}::uuid`,
    sql`kind = 'record'`,
    sql`deleted_at is null`,
    ...(hidden === 'without' ? [sql`hidden_at is null`] : []),
    // Said twice: of hidden records there is an index, by the removal that hid them.
    ...(hidden === 'only' ? [sql`hidden_at is not null and removal_id is not null`] : []),
    ...(participants === null ? [] : [sql`participant_id = any(${uuids(participants)})`]),
    ...(without.length === 0 ? [] : [sql`participant_id <> all(${uuids(without)})`]),
    ...(goes.length === 0 ? [] : [sql`(removal_id is null or removal_id <> all(${uuids(goes)}))`]),
    ...(question === undefined ? [] : [sql`question_key = ${question}`]),
    ...(before ? [sql`(received_at, id) < (${before.receivedAt}::timestamptz, ${before.id}::uuid)`] : []),
  ];
  return sql`select id, received_at, bytes, summary, body from event where ${sql.join(conditions, sql` and `)}
    order by received_at desc, id desc limit ${most}`;
}

const sentTo = (wanted: Wanted, most: number): SQL =>
  sql.join(
    wanted.labs.map((labId) => sql`(${ofLab(labId, wanted, most)})`),
    sql` union all `,
  );

type Row = { id: string; at: string };

export async function findRecords(db: Queryable, wanted: Wanted): Promise<Found> {
  return wanted.text === undefined ? newest(db, wanted) : search(db, wanted, wanted.text);
}

/** Exported for the test that asks Postgres how it goes about it. */
export const newestStatement = (wanted: Wanted): SQL => sql`
  select id, ${exactInstant(sql`received_at`)} as at
  from (${sentTo(wanted, wanted.limit + 1)}) as sent
  order by received_at desc, id desc
  limit ${wanted.limit + 1}`;

async function newest(db: Queryable, wanted: Wanted): Promise<Found> {
  const rows = await db.execute<Row>(newestStatement(wanted));
  const shown = rows.slice(0, wanted.limit);
  return { ids: shown.map((row) => row.id), next: rows.length > shown.length ? cursorAt(shown.at(-1)) : null };
}

/** `seen`: the last record that was looked at. `more`: older ones are left, or were too long for this stretch. */
export const searchStatement = (wanted: Wanted, text: string): SQL => sql`
  with looked as materialized (
    select id, received_at, place, above < ${stretchBytes} as inside,
      case when above < ${stretchBytes} then
        summary ilike ${part(text)}
        or (body ->> 't' = 'str' and body ->> 'v' ilike ${part(text)})
        or (body ->> 't' = 'code' and body -> 'src' ->> 'v' ilike ${part(text)})
      else false end as matches
    from (
      select *, row_number() over newest_first as place, sum(bytes) over newest_first - bytes as above
      from (
        select * from (${sentTo(wanted, stretchRecords)}) as sent
        order by received_at desc, id desc
        limit ${stretchRecords}) as stretch
      window newest_first as (order by received_at desc, id desc rows unbounded preceding)) as measured),
  seen as (select *, place = ${stretchRecords} or exists (select 1 from looked where not inside) as more
    from looked where inside order by place desc limit 1),
  hits as (select * from looked where matches order by place limit ${wanted.limit + 1})
  select id, ${exactInstant(sql`received_at`)} as at, place, 'hit' as what, false as more from hits
  union all
  select id, ${exactInstant(sql`received_at`)} as at, place, 'seen' as what, more from seen
  order by place`;

async function search(db: Queryable, wanted: Wanted, text: string): Promise<Found> {
  const rows = await db.execute<Row & { what: 'hit' | 'seen'; more: boolean }>(searchStatement(wanted, text));
  const hits = rows.filter((row) => row.what === 'hit');
  const shown = hits.slice(0, wanted.limit);
  const seen = rows.find((row) => row.what === 'seen');
  const next = hits.length > shown.length ? cursorAt(shown.at(-1)) : seen?.more === true ? cursorAt(seen) : null;
  return { ids: shown.map((row) => row.id), next };
}

const cursorAt = (row: Row | undefined): string | null => (row ? cursorText({ receivedAt: row.at, id: row.id }) : null);
