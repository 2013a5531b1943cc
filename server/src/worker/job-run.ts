/**
 * One leased job from download to delivered report. States: *downloading* → *running* (in the sandbox, heartbeats go on) →
 * *delivering* (the report is kept until the server has it). A lease that is lost ends it in any state: the sandbox is
 * aborted, nothing is delivered. `stop` ends it as well, and gives the job back.
 */
import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { limits, second, type LeasedJob, type RunProgress, type RunReport } from '@nbpulse/schema/wire';
import type { Answer, ServerCalls } from './server-calls.js';
import type { SuiteShelf } from './suite-shelf.js';

/** Runs one submission. Rejects only with the signal's reason. */
export type Grade = (
  request: { notebook: Uint8Array; filename: string } & Awaited<ReturnType<SuiteShelf['take']>>,
  watch: { signal: AbortSignal; onProgress: (progress: RunProgress) => void },
) => Promise<RunReport>;

export interface JobRunDeps {
  calls: ServerCalls;
  shelf: SuiteShelf;
  grade: Grade;
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
    const suite = await deps.shelf.take(job, () => untilAnswered(() => calls.suite(job, ended.signal), ended.signal));
    const notebook = await untilAnswered(() => calls.notebook(job, ended.signal), ended.signal);
    if (createHash('sha256').update(notebook).digest('hex') !== job.payload.sha256) {
      // The lease runs out by itself and the attempt counts: a damaged blob must not go round for ever.
      throw new LeaseLost('The notebook that arrived has another sha256 than the one handed in.');
    }
    const report = await deps.grade(
      { ...suite, notebook, filename: job.payload.filename },
      { signal: ended.signal, onProgress: beat.progress },
    );
    ended.signal.throwIfAborted();
    // From here on a stop may not lose the verdict: only the server's word ends the delivery.
    await deliver(calls, job, report);
    say(`job ${job.id}: ${report.outcome}, ${String(report.points)} of ${String(report.maxPoints)} points`);
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
async function deliver(calls: ServerCalls, job: LeasedJob, report: RunReport): Promise<void> {
  const taken = await untilAnswered<string | null>(async () => {
    const answer = await calls.finish(job, report);
    const unfit = answer.is === 'refused' && [400, 413, 422].includes(answer.status);
    return unfit ? { is: 'done' as const, value: answer.message } : answer;
  });
  if (taken === null) return;
  const fault: RunReport = {
    ...report,
    outcome: 'sandbox-error',
    points: 0,
    tests: [],
    reason: undefined,
    output: undefined,
    staffReason: `The server did not take the report of this run: ${taken}`.slice(0, 2_000),
  };
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
