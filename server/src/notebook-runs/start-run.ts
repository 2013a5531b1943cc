/** A new run of an author's notebook: it takes the place of the last one of its kind, whatever became of that. */
import { randomUUID } from 'node:crypto';
import { and, eq, inArray } from 'drizzle-orm';
import { job, lab, notebookRun } from '@nbpulse/schema/db';
import type { NotebookRunKind, NotebookRunView, SolutionPayload } from '@nbpulse/schema/wire';
import type { Blobs } from '../blobs/index.js';
import { nextRev, type Announce, type Database } from '../database/index.js';
import { refuse, type ProblemReply } from '../http/index.js';
import type { Queue } from '../queue/index.js';
import { notebookRunView } from './view.js';

export interface StartRunDeps {
  db: Database;
  blobs: Blobs;
  queue: Pick<Queue, 'add'>;
  announce: Announce;
}

/** Somebody waits in front of the page; a class's submissions can wait these few seconds. */
const priority = 10;

export async function startRun(
  { db, blobs, queue, announce }: StartRunDeps,
  labId: string,
  wanted: { kind: NotebookRunKind; filename: string; bytes: Uint8Array; startedBy: string | null },
): Promise<NotebookRunView | ProblemReply> {
  const { sha256 } = await blobs.put(wanted.bytes);
  const done = await db.transaction(async (tx) => {
    const [its] = await tx.select().from(lab).where(eq(lab.id, labId)).for('no key update');
    if (!its || its.deletedAt) return refuse(410, 'lab-deleted', 'This lab was deleted.');
    const rev = await nextRev(tx, labId);
    const former = await tx
      .delete(notebookRun)
      .where(and(eq(notebookRun.labId, labId), eq(notebookRun.kind, wanted.kind)))
      .returning({ id: notebookRun.id, jobId: notebookRun.jobId });
    // A worker that has it hears that there is no such job, and drops it.
    await tx.delete(job).where(
      inArray(
        job.id,
        former.flatMap(({ jobId }) => jobId ?? []),
      ),
    );
    await blobs.unuse(
      tx,
      'notebook-run',
      former.map(({ id }) => id),
    );
    const id = randomUUID();
    const payload: SolutionPayload = { runId: id, labId, sha256, filename: wanted.filename };
    const jobId = await queue.add(tx, 'solution', payload, priority);
    const { kind, filename, startedBy } = wanted;
    const [row] = await tx
      .insert(notebookRun)
      .values({ id, labId, kind, filename, sha256, startedBy, jobId, rev })
      .returning();
    if (!row) throw new Error('a run was not kept');
    await blobs.use(tx, [{ sha256, ownerKind: 'notebook-run', ownerId: id, labId }]);
    return { rev, run: notebookRunView(row) };
  });
  if (!('run' in done)) return done;
  announce(labId, done.rev, [{ kind: 'notebook-run', rev: done.rev, run: done.run }]);
  return done.run;
}
