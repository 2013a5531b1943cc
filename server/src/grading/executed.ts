/** The executed notebook of a run, as its worker brings it: a blob that the run's row names and that goes with the run. */
import { and, eq, isNull } from 'drizzle-orm';
import { notebookProblem } from '@nbpulse/schema/wire';
import { job, run, submission } from '@nbpulse/schema/db';
import type { Blobs } from '../blobs/index.js';
import type { Database } from '../database/index.js';
import type { Job, WorkerDeps } from '../queue/index.js';
import { payloadOf } from './runs.js';

/** Keeps it while the job's lease holds: one that came late changes nothing, a second one takes the first one's place. */
export function keepExecuted({ db, blobs }: { db: Database; blobs: Blobs }): WorkerDeps['keepExecuted'] {
  return async (row: Job, bytes) => {
    if (row.kind !== 'grade' || row.lease === null) return 'unfit';
    if (notebookProblem(bytes)) return 'unfit';
    const { runId } = payloadOf(row);
    const { sha256 } = await blobs.put(bytes);
    return db.transaction(async (tx) => {
      const [held] = await tx
        .select({ id: job.id })
        .from(job)
        .where(and(eq(job.id, row.id), eq(job.lease, row.lease ?? ''), isNull(job.doneAt), isNull(job.failedAt)))
        .for('update');
      if (!held) return 'outdated-lease';
      const [its] = await tx
        .select({ labId: submission.labId })
        .from(run)
        .innerJoin(submission, eq(submission.id, run.submissionId))
        .where(and(eq(run.id, runId), isNull(submission.deletedAt)));
      if (!its) return 'not-found';
      await blobs.unuse(tx, 'run', [runId]);
      await tx.update(run).set({ executedSha256: sha256 }).where(eq(run.id, runId));
      await blobs.use(tx, [{ sha256, ownerKind: 'run', ownerId: runId, labId: its.labId }]);
      return 'counted';
    });
  };
}
