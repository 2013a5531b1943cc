/**
 * The queue: a lease table in Postgres. States of a job, read from its columns:
 *
 * - *waiting*: neither done nor failed, no lease that runs (`leaseEndsAt` null), from `runAfter` on;
 * - *leased*: `leaseEndsAt` lies ahead; `lease` is the fencing token that every call about the job carries;
 * - *lost*: `leaseEndsAt` has passed. The next look at the queue makes it waiting again, or failed after the last attempt.
 *   Until somebody else takes it, its `worker` stays and may still come back with the report: the work is not lost;
 * - *done* (`doneAt`) and *failed* (`failedAt`), for ever.
 *
 * A lease stays in its column after the job was released or finished (then `worker` is null, or `doneAt` set): a repeated call with
 * it is told apart from a stranger's.
 * What a job means is its kind's affair: a `JobKind` hears of every step, inside the step's transaction.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { and, eq, inArray, isNotNull, isNull, lt, sql, type SQL } from 'drizzle-orm';
import { limits, second, type JobKind as KindName, type JobReport, type RunProgress } from '@nbpulse/schema/wire';
import { job } from '@nbpulse/schema/db';
import type { OpenDatabase, Queryable } from '../database/index.js';
import { makeBell } from './bell.js';

export type Job = typeof job.$inferSelect;

/** What to do once the step's transaction is committed: announce it. */
export type AfterCommit = () => void | Promise<void>;
export const nothing: AfterCommit = () => undefined;

/** What a kind of job does at each step. All but `progress` run inside the transaction of the step. */
export interface JobKind<Report extends JobReport = JobReport> {
  /** Whether a worker's report is of this kind's shape; another is refused before `finished`. */
  takes(report: JobReport): report is Report;
  /** Null: what the job was for is gone; the job ends as failed and nobody gets it. */
  leased(tx: Queryable, job: Job): Promise<AfterCommit | null>;
  /** The worker's report. `retryBecause` (for staff) puts the job back, unless this was the last attempt. */
  finished(tx: Queryable, job: Job, report: Report): Promise<{ retryBecause: string | null; after: AfterCommit }>;
  /** Back in the queue: released, retried, or its worker was lost. */
  waiting(tx: Queryable, job: Job): Promise<AfterCommit>;
  /** After the last attempt. */
  failed(tx: Queryable, job: Job): Promise<AfterCommit>;
  progress(job: Job, progress: RunProgress): Promise<void>;
}

export type Called = 'counted' | 'known' | 'outdated-lease' | 'not-found';
/** `unfit`: the report is none of this job's kind; the job stays leased. */
export type Finished = Called | 'unfit';

export interface Queue {
  /** Adds a job, in the caller's transaction; workers are woken when it commits. */
  add(tx: Queryable, kind: KindName, payload: object, priority?: number): Promise<string>;
  /** Waits up to `waitMs` for a job of these kinds. Null when there was none, or the caller went away. */
  lease(worker: string, kinds: KindName[], waitMs: number, gone?: AbortSignal): Promise<Job | null>;
  /** The job, when this lease still holds it. */
  held(jobId: string, lease: string): Promise<Job | 'outdated-lease' | 'not-found'>;
  heartbeat(jobId: string, lease: string, progress?: RunProgress): Promise<Called>;
  finish(jobId: string, lease: string, report: JobReport): Promise<Finished>;
  release(jobId: string, lease: string): Promise<Called>;
  /** Puts lost jobs back, or fails them after the last attempt. Runs by itself; tests call it. */
  recover(): Promise<number>;
  close(): Promise<void>;
}

export interface QueueOptions {
  kinds: Partial<Record<KindName, JobKind>>;
  leaseMs?: number;
  attempts?: number;
  /** How long a job rests after its nth attempt failed by our fault. */
  backoffMs?: (attempt: number) => number;
  /** The longest a waiting worker goes without a look, should a wake-up be lost. */
  lookEachMs?: number;
  /** An announcement or a look at the queue failed; the queue goes on. */
  onFault: (error: unknown, what: string) => void;
}

const channel = 'nbpulse_job';
const defaultLookEachMs = 2 * second;
const recoverEachMs = 5 * second;
const closeWithinMs = 1 * second;
const defaultBackoffMs = (attempt: number): number => Math.min(5 * 60, 5 * 3 ** (attempt - 1)) * second;

const open = and(isNull(job.doneAt), isNull(job.failedAt));
const inMs = (ms: number): SQL<Date> => sql<Date>`clock_timestamp() + make_interval(secs => ${ms / 1000}::float8)`;

export function openQueue(database: Pick<OpenDatabase, 'db' | 'listen'>, options: QueueOptions): Queue {
  const { db } = database;
  const { leaseMs = limits.workerLeaseMs, attempts = limits.jobAttempts, backoffMs = defaultBackoffMs } = options;
  const { lookEachMs = defaultLookEachMs } = options;
  const bell = makeBell();
  /** Null while the database was away when it was asked for; the timer asks again. What was subscribed once, the client renews. */
  let listening: ReturnType<OpenDatabase['listen']> | null = null;
  const listen = (): void => {
    listening = database.listen(
      channel,
      () => bell.ring(),
      () => bell.ring(),
    );
    listening.catch((error: unknown) => {
      listening = null;
      options.onFault(error, 'listening for new jobs');
    });
  };
  listen();
  const timer = setInterval(() => {
    if (listening === null) listen();
    recover().catch((error: unknown) => options.onFault(error, 'looking for lost jobs'));
  }, recoverEachMs);
  timer.unref();

  const kindOf = (row: Job): JobKind => {
    const kind = options.kinds[row.kind];
    if (!kind) throw new Error(`no part of this server handles jobs of kind ${row.kind}`);
    return kind;
  };
  const announce = async (after: AfterCommit): Promise<void> => {
    try {
      await after();
    } catch (error) {
      options.onFault(error, 'announcing a job');
    }
  };
  /** A step: one transaction, then what it has to announce. */
  const step = async <T>(work: (tx: Queryable) => Promise<[T, AfterCommit]>): Promise<T> => {
    const [result, after] = await db.transaction(work);
    await announce(after);
    return result;
  };

  async function backToWaiting(
    tx: Queryable,
    row: Job,
    end: { by: 'lost'; why: string } | { by: 'fault'; why: string; restMs: number } | { by: 'release' },
  ): Promise<AfterCommit> {
    const [now] = await tx
      .update(job)
      .set({
        leaseEndsAt: null,
        runAfter: inMs(end.by === 'fault' ? end.restMs : 0),
        ...(end.by === 'lost' ? {} : { worker: null }),
        ...(end.by === 'release' ? { attempts: row.attempts - 1 } : { lastError: end.why }),
      })
      .where(eq(job.id, row.id))
      .returning();
    await wake(tx);
    return kindOf(row).waiting(tx, now ?? row);
  }

  async function giveUp(tx: Queryable, row: Job, why: string): Promise<AfterCommit> {
    const [now] = await tx
      .update(job)
      .set({ leaseEndsAt: null, failedAt: sql`clock_timestamp()`, lastError: why })
      .where(eq(job.id, row.id))
      .returning();
    return kindOf(row).failed(tx, now ?? row);
  }

  async function recover(): Promise<number> {
    for (let recovered = 0; ; recovered += 1) {
      const found = await step(async (tx) => {
        const [lost] = await tx
          .select()
          .from(job)
          .where(and(open, lt(job.leaseEndsAt, sql`clock_timestamp()`)))
          .limit(1)
          .for('update', { skipLocked: true });
        if (!lost) return [false, nothing];
        const why = `The worker ${lost.worker ?? ''} stopped answering during attempt ${lost.attempts}.`;
        const after =
          lost.attempts >= attempts ? await giveUp(tx, lost, why) : await backToWaiting(tx, lost, { by: 'lost', why });
        return [true, after];
      });
      if (!found) return recovered;
    }
  }

  async function take(worker: string, kinds: KindName[]): Promise<Job | null> {
    const taken = await step(async (tx): Promise<[Job | 'none' | 'obsolete', AfterCommit]> => {
      const [next] = await tx
        .select({ id: job.id })
        .from(job)
        .where(and(open, inArray(job.kind, kinds), isNull(job.leaseEndsAt), lt(job.runAfter, sql`clock_timestamp()`)))
        .orderBy(sql`${job.priority} desc`, job.runAfter, job.createdAt)
        .limit(1)
        .for('update', { skipLocked: true });
      if (!next) return ['none', nothing];
      const [leased] = await tx
        .update(job)
        .set({
          lease: randomUUID(),
          worker,
          leasedAt: sql`clock_timestamp()`,
          leaseEndsAt: inMs(leaseMs),
          attempts: sql`${job.attempts} + 1`,
        })
        .where(eq(job.id, next.id))
        .returning();
      if (!leased) return ['none', nothing];
      const after = await kindOf(leased).leased(tx, leased);
      if (after) return [leased, after];
      await tx
        .update(job)
        .set({ failedAt: sql`clock_timestamp()`, leaseEndsAt: null, lastError: 'What this job was for was deleted.' })
        .where(eq(job.id, leased.id));
      return ['obsolete', nothing];
    });
    if (taken === 'obsolete') return take(worker, kinds);
    return taken === 'none' ? null : taken;
  }

  /** Milliseconds until some job of these kinds becomes due: its rest ends, or its lease runs out. */
  async function nextDueMs(kinds: KindName[]): Promise<number> {
    const [row] = await db
      .select({
        ms: sql<
          number | null
        >`(extract(epoch from min(coalesce(${job.leaseEndsAt}, ${job.runAfter})) - clock_timestamp()) * 1000)::float8`,
      })
      .from(job)
      .where(and(open, inArray(job.kind, kinds)));
    return Math.min(lookEachMs, Math.max(1, Math.ceil((row?.ms ?? lookEachMs) + 1)));
  }

  /** The job of a call, locked, and whether its lease still holds it. */
  async function heldRow(
    tx: Queryable,
    jobId: string,
    lease: string,
  ): Promise<{ row: Job; holds: boolean } | 'outdated-lease' | 'not-found'> {
    const [row] = await tx.select().from(job).where(eq(job.id, jobId)).for('update');
    if (!row) return 'not-found';
    if (row.lease !== lease) return 'outdated-lease';
    return { row, holds: row.worker !== null && row.doneAt === null && row.failedAt === null };
  }

  return {
    add: addJob,

    async lease(worker, asked, waitMs, gone) {
      const kinds = asked.filter((kind) => options.kinds[kind] !== undefined);
      const until = Date.now() + waitMs;
      for (;;) {
        if (gone?.aborted === true || bell.closed) return null;
        const rung = bell.next();
        await recover();
        const taken = await take(worker, kinds);
        if (taken) return taken;
        const left = until - Date.now();
        if (left <= 0) return null;
        await rung.within(Math.min(left, await nextDueMs(kinds)), gone);
      }
    },

    async held(jobId, lease) {
      return db.transaction(async (tx) => {
        const found = await heldRow(tx, jobId, lease);
        if (typeof found === 'string') return found;
        return found.holds ? found.row : 'outdated-lease';
      });
    },

    async heartbeat(jobId, lease, progress) {
      const [row] = await db
        .update(job)
        .set({ leaseEndsAt: inMs(leaseMs) })
        .where(and(eq(job.id, jobId), eq(job.lease, lease), open, isNotNull(job.worker)))
        .returning();
      if (!row) {
        const [known] = await db.select({ id: job.id }).from(job).where(eq(job.id, jobId));
        return known ? 'outdated-lease' : 'not-found';
      }
      if (progress) await kindOf(row).progress(row, progress);
      return 'counted';
    },

    finish: (jobId, lease, report) =>
      step(async (tx): Promise<[Finished, AfterCommit]> => {
        const found = await heldRow(tx, jobId, lease);
        if (typeof found === 'string') return [found, nothing];
        if (!found.holds) return ['known', nothing];
        const { row } = found;
        const kind = kindOf(row);
        if (!kind.takes(report)) return ['unfit', nothing];
        const { retryBecause, after } = await kind.finished(tx, row, report);
        if (retryBecause === null) {
          await tx
            .update(job)
            .set({ doneAt: sql`clock_timestamp()`, leaseEndsAt: null })
            .where(eq(job.id, row.id));
          return ['counted', after];
        }
        const then =
          row.attempts >= attempts
            ? await giveUp(tx, row, retryBecause)
            : await backToWaiting(tx, row, { by: 'fault', why: retryBecause, restMs: backoffMs(row.attempts) });
        return ['counted', then];
      }),

    release: (jobId, lease) =>
      step(async (tx): Promise<[Called, AfterCommit]> => {
        const found = await heldRow(tx, jobId, lease);
        if (typeof found === 'string') return [found, nothing];
        if (!found.holds) return ['known', nothing];
        return ['counted', await backToWaiting(tx, found.row, { by: 'release' })];
      }),

    recover,

    async close() {
      clearInterval(timer);
      bell.close();
      // With the database away neither may ever answer; the client's own end closes the subscription as well.
      const unlistened = (async () => (await listening)?.unlisten())().catch(() => undefined);
      await Promise.race([unlistened, delay(closeWithinMs, undefined, { ref: false })]);
    },
  };
}

/** What `Queue.add` does; commands that have no queue of their own add jobs too. */
export async function addJob(tx: Queryable, kind: KindName, payload: object, priority = 0): Promise<string> {
  const [row] = await tx.insert(job).values({ kind, payload, priority }).returning({ id: job.id });
  if (!row) throw new Error('a job was not kept');
  await wake(tx);
  return row.id;
}

/** Takes a job out of the queue for good. A worker that runs it learns so at its next call, and drops it. */
export async function dropJob(tx: Queryable, jobId: string): Promise<void> {
  await tx.delete(job).where(eq(job.id, jobId));
}

/** Delivered to every server process when the transaction commits. */
async function wake(tx: Queryable): Promise<void> {
  await tx.execute(sql`select pg_notify(${channel}, '')`);
}
