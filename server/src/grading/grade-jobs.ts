/** What jobs of kind *grade* do to runs, and what they need: the suite and the notebook. */
import { and, eq, isNull, sql } from 'drizzle-orm';
import type { GradePayload, JobReport, RunReport } from '@nbpulse/schema/wire';
import { assignmentVersion, run, submission } from '@nbpulse/schema/db';
import { versionOf } from '../assignments/index.js';
import type { Blobs } from '../blobs/index.js';
import type { Database, Queryable } from '../database/index.js';
import type { AfterCommit, JobKind, WorkerDeps } from '../queue/index.js';
import { payloadOf } from './runs.js';
import { storable } from './storable.js';

export interface GradeJobDeps {
  db: Database;
  /** A submission took a step: takes the lab's next revision, and returns what to announce after the commit. */
  moved: (tx: Queryable, submissionId: string) => Promise<AfterCommit>;
  /** A run got further, without a step: only its participant is told. */
  progressed: (submissionId: string) => Promise<void>;
}

export function gradeJobs({ db, moved, progressed }: GradeJobDeps): JobKind<RunReport> {
  return {
    takes: (report: JobReport): report is RunReport => 'tests' in report,

    async leased(tx, row) {
      const { runId, submissionId } = payloadOf(row);
      const started = await tx
        .update(run)
        .set({ startedAt: sql`clock_timestamp()`, progressDone: null, progressTotal: null })
        .from(submission)
        .where(and(eq(run.id, runId), eq(submission.id, run.submissionId), isNull(submission.deletedAt)))
        .returning({ id: run.id });
      return started.length > 0 ? moved(tx, submissionId) : null;
    },

    async finished(tx, row, report) {
      const { runId, submissionId } = payloadOf(row);
      if (report.outcome === 'sandbox-error') {
        // Kept for staff; the run does not end by it, the queue decides whether it is tried again.
        await tx
          .update(run)
          .set({ report: storable(report), engine: report.engine, tier: report.tier })
          .where(eq(run.id, runId));
        const why = report.staffReason ?? report.reason ?? 'The sandbox failed and did not say why.';
        return { retryBecause: storable(why), after: () => undefined };
      }
      await tx
        .update(run)
        .set({
          endedAt: sql`clock_timestamp()`,
          outcome: report.outcome,
          points: report.points,
          maxPoints: report.maxPoints,
          report: storable(report),
          engine: report.engine,
          tier: report.tier,
        })
        .where(and(eq(run.id, runId), isNull(run.endedAt)));
      return { retryBecause: null, after: await moved(tx, submissionId) };
    },

    async waiting(tx, row) {
      const { runId, submissionId } = payloadOf(row);
      await tx
        .update(run)
        .set({ startedAt: null, progressDone: null, progressTotal: null })
        .where(and(eq(run.id, runId), isNull(run.endedAt)));
      return moved(tx, submissionId);
    },

    failed: (tx, row) => moved(tx, payloadOf(row).submissionId),

    async progress(row, progress) {
      const { runId, submissionId } = payloadOf(row);
      const changed = await db
        .update(run)
        .set({ progressDone: progress.done, progressTotal: progress.total })
        .where(
          and(
            eq(run.id, runId),
            isNull(run.endedAt),
            sql`(${run.progressDone}, ${run.progressTotal}) is distinct from (${progress.done}::int, ${progress.total}::int)`,
          ),
        )
        .returning({ id: run.id });
      if (changed.length > 0) await progressed(submissionId);
    },
  };
}

export function gradeFiles({ db, blobs }: { db: Database; blobs: Blobs }): WorkerDeps['files'] {
  const versionIdOf = async ({
    assignmentId,
    version,
  }: Pick<GradePayload, 'assignmentId' | 'version'>): Promise<string | null> => {
    const [row] = await db
      .select({ id: assignmentVersion.id })
      .from(assignmentVersion)
      .where(and(eq(assignmentVersion.assignmentId, assignmentId), eq(assignmentVersion.number, version)));
    return row?.id ?? null;
  };
  return {
    async suite(payload) {
      const versionId = await versionIdOf(payload);
      const version = versionId === null ? null : await versionOf(db, versionId);
      if (!version) return null;
      const files = [];
      for (const { path, sha256 } of version.files) {
        const bytes = await blobs.get(sha256);
        if (!bytes) throw new Error(`the blob ${sha256} of ${path} in version ${version.id} is missing`);
        files.push({ path, b64: bytes.toString('base64') });
      }
      const { manifest, profile, checkState } = version;
      return { manifest, files, profile, settled: checkState === 'passed' };
    },
    async notebook({ sha256, submissionId }) {
      const [row] = await db
        .select({ deletedAt: submission.deletedAt })
        .from(submission)
        .where(eq(submission.id, submissionId));
      if (!row || row.deletedAt !== null) return null;
      const bytes = await blobs.get(sha256);
      return bytes ? new Uint8Array(bytes) : null;
    },
  };
}
