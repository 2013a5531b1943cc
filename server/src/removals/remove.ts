/**
 * Hiding and deleting records by staff, and taking it back.
 *
 * A removal is *open* (`endedAt` null), *undone* (ended, and `erasesAt` is null again) or, of a deletion only, *done* (ended, the
 * content erased). Undo and the sweeper (sweeper.ts) both lock the removal's row before they look, so exactly one of them ends it.
 * Whoever changes records takes the lab's revision first, as ingest does: so a removal of all of one student's means those that
 * are there now, and what comes later stays.
 */
import { and, eq, inArray, isNotNull, isNull, lt, notExists, sql, type SQL } from 'drizzle-orm';
import { event, recordRemoval } from '@nbpulse/schema/db';
import { second, type Change, type RemovalView, type removalWanted, type showRecords } from '@nbpulse/schema/wire';
import type { z } from 'zod';
import { nextRev, type Announce, type Database, type Queryable } from '../database/index.js';
import { refuse, type ProblemReply } from '../http/index.js';
import { previewColumns, recordView, type RecordRow } from '../records/index.js';

export interface RemovalDeps {
  db: Database;
  announce: Announce;
}

/** The page offers Undo for 8 s; the rest is for the way. */
const undoMs = 10 * second;

type Which = z.output<typeof showRecords>['which'];
type Removal = typeof recordRemoval.$inferSelect;

const these = (labId: string, which: Which): SQL | undefined =>
  and(
    eq(event.labId, labId),
    eq(event.kind, 'record'),
    isNull(event.deletedAt),
    'ids' in which
      ? inArray(event.id, which.ids)
      : and(
          eq(event.participantId, which.participant),
          which.question === undefined ? undefined : eq(event.questionKey, which.question),
        ),
  );

/** Not of a deletion that is under way: its rows are hidden until they are erased. */
const notBeingDeleted = (tx: Queryable): SQL =>
  notExists(
    tx
      .select({ one: sql`1` })
      .from(recordRemoval)
      .where(
        and(eq(recordRemoval.id, event.removalId), eq(recordRemoval.how, 'delete'), isNull(recordRemoval.endedAt)),
      ),
  );

const noneLeft = (): ProblemReply =>
  refuse(404, 'not-found', 'None of these records is there to change any more. They may have been hidden or deleted.');

export async function removeRecords(
  { db, announce }: RemovalDeps,
  labId: string,
  { how, which }: z.output<typeof removalWanted>,
  removedBy: string,
): Promise<RemovalView | ProblemReply> {
  const done = await db.transaction(async (tx) => {
    const rev = await nextRev(tx, labId);
    const [removal] = await tx
      .insert(recordRemoval)
      .values({
        labId,
        how,
        removedBy,
        records: 0,
        erasesAt: how === 'delete' ? sql`now() + ${undoMs} * interval '1 millisecond'` : null,
      })
      .returning();
    if (!removal) throw new Error('a removal was not created');
    const rows = await tx
      .update(event)
      // Hidden earlier by another removal: the former time stays, by which Undo knows that it stays hidden.
      .set({ hiddenAt: sql`coalesce(${event.hiddenAt}, now())`, removalId: removal.id, rev })
      .where(and(these(labId, which), how === 'hide' ? isNull(event.hiddenAt) : notBeingDeleted(tx)))
      .returning(previewColumns);
    if (rows.length === 0) {
      await tx.delete(recordRemoval).where(eq(recordRemoval.id, removal.id));
      return { rev, rows, view: null };
    }
    await tx.update(recordRemoval).set({ records: rows.length }).where(eq(recordRemoval.id, removal.id));
    return { rev, rows, view: viewOf({ ...removal, records: rows.length }) };
  });
  announce(labId, done.rev, changesOf(done.rev, done.rows));
  return done.view ?? noneLeft();
}

/** Shows again exactly what this removal took, but for what was hidden before it. Asking again changes nothing. */
export async function undoRemoval(
  { db, announce }: RemovalDeps,
  labId: string,
  removalId: string,
): Promise<RemovalView | ProblemReply> {
  const done = await db.transaction(async (tx) => {
    const [removal] = await tx
      .select()
      .from(recordRemoval)
      .where(and(eq(recordRemoval.id, removalId), eq(recordRemoval.labId, labId)))
      .for('update');
    if (!removal) return refuse(404, 'not-found', 'There is nothing to undo here. It belongs to another lab.');
    if (removal.endedAt) {
      if (removal.how === 'delete' && removal.erasesAt) {
        return refuse(
          409,
          'conflict',
          'It was too late to undo: the content of these records is erased. Who sent them, and when, is still there.',
        );
      }
      return { rev: null, rows: [], view: viewOf(removal) };
    }
    const rev = await nextRev(tx, labId);
    const rows = await tx
      .update(event)
      .set({ hiddenAt: null, removalId: null, rev })
      .where(
        and(
          eq(event.removalId, removalId),
          // Hidden before the deletion that is undone: hidden it stays.
          sql`not ${lt(event.hiddenAt, sql`(select created_at from record_removal where id = ${removalId})`)}`,
        ),
      )
      .returning(previewColumns);
    const [ended] = await tx
      .update(recordRemoval)
      .set({ endedAt: sql`now()`, erasesAt: null, records: rows.length })
      .where(eq(recordRemoval.id, removalId))
      .returning();
    if (!ended) throw new Error('a removal went while it was undone');
    return { rev, rows, view: viewOf(ended) };
  });
  if (!('view' in done)) return done;
  if (done.rev !== null) announce(labId, done.rev, changesOf(done.rev, done.rows));
  return done.view;
}

/** Whatever hid them; not what is being deleted. */
export async function showAgain(
  { db, announce }: RemovalDeps,
  labId: string,
  which: Which,
): Promise<{ records: number } | ProblemReply> {
  const { rev, rows } = await db.transaction(async (tx) => {
    const taken = await nextRev(tx, labId);
    const shown = await tx
      .update(event)
      .set({ hiddenAt: null, removalId: null, rev: taken })
      .where(and(these(labId, which), isNotNull(event.hiddenAt), notBeingDeleted(tx)))
      .returning(previewColumns);
    return { rev: taken, rows: shown };
  });
  announce(labId, rev, changesOf(rev, rows));
  return rows.length === 0 ? noneLeft() : { records: rows.length };
}

export const changesOf = (rev: number, rows: RecordRow[]): Change[] =>
  rows.map((row) => ({ kind: 'record', rev, record: recordView(row) }));

const viewOf = ({ id, how, records, erasesAt }: Removal): RemovalView => ({
  id,
  how,
  records,
  erasesAt: erasesAt?.toISOString() ?? null,
});
