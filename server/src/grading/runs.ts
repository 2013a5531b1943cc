/**
 * Runs: one execution of one submission against one version. States, read from its columns and its job's: queued; started
 * (`startedAt`, while its job is leased); ended in an outcome (`endedAt`), once and for ever. A run whose job failed has no
 * outcome: a fault of ours never scores. Regrades add runs, they overwrite none.
 */
import { and, asc, eq, inArray, isNotNull, sql } from 'drizzle-orm';
import { gradePayload, runReport, type CheckState, type GradePayload, type RunReport } from '@nbpulse/schema/wire';
import { assignment, assignmentVersion, job, run, submission } from '@nbpulse/schema/db';
import { versionToGradeBy } from '../assignments/index.js';
import type { Queryable } from '../database/index.js';
import type { Job, Queue } from '../queue/index.js';

/**
 * Adds a run, in the caller's transaction, and its job; while no version of the assignment may grade, the run waits for one
 * (`releaseWaiting` gives it its job).
 */
export async function queueRun(
  tx: Queryable,
  queue: Pick<Queue, 'add'>,
  handedIn: Pick<typeof submission.$inferSelect, 'id' | 'assignmentId' | 'sha256' | 'filename'>,
  priority = 0,
): Promise<void> {
  // A check that ends locks this row: it either sees this run waiting, or this sees what the check found.
  await tx.select({ id: assignment.id }).from(assignment).where(eq(assignment.id, handedIn.assignmentId)).for('share');
  const version = await versionToGradeBy(tx, handedIn.assignmentId);
  if (!version) throw new Error('an assignment without a version was handed in');
  const [made] = await tx
    .insert(run)
    .values({
      submissionId: handedIn.id,
      versionId: version.id,
      number: sql`(select coalesce(max(number), 0) + 1 from run where submission_id = ${handedIn.id})`,
      waitsForCheck: version.waits,
    })
    .returning({ id: run.id });
  if (!made) throw new Error('a run was not kept');
  if (!version.waits) await addGradeJob(tx, queue, made.id, handedIn, version, priority);
}

export async function addGradeJob(
  tx: Queryable,
  queue: Pick<Queue, 'add'>,
  runId: string,
  handedIn: Pick<typeof submission.$inferSelect, 'id' | 'assignmentId' | 'sha256' | 'filename'>,
  version: { number: number },
  priority: number,
): Promise<void> {
  const payload: GradePayload = {
    runId,
    submissionId: handedIn.id,
    assignmentId: handedIn.assignmentId,
    version: version.number,
    sha256: handedIn.sha256,
    filename: handedIn.filename,
  };
  const jobId = await queue.add(tx, 'grade', payload, priority);
  await tx.update(run).set({ jobId }).where(eq(run.id, runId));
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
  executedSha256: string | null;
  progress: { done: number; total: number } | null;
  /** Set while it has no job, because no version may grade: how the check of the one that it waits for stands. */
  waitsFor: { version: number; state: CheckState; why: string | null } | null;
  job: Pick<Job, 'attempts' | 'leaseEndsAt' | 'doneAt' | 'failedAt' | 'lastError'> | null;
}

/** What stops a version, in the words of its check. */
const firstError = sql<string | null>`coalesce(${assignmentVersion.checkProblem}, jsonb_path_query_first(
  ${assignmentVersion.check}, '$.findings[*] ? (@.level == "error").message') #>> '{}')`;

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
      executedSha256: run.executedSha256,
      waits: run.waitsForCheck,
      checkState: assignmentVersion.checkState,
      why: firstError,
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
  for (const { done, total, waits, checkState, why, ...row } of rows) {
    const state: RunState = {
      ...row,
      progress: done === null || total === null ? null : { done, total },
      waitsFor: waits ? { version: row.version, state: checkState ?? 'unchecked', why } : null,
    };
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
  (select jsonb_agg(test - 'message' - 'detail' - 'staffMessage') from jsonb_array_elements(${run.report} -> 'tests') as test), '[]'))`;

/** Reports, by run: whole, or for lists without output and messages. */
export async function reportsOf(db: Queryable, runIds: string[], whole = true): Promise<Map<string, RunReport>> {
  if (runIds.length === 0) return new Map();
  const rows = await db
    .select({ id: run.id, report: whole ? run.report : brief })
    .from(run)
    .where(and(inArray(run.id, runIds), isNotNull(run.report)));
  return new Map(rows.map((row) => [row.id, runReport.parse(row.report)]));
}
