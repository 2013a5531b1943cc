/**
 * Runs: one execution of one submission against one version. States, read from its columns and its job's: queued; started
 * (`startedAt`, while its job is leased); ended in an outcome (`endedAt`), once and for ever. A run whose job failed has no
 * outcome: a fault of ours never scores. Regrades add runs, they overwrite none.
 */
import { and, asc, eq, inArray, isNotNull, sql } from 'drizzle-orm';
import { gradePayload, runReport, type GradePayload, type RunReport } from '@nbpulse/schema/wire';
import { assignmentVersion, job, run, submission } from '@nbpulse/schema/db';
import type { AssignmentVersion } from '../assignments/index.js';
import type { Queryable } from '../database/index.js';
import type { Job, Queue } from '../queue/index.js';

/** Adds a run and its job, in the caller's transaction. */
export async function queueRun(
  tx: Queryable,
  queue: Pick<Queue, 'add'>,
  handedIn: Pick<typeof submission.$inferSelect, 'id' | 'assignmentId' | 'sha256' | 'filename'>,
  version: Pick<AssignmentVersion, 'id' | 'number'>,
  priority = 0,
): Promise<void> {
  const [made] = await tx
    .insert(run)
    .values({
      submissionId: handedIn.id,
      versionId: version.id,
      number: sql`(select coalesce(max(number), 0) + 1 from run where submission_id = ${handedIn.id})`,
    })
    .returning({ id: run.id });
  if (!made) throw new Error('a run was not kept');
  const payload: GradePayload = {
    runId: made.id,
    submissionId: handedIn.id,
    assignmentId: handedIn.assignmentId,
    version: version.number,
    sha256: handedIn.sha256,
    filename: handedIn.filename,
  };
  const jobId = await queue.add(tx, 'grade', payload, priority);
  await tx.update(run).set({ jobId }).where(eq(run.id, made.id));
}

export const payloadOf = (row: Job): GradePayload => gradePayload.parse(row.payload);

export interface RunState {
  id: string;
  submissionId: string;
  version: number;
  queuedAt: Date;
  startedAt: Date | null;
  endedAt: Date | null;
  outcome: RunReport['outcome'] | null;
  points: number | null;
  maxPoints: number | null;
  progress: { done: number; total: number } | null;
  job: Pick<Job, 'attempts' | 'leaseEndsAt' | 'doneAt' | 'failedAt' | 'lastError'> | null;
}

/** The runs of these submissions, oldest first, by submission. */
export async function runsOf(db: Queryable, submissionIds: string[]): Promise<Map<string, RunState[]>> {
  const found = new Map<string, RunState[]>();
  if (submissionIds.length === 0) return found;
  const rows = await db
    .select({
      id: run.id,
      submissionId: run.submissionId,
      version: assignmentVersion.number,
      queuedAt: run.queuedAt,
      startedAt: run.startedAt,
      endedAt: run.endedAt,
      outcome: run.outcome,
      points: run.points,
      maxPoints: run.maxPoints,
      done: run.progressDone,
      total: run.progressTotal,
      job: {
        attempts: job.attempts,
        leaseEndsAt: job.leaseEndsAt,
        doneAt: job.doneAt,
        failedAt: job.failedAt,
        lastError: job.lastError,
      },
    })
    .from(run)
    .innerJoin(assignmentVersion, eq(assignmentVersion.id, run.versionId))
    .leftJoin(job, eq(job.id, run.jobId))
    .where(inArray(run.submissionId, submissionIds))
    .orderBy(asc(run.submissionId), asc(run.number));
  for (const { done, total, ...row } of rows) {
    const state = { ...row, progress: done === null || total === null ? null : { done, total } };
    found.set(row.submissionId, [...(found.get(row.submissionId) ?? []), state]);
  }
  return found;
}

/** The run that tells a submission's result: the newest that ended in a verdict on the student's code. */
export const verdictOf = (runs: RunState[]): RunState | null =>
  runs.findLast((state) => state.endedAt !== null && state.outcome !== null && state.outcome !== 'sandbox-error') ??
  null;

/** What the oracle and the student's code wrote is left in the database: a class's reports are tens of megabytes with it. */
const brief = sql<unknown>`jsonb_set(${run.report} - 'output', '{tests}', coalesce(
  (select jsonb_agg(test - 'message' - 'staffMessage') from jsonb_array_elements(${run.report} -> 'tests') as test), '[]'))`;

/** Reports, by run: whole, or for lists without output and messages. */
export async function reportsOf(db: Queryable, runIds: string[], whole = true): Promise<Map<string, RunReport>> {
  if (runIds.length === 0) return new Map();
  const rows = await db
    .select({ id: run.id, report: whole ? run.report : brief })
    .from(run)
    .where(and(inArray(run.id, runIds), isNotNull(run.report)));
  return new Map(rows.map((row) => [row.id, runReport.parse(row.report)]));
}
