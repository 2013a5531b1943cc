/**
 * What jobs of kind *check* do to versions of assignments: a version *waits* until a worker has checked it, then it *passed* or
 * *failed*, for the author's reasons, or is *not done*, for ours. Each end lets go what waited, when some version may grade.
 */
import { and, asc, eq, isNull, sql } from 'drizzle-orm';
import { checkPayload, type CheckPayload, type CheckReport, type JobReport } from '@nbpulse/schema/wire';
import { assignment, assignmentVersion, run, submission } from '@nbpulse/schema/db';
import { versionToGradeBy } from '../assignments/index.js';
import type { Queryable } from '../database/index.js';
import { addJob, nothing, type AfterCommit, type Job, type JobKind } from '../queue/index.js';
import type { GradeJobDeps } from './grade-jobs.js';
import { addGradeJob } from './runs.js';
import { storable } from './storable.js';

const payloadOf = (row: Job): CheckPayload => checkPayload.parse(row.payload);

export function checkJobs({ moved }: Pick<GradeJobDeps, 'moved'>): JobKind<CheckReport> {
  const isThere = async (tx: Queryable, { versionId }: CheckPayload): Promise<boolean> => {
    const rows = await tx
      .select({ id: assignmentVersion.id })
      .from(assignmentVersion)
      .where(eq(assignmentVersion.id, versionId));
    return rows.length > 0;
  };
  const end = async (
    tx: Queryable,
    { versionId, assignmentId }: CheckPayload,
    found: Partial<typeof assignmentVersion.$inferInsert>,
  ): Promise<AfterCommit> => {
    await tx.select({ id: assignment.id }).from(assignment).where(eq(assignment.id, assignmentId)).for('update');
    await tx.update(assignmentVersion).set(found).where(eq(assignmentVersion.id, versionId));
    return releaseWaiting(tx, assignmentId, moved);
  };
  return {
    takes: (report: JobReport): report is CheckReport => 'check' in report,

    leased: async (tx, row) => ((await isThere(tx, payloadOf(row))) ? nothing : null),

    async finished(tx, row, { check, reason }) {
      const payload = payloadOf(row);
      if (!check) {
        const why = storable(reason ?? 'The check was not done, and the worker did not say why.');
        await tx
          .update(assignmentVersion)
          .set({ checkProblem: why })
          .where(eq(assignmentVersion.id, payload.versionId));
        return { retryBecause: why, after: nothing };
      }
      const { profile, trial, ...kept } = storable(check);
      const after = await end(tx, payload, {
        checkState: check.ok ? 'passed' : 'failed',
        check: { ...kept, profile },
        profile,
        trial: trial ?? null,
        checkedAt: sql`clock_timestamp()` as unknown as Date,
        checkProblem: null,
      });
      return { retryBecause: null, after };
    },

    waiting: () => Promise.resolve(nothing),

    failed: (tx, row) =>
      end(tx, payloadOf(row), {
        checkState: 'not-done',
        checkProblem: row.lastError ?? 'The check was not done, and nobody knows why.',
      }),

    progress: () => Promise.resolve(),
  };
}

/**
 * Gives every run that waits its job, by the version that grades now; leaves them when there is still none. The caller holds the
 * assignment's row.
 */
async function releaseWaiting(tx: Queryable, assignmentId: string, moved: GradeJobDeps['moved']): Promise<AfterCommit> {
  const version = await versionToGradeBy(tx, assignmentId);
  if (!version) return nothing;
  const waiting = await tx
    .select({ runId: run.id, handedIn: submission })
    .from(run)
    .innerJoin(submission, eq(submission.id, run.submissionId))
    .where(and(eq(run.waitsForCheck, true), eq(submission.assignmentId, assignmentId), isNull(submission.deletedAt)))
    .orderBy(asc(run.queuedAt), asc(run.id));
  // Who handed in ten times does not hold up the others' first.
  const earlier = new Map<string, number>();
  const announcements: AfterCommit[] = [];
  for (const { runId, handedIn } of waiting) {
    await tx.update(run).set({ versionId: version.id, waitsForCheck: version.waits }).where(eq(run.id, runId));
    if (!version.waits) {
      const before = earlier.get(handedIn.participantId) ?? 0;
      earlier.set(handedIn.participantId, before + 1);
      await addGradeJob(tx, { add: addJob }, runId, handedIn, version, -before);
    }
    announcements.push(await moved(tx, handedIn.id));
  }
  return async () => {
    for (const announce of announcements) await announce();
  };
}
