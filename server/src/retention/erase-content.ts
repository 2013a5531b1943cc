/**
 * What came from erased participants goes: events, streams, checkpoints, submissions with their runs, reports and jobs, overrides.
 *
 * An erased participant (`erasedAt`) either *has leftovers* or is *clean*; that is read from the tables alone. So a process that is
 * killed in between leaves nothing half known: whoever comes next finds the leftovers and goes on. Batches are small, each a
 * transaction of its own, and skip rows that somebody else is just erasing.
 */
import { and, eq, inArray, isNotNull, isNull, or, sql } from 'drizzle-orm';
import {
  checkpoint,
  event,
  gradeOverride,
  job,
  lab,
  participant,
  question,
  recordRemoval,
  run,
  stream,
  submission,
  trial,
} from '@nbpulse/schema/db';
import type { Blobs } from '../blobs/index.js';
import { databaseFault, type Database, type Queryable } from '../database/index.js';
import { forgetAnswers } from '../groups/index.js';

export interface EraseDeps {
  db: Database;
  blobs: Blobs;
}

/** Runs one batch in a transaction; null: it is somebody else's turn, stop. */
export type InTurn = (work: (tx: Queryable) => Promise<number>) => Promise<number | null>;

const batchRows = 1_000;
const batchNotebooks = 100;
const clashRetries = 5;

/** For a request: each batch at once. */
export const atOnce =
  (db: Database): InTurn =>
  async (work) => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await db.transaction(work);
      } catch (error) {
        // Two who lock in different orders: one of them tries again.
        if (databaseFault(error) !== 'clash' || attempt === clashRetries) throw error;
      }
    }
  };

const has = (table: typeof stream | typeof checkpoint | typeof submission | typeof trial | typeof gradeOverride) =>
  sql`exists (select 1 from ${table} where ${table.participantId} = ${participant.id})`;

/** Erased participants of whom something is left, at most so many. */
export async function withLeftovers(db: Queryable, most: number, of?: string[]): Promise<string[]> {
  const rows = await db
    .select({ id: participant.id })
    .from(participant)
    .where(
      and(
        isNotNull(participant.erasedAt),
        of && inArray(participant.id, of),
        or(has(stream), has(checkpoint), has(submission), has(trial), has(gradeOverride)),
      ),
    )
    .limit(most);
  return rows.map((row) => row.id);
}

/** All that is left of these erased participants. False: it is somebody else's turn. */
export async function eraseLeftovers({ blobs }: EraseDeps, inTurn: InTurn, participants: string[]): Promise<boolean> {
  // Streams last: as long as one is there, whoever comes next finds it, and the keys of questions with it.
  const steps = [eraseEvents, eraseCheckpoints, eraseSubmissions, eraseTrials, eraseOverrides, eraseStreams];
  for (const step of steps) {
    for (;;) {
      const rows = await inTurn((tx) => step(tx, blobs, participants));
      if (rows === null) return false;
      if (rows === 0) break;
    }
  }
  return true;
}

type Step = (tx: Queryable, blobs: Blobs, participants: string[]) => Promise<number>;

const idsOf = (rows: { id: string }[]): string[] => rows.map((row) => row.id);

const eraseEvents: Step = async (tx, blobs, participants) => {
  const batch = tx
    .select({ id: event.id })
    .from(event)
    .where(inArray(event.participantId, participants))
    .limit(batchRows)
    .for('update', { skipLocked: true });
  const gone = await tx.delete(event).where(inArray(event.id, batch)).returning({ id: event.id });
  await blobs.unuse(tx, 'event', idsOf(gone));
  return gone.length;
};

/** With what conflicted in them, with the names of senders of another protocol, and with keys that only they sent. */
const eraseStreams: Step = async (tx, blobs, participants) => {
  const labs = tx.select({ id: participant.labId }).from(participant).where(inArray(participant.id, participants));
  // The lab's row first, as ingest, which writes streams and questions under it.
  const locked = await tx
    .select({ id: lab.id })
    .from(lab)
    .where(inArray(lab.id, labs))
    .orderBy(lab.id)
    .for('no key update');
  const ids = idsOf(
    await tx
      .select({ id: stream.id })
      .from(stream)
      .where(inArray(stream.participantId, participants))
      .orderBy(stream.id)
      .limit(batchNotebooks)
      .for('update'),
  );
  // A batch that was under way when the participant was marked may have been written since.
  const late = await tx.delete(event).where(inArray(event.streamId, ids)).returning({ id: event.id });
  await blobs.unuse(tx, 'event', idsOf(late));
  await tx.delete(stream).where(inArray(stream.id, ids));
  await forgetAnswers(tx, idsOf(locked));
  // Removals of nothing, with who made them.
  await tx
    .delete(recordRemoval)
    .where(
      and(
        inArray(recordRemoval.labId, labs),
        sql`not exists (select 1 from event where event.removal_id = ${recordRemoval.id})`,
      ),
    );
  // Keys that came with a `send`, and that nobody's records name any more: they are text of those who went.
  await tx.delete(question).where(
    and(
      inArray(question.labId, labs),
      eq(question.declared, false),
      // What staff have said of a question is theirs, and so is the question then.
      isNull(question.expected),
      isNull(question.templateHash),
      isNull(question.targetMinutes),
      sql`not exists (select 1 from event where event.lab_id = ${question.labId} and event.question_key = ${question.key})`,
    ),
  );
  return ids.length;
};

const eraseCheckpoints: Step = async (tx, blobs, participants) => {
  const batch = tx
    .select({ id: checkpoint.id })
    .from(checkpoint)
    .where(inArray(checkpoint.participantId, participants))
    .limit(batchRows)
    .for('update', { skipLocked: true });
  const gone = await tx.delete(checkpoint).where(inArray(checkpoint.id, batch)).returning({ id: checkpoint.id });
  await blobs.unuse(tx, 'checkpoint', idsOf(gone));
  return gone.length;
};

const eraseSubmissions: Step = async (tx, blobs, participants) => {
  const ids = idsOf(
    await tx
      .select({ id: submission.id })
      .from(submission)
      .where(inArray(submission.participantId, participants))
      .limit(batchNotebooks)
      .for('update', { skipLocked: true }),
  );
  const runs = await tx.delete(run).where(inArray(run.submissionId, ids)).returning({ id: run.id });
  // A job's payload names the notebook's file, and what went wrong may quote it.
  await tx.delete(job).where(inArray(sql`${job.payload} ->> 'submissionId'`, ids));
  await blobs.unuse(tx, 'run', idsOf(runs));
  await tx.delete(submission).where(inArray(submission.id, ids));
  await blobs.unuse(tx, 'submission', ids);
  return ids.length;
};

const eraseTrials: Step = async (tx, blobs, participants) => {
  const gone = await tx
    .delete(trial)
    .where(inArray(trial.participantId, participants))
    .returning({ id: trial.id, jobId: trial.jobId });
  const jobs = gone.flatMap(({ jobId }) => (jobId === null ? [] : [jobId]));
  await tx.delete(job).where(inArray(job.id, jobs));
  await blobs.unuse(tx, 'trial', idsOf(gone));
  return gone.length;
};

const eraseOverrides: Step = async (tx, _blobs, participants) => {
  await tx.delete(gradeOverride).where(inArray(gradeOverride.participantId, participants));
  return 0;
};
