/**
 * One flush: the events of several batches of one lab, in one transaction with one revision and one multi-row insert.
 *
 * Locks are taken in one order everywhere: streams by id, then the lab. The lab's row comes as late as its status allows.
 */
import { randomUUID } from 'node:crypto';
import { and, eq, inArray, sql } from 'drizzle-orm';
import { event, eventConflict, lab, question } from '@nbpulse/schema/db';
import { limits, type Change, type RecordView, type Value } from '@nbpulse/schema/wire';
import type { Blobs, BlobUse } from '../blobs/index.js';
import { tellOthers, type Database, type Queryable } from '../database/index.js';
import type { Verdict, Verdicts } from './batch.js';
import { boundMadeAt, readMadeBetween, type StreamEnd } from './made-at.js';
import type { Portion } from './portion.js';
import { positionAmong } from './question-order.js';
import type { ReadyEvent } from './read-event.js';

export interface Written {
  rev: number;
  changes: Change[];
  verdicts: Verdicts;
  /** Questions that exist now. */
  questionKeys: string[];
}

/** A stream of random keys must not fill a class's grid. */
const maxQuestionsPerLab = 500;

interface Row {
  id: string;
  participant: string;
  stream: string;
  seq: number;
  kind: ReadyEvent['kind'];
  question: string;
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
}

export async function writeEvents(
  db: Database,
  blobs: Blobs,
  labId: string,
  portions: Portion[],
  knownQuestions: ReadonlySet<string>,
): Promise<Written> {
  return db.transaction(async (tx) => {
    const { streams, rev, ...status } = await claim(tx, labId, portions);
    const verdicts: Verdicts = new Map();
    const rows: { portion: Portion; row: Row }[] = [];
    const madeBetween = await readMadeBetween(tx, streams, portions);
    /** Of each stream, the instant of its event before, in this flush. */
    const previousMs = new Map<string, number>();
    for (const portion of [...portions].sort((a, b) => a.event.seq - b.event.seq)) {
      const owned = streams.get(portion.batch.stream);
      if (owned?.participantId !== portion.batch.participantId) {
        verdicts.set(portion.event, notYours);
        continue;
      }
      const { belowMs, aboveMs } = madeBetween(portion);
      const madeAtMs = boundMadeAt(portion.event.madeAtMs + portion.batch.skewMs, portion.batch.receivedAt.getTime(), {
        belowMs: Math.max(belowMs, previousMs.get(portion.batch.stream) ?? 0),
        aboveMs,
      });
      const refusal = labRefusal(status, madeAtMs);
      if (refusal) {
        verdicts.set(portion.event, refusal);
        continue;
      }
      previousMs.set(portion.batch.stream, madeAtMs);
      rows.push({ portion, row: rowOf(portion, madeAtMs, status.closedAtMs !== null) });
    }

    const added = await addQuestions(tx, labId, rev, rows, knownQuestions, verdicts);
    const kept = rows.filter(({ portion }) => !verdicts.has(portion.event));
    const insertedIds = await insertEvents(tx, labId, rev, kept);
    const inserted = kept.filter(({ row }) => insertedIds.has(row.id));
    for (const { portion } of inserted) verdicts.set(portion.event, null);
    if (inserted.length < kept.length) {
      await judgeRepeated(
        tx,
        kept.filter(({ row }) => !insertedIds.has(row.id)),
        verdicts,
      );
    }
    await blobs.use(tx, blobUses(labId, inserted));

    const changes: Change[] = [
      ...added.map((row): Change => ({ kind: 'question', rev, question: row })),
      ...inserted.map(({ portion, row }) => changeOf(rev, portion.event, row)),
    ];
    return { rev, changes, verdicts, questionKeys: kept.map(({ row }) => row.question) };
  });
}

const notYours: Verdict = {
  code: 'not-yours',
  message:
    'This series of records belongs to another participant. Restart the kernel, so that it begins a series of its own.',
};

interface LabStanding {
  status: string;
  closedAtMs: number | null;
  deleted: boolean;
}

function labRefusal({ status, closedAtMs, deleted }: LabStanding, madeAtMs: number): Verdict {
  if (deleted) return { code: 'lab-deleted', message: 'This lab was deleted. Nothing more can be sent to it.' };
  if (status === 'draft') {
    return {
      code: 'lab-closed',
      message: 'This lab is not open yet. The record stays on this computer and goes out when it opens.',
    };
  }
  if (status === 'closed' && (closedAtMs === null || madeAtMs > closedAtMs)) {
    return {
      code: 'lab-closed',
      message: 'This lab is closed. The record was made after it closed; it stays on this computer.',
    };
  }
  return null;
}

interface Claimed extends LabStanding {
  rev: number;
  streams: Map<string, StreamEnd & { participantId: string }>;
}

/**
 * In one round trip: claims the streams (they belong to whoever sends on them first) and locks them, so that their end
 * cannot move meanwhile; then takes the lab's next revision. The lab waits for the streams, so that all writers lock in one order.
 */
async function claim(tx: Queryable, labId: string, portions: Portion[]): Promise<Claimed> {
  const wanted = new Map(portions.map(({ batch }) => [batch.stream, batch.participantId]));
  const json = JSON.stringify([...wanted].map(([id, participant]) => ({ id, participant })));
  const rows = await tx.execute<{
    rev: number;
    status: string;
    closed_ms: number | null;
    deleted: boolean;
    stream: string;
    participant: string;
    last_ms: number;
    last_seq: number;
  }>(sql`
    with claimed as (
      insert into stream (id, lab_id, participant_id, last_seq, last_made_at)
      select id, ${labId}, participant, 0, 'epoch' from json_to_recordset(${json}::json) as wanted (id uuid, participant uuid)
      order by id
      on conflict (id) do update set created_at = stream.created_at
      returning id, participant_id, last_made_at, last_seq),
    taken as (
      update ${lab} set rev = rev + 1
      where id = ${labId} and (select count(*) from claimed) > 0
      returning rev, status, closed_at, deleted_at, ${tellOthers})
    select taken.rev::float8 as rev, status, extract(epoch from closed_at)::float8 * 1000 as closed_ms,
      deleted_at is not null as deleted,
      claimed.id as stream, participant_id as participant, extract(epoch from last_made_at)::float8 * 1000 as last_ms,
      claimed.last_seq
    from taken cross join claimed`);
  const first = rows[0];
  if (!first) throw new Error('the lab of these events does not exist');
  return {
    rev: first.rev,
    status: first.status,
    closedAtMs: first.closed_ms,
    deleted: first.deleted,
    streams: new Map(
      rows.map((row) => [
        row.stream,
        { participantId: row.participant, lastSeq: row.last_seq, lastMadeAtMs: row.last_ms },
      ]),
    ),
  };
}

function rowOf({ batch, event }: Portion, madeAtMs: number, late: boolean): Row {
  return {
    id: randomUUID(),
    participant: batch.participantId,
    stream: batch.stream,
    seq: event.seq,
    kind: event.kind,
    question: event.question,
    part: event.part,
    cell: event.cell,
    bodyHash: event.bodyHash,
    answerHash: event.answerHash,
    summary: event.summary,
    isError: event.isError,
    bytes: event.bytes,
    madeAt: new Date(madeAtMs).toISOString(),
    receivedAt: batch.receivedAt.toISOString(),
    late,
  };
}

/** Writes the questions that these events name first. Safe against another process: the lab's row is locked. */
async function addQuestions(
  tx: Queryable,
  labId: string,
  rev: number,
  rows: { portion: Portion; row: Row }[],
  known: ReadonlySet<string>,
  verdicts: Verdicts,
): Promise<{ key: string; title: string | null; position: number }[]> {
  const named = new Set(rows.map(({ row }) => row.question).filter((key) => !known.has(key)));
  if (named.size === 0) return [];
  const there = await tx
    .select({ key: question.key, position: question.position })
    .from(question)
    .where(eq(question.labId, labId));
  for (const { key } of there) named.delete(key);
  const added: { key: string; title: null; position: number }[] = [];
  for (const key of named) {
    if (there.length >= maxQuestionsPerLab) {
      const message = `This lab has ${maxQuestionsPerLab} questions already, so “${key}” was not added. Use one of the lab’s own keys.`;
      for (const { portion, row } of rows)
        if (row.question === key) verdicts.set(portion.event, { code: 'invalid', message });
      continue;
    }
    const position = positionAmong(there, key);
    there.push({ key, position });
    added.push({ key, title: null, position });
  }
  if (added.length > 0) {
    await tx.insert(question).values(added.map(({ key, position }) => ({ labId, key, position, rev })));
  }
  return added;
}

/** One statement whatever the number of rows; the rows travel as one JSON text, each body spliced in as it is. */
async function insertEvents(
  tx: Queryable,
  labId: string,
  rev: number,
  kept: { portion: Portion; row: Row }[],
): Promise<Set<string>> {
  if (kept.length === 0) return new Set();
  const json = `[${kept
    .map(({ portion, row }) => `${JSON.stringify(row).slice(0, -1)},"body":${portion.event.bodyText}}`)
    .join(',')}]`;
  const inserted = await tx.execute<{ id: string }>(sql`
    with moved as (
      update stream set last_seq = latest.seq, last_made_at = latest.at
      from json_to_recordset(${streamEnds(kept)}::json) as latest (id uuid, seq int, at timestamptz)
      where stream.id = latest.id and stream.last_seq < latest.seq),
    added as (
      insert into event (
        id, lab_id, participant_id, stream_id, seq, kind, question_key, part, cell, body, body_hash, answer_hash, summary,
        is_error, bytes, made_at, received_at, late, rev)
      select id, ${labId}, participant, stream, seq, kind, question, part, cell, body, "bodyHash", "answerHash", summary,
        "isError", bytes, "madeAt", "receivedAt", late, ${rev}
      from json_to_recordset(${json}::json) as row (
        id uuid, participant uuid, stream uuid, seq int, kind text, question text, part text, cell text, body jsonb,
        "bodyHash" text, "answerHash" text, summary text, "isError" boolean, bytes int, "madeAt" timestamptz,
        "receivedAt" timestamptz, late boolean)
      on conflict (stream_id, seq) do nothing
      returning id)
    select id from added`);
  return new Set(inserted.map((row) => row.id));
}

/** What was there already: the same again is a success, another body under the same number is kept beside it and refused. */
async function judgeRepeated(
  tx: Queryable,
  repeated: { portion: Portion; row: Row }[],
  verdicts: Verdicts,
): Promise<void> {
  const first = await tx
    .select({ stream: event.streamId, seq: event.seq, bodyHash: event.bodyHash })
    .from(event)
    .where(
      and(
        inArray(event.streamId, [...new Set(repeated.map(({ row }) => row.stream))]),
        inArray(event.seq, [...new Set(repeated.map(({ row }) => row.seq))]),
      ),
    );
  const hashes = new Map(first.map((row) => [`${row.stream} ${row.seq}`, row.bodyHash]));
  const others: (typeof eventConflict.$inferInsert)[] = [];
  for (const { portion, row } of repeated) {
    if (hashes.get(`${row.stream} ${row.seq}`) === row.bodyHash) {
      verdicts.set(portion.event, null);
      continue;
    }
    const { stream: streamId, seq, bodyHash } = row;
    others.push({ streamId, seq, bodyHash, body: portion.event.body, receivedAt: portion.batch.receivedAt });
    const message = `Number ${seq} of this series is taken by another record; this one was kept beside it. Restart the kernel, so that it begins a new series.`;
    verdicts.set(portion.event, { code: 'conflict', message });
  }
  if (others.length > 0) await tx.insert(eventConflict).values(others).onConflictDoNothing();
}

/** The last number and instant of each stream, as JSON text. */
function streamEnds(kept: { row: Row }[]): string {
  const last = new Map<string, { id: string; seq: number; at: string }>();
  for (const { row } of kept) {
    const known = last.get(row.stream);
    if (known === undefined || known.seq < row.seq)
      last.set(row.stream, { id: row.stream, seq: row.seq, at: row.madeAt });
  }
  return JSON.stringify([...last.values()]);
}

const blobUses = (labId: string, inserted: { portion: Portion; row: Row }[]): BlobUse[] =>
  inserted.flatMap(({ portion, row }) =>
    [...new Set(portion.event.pictures.map((picture) => picture.sha256))].map((sha256): BlobUse => ({
      sha256,
      ownerKind: 'event',
      ownerId: row.id,
      labId,
    })),
  );

function changeOf(rev: number, ready: ReadyEvent, row: Row): Change {
  if (ready.kind === 'dropped') {
    const { count } = ready.body as { count: number };
    return { kind: 'dropped', rev, participant: row.participant, question: row.question, count, madeAt: row.madeAt };
  }
  const record: RecordView = {
    id: row.id,
    participant: row.participant,
    question: row.question,
    part: row.part,
    // A long value is fetched when somebody opens it.
    value: ready.bodyText.length > limits.previewBytes ? null : (ready.body as Value),
    summary: row.summary ?? '',
    hash: row.answerHash ?? '',
    error: row.isError,
    madeAt: row.madeAt,
    receivedAt: row.receivedAt,
    late: row.late,
    deleted: false,
  };
  return { kind: 'record', rev, record };
}
