/** What workers call. Everything about a job carries its lease; an outdated one gets 409 and the worker drops the job. */
import { z } from 'zod';
import {
  checkPayload,
  executedNotebookBytes,
  finish,
  gradePayload,
  heartbeat,
  heartbeatReply,
  jobData,
  jobSuite,
  leasedJob,
  leaseRequest,
  limits,
  MiB,
  notebookRunLimits,
  release,
  solutionPayload,
  trialPayload,
  type GradePayload,
  type LeasedJob,
  type SolutionPayload,
  type TrialPayload,
} from '@nbpulse/schema/wire';
import { defineRoute, ProblemReply, refuse, type Route } from '../http/index.js';
import type { Finished, Job, Queue } from './queue.js';

export interface WorkerDeps {
  queue: Queue;
  /** What a run needs, by its job's payload. Null when it is gone. */
  files: {
    suite(payload: Pick<GradePayload, 'assignmentId' | 'version'>): Promise<z.input<typeof jobSuite> | null>;
    notebook(payload: GradePayload): Promise<Uint8Array<ArrayBuffer> | null>;
  };
  /** The same for a trial: the visible part of the suite, never more. */
  trialFiles: {
    suite(payload: TrialPayload): Promise<z.input<typeof jobSuite> | null>;
    notebook(payload: TrialPayload): Promise<Uint8Array<ArrayBuffer> | null>;
  };
  /** The same for a run of an author's notebook. */
  authorFiles: {
    data(payload: SolutionPayload): Promise<z.input<typeof jobData> | null>;
    notebook(payload: SolutionPayload): Promise<Uint8Array<ArrayBuffer> | null>;
  };
  /** Keeps the executed notebook of a grade job that is held. `unfit`: the job has none, or the bytes are none. */
  keepExecuted: (row: Job, bytes: Uint8Array<ArrayBuffer>) => Promise<Exclude<Finished, 'known'>>;
}

const tag = 'Workers';
const jobParams = z.object({ job: z.uuid() });
const leaseQuery = z.object({ lease: z.uuid() });

const outdated = () =>
  refuse(409, 'outdated-lease', 'This lease is over: the job was given to another worker, or is finished. Drop it.');
const noJob = () => refuse(404, 'not-found', 'There is no such job. Drop it.');
const gone = () => refuse(410, 'not-found', 'What this job needs was deleted. Drop it.');

const unfit = () => refuse(422, 'invalid', 'This is no report of a job of this kind. Update the worker.');

const answer = (called: Finished): ProblemReply | undefined => {
  switch (called) {
    case 'counted':
    case 'known':
      return undefined;
    case 'outdated-lease':
      return outdated();
    case 'not-found':
      return noJob();
    case 'unfit':
      return unfit();
    default:
      return called satisfies never;
  }
};

/** As workers see it; null for kinds that no worker takes. */
function leasedJobOf(row: Job, lease: string): LeasedJob | null {
  const common = { id: row.id, lease, leaseMs: limits.workerLeaseMs, attempt: row.attempts };
  switch (row.kind) {
    case 'grade':
      return { ...common, kind: row.kind, payload: gradePayload.parse(row.payload) };
    case 'trial':
      return { ...common, kind: row.kind, payload: trialPayload.parse(row.payload) };
    case 'check':
      return { ...common, kind: row.kind, payload: checkPayload.parse(row.payload) };
    case 'solution':
      return { ...common, kind: row.kind, payload: solutionPayload.parse(row.payload) };
    case 'score':
    case 'schedule':
      return null;
    default:
      return row.kind satisfies never;
  }
}

export function workerRoutes({ queue, files, trialFiles, authorFiles, keepExecuted }: WorkerDeps): Route[] {
  const held = async (jobId: string, lease: string): Promise<Job | ProblemReply> => {
    const row = await queue.held(jobId, lease);
    return row === 'outdated-lease' ? outdated() : row === 'not-found' ? noJob() : row;
  };
  return [
    defineRoute(
      {
        method: 'post',
        path: '/worker/lease',
        access: 'worker',
        summary: 'Wait for a job',
        tag,
        body: leaseRequest,
        deadlineMs: null,
        reply: leasedJob,
        replies: 'The job, or 204 when none came in time',
      },
      async ({ body, context }) => {
        const { signal } = context.req.raw;
        const row = await queue.lease(body.worker, body.kinds, body.waitMs, signal);
        if (row?.lease == null) return new Response(null, { status: 204 });
        if (signal.aborted) {
          // The worker went away while the job was leased to it: nobody would hear of it until the lease runs out.
          await queue.release(row.id, row.lease);
          return new Response(null, { status: 204 });
        }
        return leasedJobOf(row, row.lease) ?? new Response(null, { status: 204 });
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/worker/jobs/{job}/suite',
        access: 'worker',
        summary: 'The manifest and files of the version that the job runs',
        tag,
        params: jobParams,
        query: leaseQuery,
        reply: jobSuite,
      },
      async ({ params, query }) => {
        const row = await held(params.job, query.lease);
        if (row instanceof ProblemReply) return row;
        if (row.kind === 'trial') return (await trialFiles.suite(trialPayload.parse(row.payload))) ?? gone();
        if (row.kind !== 'grade' && row.kind !== 'check') return noJob();
        const payload = row.kind === 'check' ? checkPayload.parse(row.payload) : gradePayload.parse(row.payload);
        return (await files.suite(payload)) ?? gone();
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/worker/jobs/{job}/data',
        access: 'worker',
        summary: 'The files that stand beside an author’s notebook: data of the lab’s assignments',
        tag,
        params: jobParams,
        query: leaseQuery,
        reply: jobData,
      },
      async ({ params, query }) => {
        const row = await held(params.job, query.lease);
        if (row instanceof ProblemReply) return row;
        if (row.kind !== 'solution') return noJob();
        return (await authorFiles.data(solutionPayload.parse(row.payload))) ?? gone();
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/worker/jobs/{job}/notebook',
        access: 'worker',
        summary: 'The exact bytes that were handed in or uploaded',
        tag,
        params: jobParams,
        query: leaseQuery,
        replies: 'The bytes',
      },
      async ({ params, query }) => {
        const row = await held(params.job, query.lease);
        if (row instanceof ProblemReply) return row;
        if (row.kind === 'check') return noJob();
        const bytes =
          row.kind === 'solution'
            ? await authorFiles.notebook(solutionPayload.parse(row.payload))
            : row.kind === 'trial'
              ? await trialFiles.notebook(trialPayload.parse(row.payload))
              : await files.notebook(gradePayload.parse(row.payload));
        return bytes === null
          ? gone()
          : new Response(bytes, { headers: { 'content-type': 'application/octet-stream' } });
      },
    ),
    defineRoute(
      {
        method: 'put',
        path: '/worker/jobs/{job}/executed',
        access: 'worker',
        summary: 'The executed notebook of a grade job, before its report; a second one takes the place of the first',
        tag,
        params: jobParams,
        query: leaseQuery,
        bytes: { maxBytes: executedNotebookBytes, what: 'An executed notebook' },
      },
      async ({ params, query, bytes }) => {
        const row = await held(params.job, query.lease);
        return row instanceof ProblemReply ? row : answer(await keepExecuted(row, bytes));
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/worker/jobs/{job}/heartbeat',
        access: 'worker',
        summary: 'Keep the lease, and tell how far the run is',
        tag,
        params: jobParams,
        body: heartbeat,
        reply: heartbeatReply,
      },
      async ({ params, body }) =>
        answer(await queue.heartbeat(params.job, body.lease, body.progress)) ?? { cancel: false },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/worker/jobs/{job}/finish',
        access: 'worker',
        summary: 'Hand in the report. Counted once; a second call with the same lease changes nothing',
        tag,
        params: jobParams,
        body: finish,
        // 2,000 tests with messages of 24 kB would be more; a report is cut by the sandbox to fit, and so are an author's values.
        maxBytes: notebookRunLimits.valuesBytes + 4 * MiB,
      },
      async ({ params, body }) => answer(await queue.finish(params.job, body.lease, body.report)),
    ),
    defineRoute(
      {
        method: 'post',
        path: '/worker/jobs/{job}/release',
        access: 'worker',
        summary: 'Give the job back; the attempt does not count',
        tag,
        params: jobParams,
        body: release,
      },
      async ({ params, body }) => answer(await queue.release(params.job, body.lease)),
    ),
  ];
}
