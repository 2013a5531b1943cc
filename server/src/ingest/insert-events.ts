/** Events into the database: those of one flush in one statement, and what becomes of each that was there already. */
import { and, inArray } from 'drizzle-orm';
import { event, eventConflict } from '@nbpulse/schema/db';
import type { Verdict } from '@nbpulse/schema/wire';
import { prepared, type Queryable } from '../database/index.js';
import type { Receptions } from './batch.js';
import type { Portion } from './portion.js';
import type { ReadyEvent } from './read-event.js';

/** A row of `event`, without what all of a flush have in common. */
export interface Row {
  id: string;
  participant: string;
  stream: string;
  seq: number;
  kind: ReadyEvent['kind'];
  question: string | null;
  part: string | null;
  cell: string | null;
  bodyHash: string;
  answerHash: string | null;
  summary: string | null;
  isError: boolean;
  bytes: number;
  madeAt: string;
  receivedAt: string;
  late: boolean;
  verdict: Verdict | null;
}

/** Another lab's writer took one of these streams in this very moment; tried again, the streams are read anew. */
class StreamTaken extends Error {
  readonly code = '40001';
}

/**
 * Streams first: a new one is made, a known one moves on. A stream that is not its sender's stops all of it. The rows travel as one JSON
 * text, each body spliced in as it is.
 */
const insertText = `
  with ends as materialized (
    select id, participant, seq, at
    from json_to_recordset($3::json) as ends (id uuid, participant uuid, seq int, at timestamptz)),
  moved as (
    insert into stream (id, lab_id, participant_id, last_seq, last_made_at)
    select id, $1::uuid, participant, seq, at from ends order by id
    on conflict (id) do update set
      last_made_at = case when excluded.last_seq > stream.last_seq then excluded.last_made_at else stream.last_made_at end,
      last_seq = greatest(stream.last_seq, excluded.last_seq)
      where stream.lab_id = excluded.lab_id and stream.participant_id = excluded.participant_id
    returning id),
  added as (
    insert into event (
      id, lab_id, participant_id, stream_id, seq, kind, question_key, part, cell, body, body_hash, answer_hash, summary, is_error,
      bytes, made_at, received_at, late, verdict, rev)
    select id, $1::uuid, participant, stream, seq, kind, question, part, cell, body, "bodyHash", "answerHash", summary, "isError",
      bytes, "madeAt", "receivedAt", late, verdict, $2::bigint
    from json_to_recordset($4::json) as row (
      id uuid, participant uuid, stream uuid, seq int, kind text, question text, part text, cell text, body jsonb,
      "bodyHash" text, "answerHash" text, summary text, "isError" boolean, bytes int, "madeAt" timestamptz,
      "receivedAt" timestamptz, late boolean, verdict text)
    where (select count(*) from moved) = (select count(*) from ends)
    on conflict (stream_id, seq) do nothing
    returning 1)
  select (select count(*) from moved)::int as streams, (select count(*) from added)::int as events`;

/** @returns those that are new */
export async function insertEvents<Kept extends { portion: Portion; row: Row }>(
  tx: Queryable,
  labId: string,
  rev: number,
  kept: Kept[],
): Promise<Kept[]> {
  if (kept.length === 0) return [];
  // Ids and instants need no escaping.
  const rows = kept.map(
    ({ portion: { event }, row }) =>
      `{"id":"${row.id}","participant":"${row.participant}","stream":"${row.stream}","madeAt":"${row.madeAt}","receivedAt":"${row.receivedAt}","late":${row.late},"verdict":${JSON.stringify(row.verdict)},${event.rowText}}`,
  );
  const ends = streamEnds(kept);
  const [done] = await prepared<{ streams: number; events: number }>(tx, 'insert_events', insertText, [
    labId,
    rev,
    JSON.stringify(ends),
    `[${rows.join(',')}]`,
  ]);
  if (done?.streams !== ends.length) throw new StreamTaken('another participant sends on one of these streams');
  if (done.events === kept.length) return kept;
  const added = await tx
    .select({ id: event.id })
    .from(event)
    .where(
      inArray(
        event.id,
        kept.map(({ row }) => row.id),
      ),
    );
  const ids = new Set(added.map(({ id }) => id));
  return kept.filter(({ row }) => ids.has(row.id));
}

/** What was there already: the same again is a success, another body under the same number is kept beside it and refused. */
export async function receiveRepeated(
  tx: Queryable,
  repeated: { portion: Portion; row: Row }[],
  receptions: Receptions,
): Promise<void> {
  const first = await tx
    .select({ stream: event.streamId, seq: event.seq, bodyHash: event.bodyHash, deletedAt: event.deletedAt })
    .from(event)
    .where(
      and(
        inArray(event.streamId, [...new Set(repeated.map(({ row }) => row.stream))]),
        inArray(event.seq, [...new Set(repeated.map(({ row }) => row.seq))]),
      ),
    );
  const there = new Map(first.map((row) => [`${row.stream} ${row.seq}`, row]));
  const others: (typeof eventConflict.$inferInsert)[] = [];
  for (const { portion, row } of repeated) {
    const known = there.get(`${row.stream} ${row.seq}`);
    // What was deleted is not brought back by a journal that sends it again, under whichever content: the journal may forget it.
    if (known?.bodyHash === row.bodyHash || known?.deletedAt) {
      receptions.set(portion.event, null);
      continue;
    }
    const { stream: streamId, seq, bodyHash } = row;
    others.push({ streamId, seq, bodyHash, body: portion.event.body, receivedAt: portion.batch.receivedAt });
    const message = `Number ${seq} of this series is taken by another record; this one was kept beside it. Restart the kernel, so that it begins a new series.`;
    receptions.set(portion.event, { code: 'conflict', message });
  }
  if (others.length > 0) await tx.insert(eventConflict).values(others).onConflictDoNothing();
}

/** The last number and instant of each stream. */
function streamEnds(kept: { row: Row }[]): { id: string; participant: string; seq: number; at: string }[] {
  const last = new Map<string, { id: string; participant: string; seq: number; at: string }>();
  for (const { row } of kept) {
    const known = last.get(row.stream);
    if (known === undefined || known.seq < row.seq) {
      last.set(row.stream, { id: row.stream, participant: row.participant, seq: row.seq, at: row.madeAt });
    }
  }
  return [...last.values()];
}
