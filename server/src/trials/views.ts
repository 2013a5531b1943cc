/** Trials as their participant sees them; the status is derived from timestamps, here and nowhere else. */
import { and, asc, eq, type SQL } from 'drizzle-orm';
import { submissionResult, type TrialStatus, type TrialView } from '@nbpulse/schema/wire';
import { assignment, job, trial } from '@nbpulse/schema/db';
import type { Queryable } from '../database/index.js';
import { gradingIsOn, jobsBefore } from '../queue/index.js';

type Row = typeof trial.$inferSelect;
type JobState = Pick<typeof job.$inferSelect, 'attempts' | 'leaseEndsAt' | 'failedAt'>;

function statusOf(row: Pick<Row, 'endedAt' | 'result'>, of: JobState | null, now: Date): TrialStatus {
  if (row.endedAt) return row.result === null ? 'fault' : 'done';
  if (!of || of.failedAt) return 'fault';
  if (of.leaseEndsAt && of.leaseEndsAt > now) return 'running';
  return of.attempts > 0 ? 'retrying' : 'waiting';
}

function noteOf(status: TrialStatus, gradingOn: boolean): string | null {
  switch (status) {
    case 'fault':
      return 'The tests could not be run, by a fault on our side; it was not your code. Run them again, or tell your teacher.';
    case 'retrying':
      return 'Being tried again: it was interrupted by a fault on our side.';
    case 'waiting':
      return gradingOn ? null : 'Grading is off on this server just now. The tests run once it is on.';
    case 'running':
    case 'done':
      return null;
    default:
      return status satisfies never;
  }
}

async function viewsOf(db: Queryable, where: SQL | undefined): Promise<TrialView[]> {
  const rows = await db
    .select({
      row: trial,
      slug: assignment.slug,
      job: { id: job.id, attempts: job.attempts, leaseEndsAt: job.leaseEndsAt, failedAt: job.failedAt },
    })
    .from(trial)
    .innerJoin(assignment, eq(assignment.id, trial.assignmentId))
    .leftJoin(job, eq(job.id, trial.jobId))
    .where(where)
    .orderBy(asc(trial.receivedAt), asc(trial.id));
  if (rows.length === 0) return [];
  const gradingOn = await gradingIsOn(db);
  const now = new Date();
  return Promise.all(
    rows.map(async ({ row, slug, job: of }): Promise<TrialView> => {
      const status = statusOf(row, of, now);
      const { progressDone: done, progressTotal: total } = row;
      return {
        id: row.id,
        assignment: slug,
        receivedAt: row.receivedAt.toISOString(),
        startedAt: row.startedAt?.toISOString() ?? null,
        endedAt: row.endedAt?.toISOString() ?? null,
        status,
        note: noteOf(status, gradingOn),
        before: status === 'waiting' && of ? await jobsBefore(db, of.id) : null,
        progress: status === 'running' && done !== null && total !== null ? { done, total } : null,
        result: submissionResult.nullable().parse(row.result ?? null),
      };
    }),
  );
}

/** The newest of each assignment, oldest first. */
export const ownTrials = (db: Queryable, participantId: string): Promise<TrialView[]> =>
  viewsOf(db, eq(trial.participantId, participantId));

export async function ownTrial(db: Queryable, participantId: string, id: string): Promise<TrialView | null> {
  const [view] = await viewsOf(db, and(eq(trial.participantId, participantId), eq(trial.id, id)));
  return view ?? null;
}
