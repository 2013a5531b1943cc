/**
 * One leased job from download to delivered report. States: *downloading* → *running* (in the sandbox, heartbeats go on) →
 * *delivering* (the report is kept until the server has it). A lease that is lost ends it in any state: the sandbox is
 * aborted, nothing is delivered. `stop` ends it as well, and gives the job back.
 */
import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  limits,
  second,
  type CheckJob,
  type CheckReport,
  type GradeJob,
  type JobReport,
  type LeasedJob,
  type NotebookReport,
  type RunProgress,
  type RunReport,
  type SolutionJob,
  type TrialJob,
} from '@nbpulse/schema/wire';
import type { Answer, ServerCalls } from './server-calls.js';
import type { SuiteShelf } from './suite-shelf.js';

/** What a run tells before its report. */
interface Told {
  onProgress: (progress: RunProgress) => void;
  /** Of what was handed in. */
  onExecuted?: (notebook: Uint8Array) => void;
}

/** Runs one submission. Rejects only with the signal's reason. */
export type Grade = (
  request: { notebook: Uint8Array; filename: string } & Awaited<ReturnType<SuiteShelf['take']>>,
  watch: { signal: AbortSignal } & Told,
) => Promise<RunReport>;

/** Runs an author's notebook for what it sends. Rejects only with the signal's reason. */
export type Recording = (
  request: { notebook: Uint8Array; filename: string; data: { path: string; bytes: Uint8Array }[] },
  watch: { signal: AbortSignal },
) => Promise<NotebookReport>;

/** Checks a pushed suite. Rejects only with the signal's reason. */
export type Checking = (
  request: Awaited<ReturnType<SuiteShelf['take']>>,
  watch: { signal: AbortSignal; onProgress: (progress: RunProgress) => void },
) => Promise<CheckReport>;

export interface JobRunDeps {
  calls: ServerCalls;
  shelf: SuiteShelf;
  grade: Grade;
  record: Recording;
  check: Checking;
  say: (line: string) => void;
}

/** Progress is told at once, but not more often than this. */
const progressEachMs = 300;
const firstPauseMs = 250;
const longestPauseMs = 15 * second;

class LeaseLost extends Error {}
class Stopped extends Error {}

/** `host-fault`: delivered, but as a fault of this host or of the suite: the engine may be broken. */
export type JobEnd = 'delivered' | 'host-fault' | 'dropped' | 'released';

export async function runJob(deps: JobRunDeps, job: LeasedJob, stop: AbortSignal): Promise<JobEnd> {
  const { calls, say } = deps;
  const ended = new AbortController();
  const onStop = (): void => ended.abort(new Stopped());
  stop.addEventListener('abort', onStop, { once: true });
  if (stop.aborted) onStop();
  const beat = heartbeats(calls, job, (message) => ended.abort(new LeaseLost(message)));
  try {
    const executed: Uint8Array[] = [];
    const onExecuted = (bytes: Uint8Array): void => void executed.push(bytes);
    const report = await reportOf(deps, job, ended.signal, { onProgress: beat.progress, onExecuted });
    ended.signal.throwIfAborted();
    // From here on a stop may not lose the verdict: only the server's word ends the delivery.
    for (const bytes of executed) await bringExecuted(calls, job, bytes, say);
    await deliver(calls, job, report);
    say(`job ${job.id}: ${report.outcome}, ${gistOf(report)}`);
    return report.outcome === 'sandbox-error' ? 'host-fault' : 'delivered';
  } catch (error) {
    if (error instanceof Stopped) {
      await calls.release(job);
      say(`job ${job.id}: given back`);
      return 'released';
    }
    if (error instanceof LeaseLost) {
      say(`job ${job.id}: dropped. ${error.message}`);
      return 'dropped';
    }
    throw error;
  } finally {
    stop.removeEventListener('abort', onStop);
    await beat.end();
  }
}

const gistOf = (report: JobReport): string =>
  'tests' in report
    ? `${String(report.points)} of ${String(report.maxPoints)} points`
    : 'check' in report
      ? `${String(report.check?.findings.length ?? 0)} findings`
      : `${String(report.sent.length)} questions sent`;

function reportOf(deps: JobRunDeps, job: LeasedJob, signal: AbortSignal, told: Told): Promise<JobReport> {
  switch (job.kind) {
    case 'grade':
      return gradeReport(deps, job, signal, told);
    case 'trial':
      return gradeReport(deps, job, signal, { onProgress: told.onProgress });
    case 'check':
      return suiteReport(deps, job, signal, told.onProgress);
    case 'solution':
      return notebookReport(deps, job, signal);
    default:
      return job satisfies never;
  }
}

async function gradeReport(
  { calls, shelf, grade }: JobRunDeps,
  job: GradeJob | TrialJob,
  signal: AbortSignal,
  told: Told,
): Promise<RunReport> {
  const suite = await shelf.take(job, () => untilAnswered(() => calls.suite(job, signal), signal));
  const notebook = await wholeNotebook(calls, job, signal);
  return grade({ ...suite, notebook, filename: job.payload.filename }, { signal, ...told });
}

/** One that the server does not take is left behind: it is for looking at, and the report counts without it. */
async function bringExecuted(
  calls: ServerCalls,
  job: LeasedJob,
  notebook: Uint8Array,
  say: JobRunDeps['say'],
): Promise<void> {
  const why = await untilAnswered<string | null>(async () => {
    const answer = await calls.executed(job, notebook);
    return answer.is === 'refused' ? { is: 'done', value: answer.message } : answer;
  });
  if (why !== null) say(`job ${job.id}: the executed notebook was not taken. ${why}`);
}

async function suiteReport(
  { calls, check }: JobRunDeps,
  job: CheckJob,
  signal: AbortSignal,
  onProgress: (progress: RunProgress) => void,
): Promise<CheckReport> {
  const suite = await untilAnswered(() => calls.suite(job, signal), signal);
  return check(suite, { signal, onProgress });
}

async function notebookReport(
  { calls, record }: JobRunDeps,
  job: SolutionJob,
  signal: AbortSignal,
): Promise<NotebookReport> {
  const { files } = await untilAnswered(() => calls.data(job, signal), signal);
  const notebook = await wholeNotebook(calls, job, signal);
  const data = files.map(({ path, b64 }) => ({ path, bytes: Buffer.from(b64, 'base64') }));
  return record({ notebook, filename: job.payload.filename, data }, { signal });
}

async function wholeNotebook(
  calls: ServerCalls,
  job: GradeJob | TrialJob | SolutionJob,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const notebook = await untilAnswered(() => calls.notebook(job, signal), signal);
  if (createHash('sha256').update(notebook).digest('hex') !== job.payload.sha256) {
    // The lease runs out by itself and the attempt counts: a damaged blob must not go round for ever.
    throw new LeaseLost('The notebook that arrived has another sha256 than the one handed in.');
  }
  return notebook;
}

/** Asks until the server answers; a refusal means that the job is no longer ours. */
async function untilAnswered<T>(ask: () => Promise<Answer<T>>, ended?: AbortSignal): Promise<T> {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, pauseMs * 2)) {
    const answer = await ask();
    ended?.throwIfAborted();
    if (answer.is === 'done') return answer.value;
    if (answer.is === 'refused') throw new LeaseLost(answer.message);
    try {
      await delay(pauseMs * (0.5 + Math.random()), undefined, ended ? { signal: ended } : {});
    } catch {
      ended?.throwIfAborted();
    }
  }
}

/** Until the server has it. A report that the server does not take is told as our fault, so that staff hear of it. */
async function deliver(calls: ServerCalls, job: LeasedJob, report: JobReport): Promise<void> {
  const taken = await untilAnswered<string | null>(async () => {
    const answer = await calls.finish(job, report);
    const unfit = answer.is === 'refused' && [400, 413, 422].includes(answer.status);
    return unfit ? { is: 'done' as const, value: answer.message } : answer;
  });
  if (taken === null) return;
  const why = `The server did not take the report of this run: ${taken}`.slice(0, 1_900);
  const fault: JobReport =
    'tests' in report
      ? {
          ...report,
          outcome: 'sandbox-error',
          points: 0,
          tests: [],
          reason: undefined,
          output: undefined,
          staffReason: why,
        }
      : 'check' in report
        ? { ...report, outcome: 'sandbox-error', check: null, reason: why }
        : { ...report, outcome: 'sandbox-error', sent: [], failed: [], reason: why };
  await untilAnswered(() => calls.finish(job, fault));
}

/** Keeps the lease while a job runs. One call at a time; a server that is away is no reason to stop the run. */
function heartbeats(calls: ServerCalls, job: LeasedJob, lost: (message: string) => void) {
  let latest: RunProgress | undefined;
  let told: RunProgress | undefined;
  let over = false;
  let wakeUp = (): void => undefined;

  const loop = async (): Promise<void> => {
    let sentAt = performance.now();
    while (!over) {
      const fresh = latest !== told;
      const dueMs = (fresh ? progressEachMs : limits.workerHeartbeatMs) - (performance.now() - sentAt);
      if (dueMs > 0) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, dueMs);
          wakeUp = () => {
            clearTimeout(timer);
            resolve();
          };
        });
        continue;
      }
      sentAt = performance.now();
      const sending = latest;
      const answer = await calls.heartbeat(job, sending);
      if (answer.is === 'done') {
        told = sending;
        if (answer.value.cancel) lost('The server cancelled it.');
      }
      if (answer.is === 'refused') {
        lost(answer.message);
        return;
      }
    }
  };
  const running = loop();
  return {
    progress: (progress: RunProgress): void => {
      latest = progress;
      wakeUp();
    },
    end: async (): Promise<void> => {
      over = true;
      wakeUp();
      await running;
    },
  };
}
