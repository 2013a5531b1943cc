/** What a worker asks of its server. Each call has one of three ends: done; refused for good; or the server is away. */
import {
  heartbeatReply,
  jobData,
  jobSuite,
  leasedJob,
  minute,
  problem,
  second,
  type CheckJob,
  type GradeJob,
  type JobKind,
  type JobReport,
  type LeasedJob,
  type RunProgress,
  type SolutionJob,
  type TrialJob,
} from '@nbpulse/schema/wire';
import type { z } from 'zod';

export type Answer<T> =
  | { is: 'done'; value: T }
  /** 4xx: asking again gives the same. */
  | { is: 'refused'; status: number; message: string }
  /** No connection, 5xx or 429: ask again later. */
  | { is: 'away'; message: string };

export interface ServerCalls {
  /** @param kinds the jobs that this worker would begin now */
  lease(kinds: JobKind[], waitMs: number, stop: AbortSignal): Promise<Answer<LeasedJob | null>>;
  suite(job: GradeJob | TrialJob | CheckJob, stop: AbortSignal): Promise<Answer<z.infer<typeof jobSuite>>>;
  data(job: SolutionJob, stop: AbortSignal): Promise<Answer<z.infer<typeof jobData>>>;
  notebook(job: GradeJob | TrialJob | SolutionJob, stop: AbortSignal): Promise<Answer<Uint8Array>>;
  /** The executed notebook, before the report. */
  executed(job: LeasedJob, notebook: Uint8Array): Promise<Answer<null>>;
  heartbeat(job: LeasedJob, progress: RunProgress | undefined): Promise<Answer<{ cancel: boolean }>>;
  finish(job: LeasedJob, report: JobReport): Promise<Answer<null>>;
  release(job: LeasedJob): Promise<Answer<null>>;
}

const shortMs = 10 * second;
const transferMs = 2 * minute;

export function serverCalls(settings: { server: string; token: string; name: string }): ServerCalls {
  async function call<T>(
    path: string,
    read: (response: Response) => Promise<T>,
    asked: { body?: unknown; bytes?: Uint8Array; withinMs: number; stop?: AbortSignal },
  ): Promise<Answer<T>> {
    const timeout = AbortSignal.timeout(asked.withinMs);
    try {
      const response = await fetch(`${settings.server}/api/v1/worker/${path}`, {
        method: asked.bytes ? 'PUT' : asked.body === undefined ? 'GET' : 'POST',
        headers: {
          authorization: `Bearer ${settings.token}`,
          ...(asked.body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(asked.bytes ? { 'content-type': 'application/octet-stream' } : {}),
        },
        body: asked.bytes ? Buffer.from(asked.bytes) : asked.body === undefined ? null : JSON.stringify(asked.body),
        redirect: 'error',
        signal: asked.stop ? AbortSignal.any([asked.stop, timeout]) : timeout,
      });
      if (response.ok) return { is: 'done', value: await read(response) };
      const told = problem.safeParse(await response.json().catch(() => null));
      const message = told.success ? told.data.message : `the server answered ${String(response.status)}`;
      return response.status >= 500 || response.status === 429
        ? { is: 'away', message }
        : { is: 'refused', status: response.status, message };
    } catch (error) {
      return { is: 'away', message: reasonOf(error) };
    }
  }

  const at = (job: LeasedJob, what: string): string => `jobs/${job.id}/${what}`;
  const none = async (response: Response): Promise<null> => {
    await response.arrayBuffer();
    return null;
  };
  const json =
    <T>(shape: z.ZodType<T>) =>
    async (response: Response): Promise<T> =>
      shape.parse(await response.json());

  return {
    lease: (kinds, waitMs, stop) =>
      call('lease', async (response) => (response.status === 204 ? null : json(leasedJob)(response)), {
        body: { worker: settings.name, kinds, waitMs },
        withinMs: waitMs + shortMs,
        stop,
      }),
    suite: (job, stop) =>
      call(`${at(job, 'suite')}?lease=${job.lease}`, json(jobSuite), { withinMs: transferMs, stop }),
    data: (job, stop) => call(`${at(job, 'data')}?lease=${job.lease}`, json(jobData), { withinMs: transferMs, stop }),
    notebook: (job, stop) =>
      call(
        `${at(job, 'notebook')}?lease=${job.lease}`,
        async (response) => new Uint8Array(await response.arrayBuffer()),
        {
          withinMs: transferMs,
          stop,
        },
      ),
    executed: (job, notebook) =>
      call(`${at(job, 'executed')}?lease=${job.lease}`, none, { bytes: notebook, withinMs: transferMs }),
    heartbeat: (job, progress) =>
      call(at(job, 'heartbeat'), json(heartbeatReply), { body: { lease: job.lease, progress }, withinMs: shortMs }),
    finish: (job, report) =>
      call(at(job, 'finish'), none, { body: { lease: job.lease, report }, withinMs: transferMs }),
    release: (job) => call(at(job, 'release'), none, { body: { lease: job.lease }, withinMs: shortMs }),
  };
}

/** `fetch` hides why it failed in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message || error.message : error.message;
}
