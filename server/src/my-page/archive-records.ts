/** `records.json` of an archive: whole values, page by page, so that a long history needs little memory. */
import { asc, eq, inArray, sql } from 'drizzle-orm';
import { event, eventConflict, stream } from '@nbpulse/schema/db';
import { MiB } from '@nbpulse/schema/wire';
import type { Database } from '../database/index.js';
import { otherEventOf } from './stored.js';

const pageEvents = 500;
const pageBytes = 4 * MiB;

/** JSON text in pieces: `{"records": […], "others": […], "conflicts": […]}`, oldest first. */
export async function* recordsJson(db: Database, participantId: string): AsyncGenerator<string> {
  const known = await db
    .select({ id: event.id, kind: event.kind, bytes: event.bytes })
    .from(event)
    .where(eq(event.participantId, participantId))
    .orderBy(asc(event.madeAt), asc(event.seq));
  const records = known.filter((one) => one.kind === 'record');
  const others = known.filter((one) => one.kind !== 'record');
  yield '{\n"records": ';
  yield* list(records, async (page) => (await rowsOf(db, page)).map(recordOf));
  yield ',\n"others": ';
  yield* list(others, async (page) =>
    (await rowsOf(db, page)).map((row) => (row.deletedAt ? null : otherEventOf(row))),
  );
  yield ',\n"conflicts": ';
  const conflicts = await db
    .select({
      streamId: eventConflict.streamId,
      seq: eventConflict.seq,
      bodyHash: eventConflict.bodyHash,
      bytes: sql<number>`octet_length(${eventConflict.body}::text)`,
    })
    .from(eventConflict)
    .innerJoin(stream, eq(stream.id, eventConflict.streamId))
    .where(eq(stream.participantId, participantId))
    .orderBy(asc(eventConflict.receivedAt), asc(eventConflict.seq));
  yield* list(conflicts, (page) => conflictsOf(db, page));
  yield '\n}\n';
}

async function* list<Known extends { bytes: number }>(
  known: Known[],
  read: (page: Known[]) => Promise<unknown[]>,
): AsyncGenerator<string> {
  yield '[';
  let separator = '\n';
  for (const page of pages(known)) {
    for (const item of await read(page)) {
      if (item === null) continue;
      yield separator + JSON.stringify(item);
      separator = ',\n';
    }
  }
  yield ']';
}

function* pages<Known extends { bytes: number }>(known: Known[]): Generator<Known[]> {
  let page: Known[] = [];
  let bytes = 0;
  for (const one of known) {
    if (page.length > 0 && (page.length >= pageEvents || bytes + one.bytes > pageBytes)) {
      yield page;
      page = [];
      bytes = 0;
    }
    page.push(one);
    bytes += one.bytes;
  }
  if (page.length > 0) yield page;
}

type Row = typeof event.$inferSelect;

async function rowsOf(db: Database, page: { id: string }[]): Promise<Row[]> {
  const ids = page.map((one) => one.id);
  return db.select().from(event).where(inArray(event.id, ids)).orderBy(asc(event.madeAt), asc(event.seq));
}

type ConflictKey = Pick<typeof eventConflict.$inferSelect, 'streamId' | 'seq' | 'bodyHash'>;

async function conflictsOf(db: Database, page: ConflictKey[]): Promise<unknown[]> {
  const keys = page.map((one) => sql`(${one.streamId}::uuid, ${one.seq}::int, ${one.bodyHash})`);
  return db
    .select({
      stream: eventConflict.streamId,
      seq: eventConflict.seq,
      content: eventConflict.body,
      receivedAt: eventConflict.receivedAt,
    })
    .from(eventConflict)
    .where(
      sql`(${eventConflict.streamId}, ${eventConflict.seq}, ${eventConflict.bodyHash}) in (${sql.join(keys, sql`, `)})`,
    )
    .orderBy(asc(eventConflict.receivedAt), asc(eventConflict.seq));
}

/** All columns that say something; those that only the server counts by are left out. */
const recordOf = (row: Row) => ({
  id: row.id,
  question: row.questionKey,
  part: row.part,
  cell: row.cell,
  value: row.body,
  summary: row.summary,
  hash: row.answerHash,
  error: row.isError,
  stream: row.streamId,
  seq: row.seq,
  madeAt: row.madeAt,
  receivedAt: row.receivedAt,
  late: row.late,
  deletedAt: row.deletedAt,
  deletedBy: row.deletedBy,
});
