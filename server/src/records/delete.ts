/**
 * Deleting records: their content goes – value, summary, hashes, part, cell, pictures, what conflicted with them – who, when and
 * which question stay. The row keeps its number of the stream, so that a client's journal that sends it again brings nothing back.
 */
import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import { event, eventConflict } from '@nbpulse/schema/db';
import type { Change, RecordView } from '@nbpulse/schema/wire';
import type { Blobs } from '../blobs/index.js';
import { nextRev, type Announce, type Database, type Queryable } from '../database/index.js';
import { forgetAnswers } from '../groups/index.js';
import { recordColumns } from './columns.js';
import { recordView } from './view.js';

export interface DeleteDeps {
  db: Database;
  blobs: Blobs;
  announce: Announce;
}

/** What stands in `deletedBy` when participants deleted their own. */
export const byParticipant = 'participant';

/**
 * Deletes records of one lab, all or none, and announces them as changes of one revision. `participantId`: only theirs count.
 * Deleting what is deleted changes nothing.
 *
 * @returns those that were found, as they are now; fewer than `ids` when some are of another lab or participant
 */
export async function deleteRecords(
  { db, blobs, announce }: DeleteDeps,
  labId: string,
  wanted: { ids: string[]; participantId?: string; deletedBy: string },
): Promise<RecordView[]> {
  const done = await db.transaction(async (tx) => {
    const found = await tx
      .select(recordColumns)
      .from(event)
      .where(
        and(
          inArray(event.id, wanted.ids),
          eq(event.labId, labId),
          eq(event.kind, 'record'),
          wanted.participantId === undefined ? undefined : eq(event.participantId, wanted.participantId),
        ),
      );
    if (found.every((row) => row.deletedAt !== null)) return { rev: null, records: found.map(recordView), changes: [] };
    const rev = await nextRev(tx, labId);
    const emptied = await emptyRecords(
      tx,
      blobs,
      rev,
      found.map((row) => row.id),
      wanted.deletedBy,
    );
    const now = new Map(emptied.map((record) => [record.id, record]));
    const changes = emptied.map((record): Change => ({ kind: 'record', rev, record }));
    return { rev, records: found.map((row) => now.get(row.id) ?? recordView(row)), changes };
  });
  if (done.rev !== null) announce(labId, done.rev, done.changes);
  return done.records;
}

/** In the caller's transaction, which took `rev` of the lab's log; at most 10,000. @returns those that had content until now */
export async function emptyRecords(
  tx: Queryable,
  blobs: Blobs,
  rev: number,
  ids: string[],
  deletedBy: string,
): Promise<RecordView[]> {
  const emptied = await tx
    .update(event)
    .set({
      body: null,
      // No hash of what is gone stays either: of a short answer it could be guessed.
      bodyHash: '',
      answerHash: null,
      summary: null,
      part: null,
      cell: null,
      isError: false,
      bytes: 0,
      rev,
      deletedAt: sql`now()`,
      deletedBy,
      verdict: null,
      // Deleted is no longer hidden: nothing that shows or undoes finds it.
      hiddenAt: null,
      removalId: null,
    })
    .where(and(inArray(event.id, ids), isNull(event.deletedAt)))
    .returning(recordColumns);
  const numbers = tx
    .select({ streamId: event.streamId, seq: event.seq })
    .from(event)
    .where(
      inArray(
        event.id,
        emptied.map((row) => row.id),
      ),
    );
  await tx.delete(eventConflict).where(sql`(${eventConflict.streamId}, ${eventConflict.seq}) in ${numbers}`);
  const labs = await tx.selectDistinct({ labId: event.labId }).from(event).where(inArray(event.id, ids));
  await forgetAnswers(
    tx,
    labs.map(({ labId }) => labId),
  );
  await blobs.unuse(
    tx,
    'event',
    emptied.map((row) => row.id),
  );
  return emptied.map(recordView);
}
