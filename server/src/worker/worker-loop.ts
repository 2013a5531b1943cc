/**
 * The worker's life. States: *without engine* (says why, looks again each minute, leases nothing, so the server says that
 * grading is off); *waiting* (one long poll after the other, while fewer runs are under way than the engine takes at once: it
 * never holds a job that it can't run now); *full* (every place is taken); *away* (the server does not answer: pauses that grow);
 * *testing* (a run failed by a fault of the host: the others end, then the engine is opened anew); *draining* (told to stop: jobs
 * may end by themselves for a moment, then they are given back); *ended*.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { minute, second, type JobKind } from '@nbpulse/schema/wire';
import { runJob, type Checking, type Grade, type JobRunDeps, type Recording } from './job-run.js';
import { RunsUnderWay } from './runs-under-way.js';
import type { WorkerSettings } from './settings.js';

const pollMs = 25 * second;
/** While the last free place is kept from trials, the wait for a job is short: once another place is free, a trial may begin. */
const keptPollMs = second / 2;
const lookForEngineEachMs = 1 * minute;
/** How long an answer to a lease may still come after the worker was told to stop: a job that is on its way is given back. */
const lastAnswerMs = second / 2;
/** How long a job may still run after the worker was told to stop: most end in this time, and supervisors wait longer. */
const drainMs = 4 * second;
const longestPauseMs = 15 * second;

export interface OpenEngine {
  grade: Grade;
  record: Recording;
  check: Checking;
  /** How many jobs it runs at a time. Default 1. */
  atOnce?: number;
  close(): Promise<void>;
}

export interface WorkerLoopDeps extends Omit<JobRunDeps, 'grade' | 'record' | 'check'> {
  settings: Pick<WorkerSettings, 'untilIdleMs' | 'maxTimeMs' | 'maxJobs'>;
  /** Opens and tests an engine, or tells why there is none. Asked again until there is one, and after a fault of this host. */
  openEngine: () => Promise<OpenEngine | { none: string }>;
  /** Aborted by SIGTERM or SIGINT. */
  stop: AbortSignal;
}

/** Resolves when the worker is done; `refused` when the server does not take its token. */
export async function workerLoop(
  deps: WorkerLoopDeps,
): Promise<'stopped' | 'idle' | 'max-time' | 'max-jobs' | 'refused'> {
  const { calls, settings, stop, say } = deps;
  const began = performance.now();
  let engine = await engineOrStop(deps);

  // Jobs in hand outlive the signal by `drainMs`.
  const stopJob = new AbortController();
  const stopWaiting = new AbortController();
  const timers: NodeJS.Timeout[] = [];
  const onStop = (): void => {
    timers.push(
      setTimeout(() => stopWaiting.abort(), lastAnswerMs),
      setTimeout(() => stopJob.abort(), drainMs),
    );
  };
  stop.addEventListener('abort', onStop, { once: true });

  let jobs = 0;
  let pauseMs = second / 2;
  let awaySaid = false;
  const runs = new RunsUnderWay();
  try {
    for (;;) {
      runs.throwIfBroken();
      const isEnding = isAborted(stop) || engine === null;
      const isLast = settings.maxJobs !== null && jobs >= settings.maxJobs;
      const timeLeftMs = settings.maxTimeMs === null ? Infinity : settings.maxTimeMs - (performance.now() - began);
      const takesMore = !isEnding && !isLast && timeLeftMs > 0 && !runs.isSuspect();
      if (runs.count > 0 && (!takesMore || runs.count >= (engine?.atOnce ?? 1))) {
        await runs.next();
        continue;
      }
      if (isEnding || engine === null) return 'stopped';
      if (runs.isSuspect()) {
        // Were the engine gone, this worker would spend the attempts of the whole queue: it is tested before the next job.
        runs.trust();
        await engine.close();
        engine = null;
        engine = await engineOrStop(deps);
        continue;
      }
      if (isLast) return 'max-jobs';
      if (timeLeftMs <= 0) return 'max-time';
      const idleMs = runs.count > 0 ? 0 : performance.now() - runs.idleSinceMs;
      const idleLeftMs = settings.untilIdleMs === null ? Infinity : settings.untilIdleMs - idleMs;
      if (idleLeftMs <= 0) return 'idle';

      const kinds = kindsFor(runs.count, engine.atOnce ?? 1);
      const waitMs = Math.ceil(Math.min(kinds.includes('trial') ? pollMs : keptPollMs, timeLeftMs, idleLeftMs));
      const leased = await calls.lease(kinds, waitMs, stopWaiting.signal);
      if (leased.is === 'refused') {
        say(`The server refuses this worker: ${leased.message}`);
        return 'refused';
      }
      if (leased.is === 'away') {
        // An aborted wait looks the same; the loop's head tells.
        if (isAborted(stop)) continue;
        if (!awaySaid) say(`The server is away (${leased.message}); trying again until it answers.`);
        awaySaid = true;
        await delay(pauseMs, undefined, { signal: stop }).catch(() => undefined);
        pauseMs = Math.min(longestPauseMs, pauseMs * 2);
        continue;
      }
      if (awaySaid) say('The server answers again.');
      awaySaid = false;
      pauseMs = second / 2;
      if (leased.value === null) continue;
      // While this waited, another run may have failed by a fault of the host.
      if (isAborted(stop) || runs.isSuspect()) {
        await calls.release(leased.value);
        continue;
      }
      jobs += 1;
      const { grade, record, check } = engine;
      runs.add(runJob({ ...deps, grade, record, check }, leased.value, stopJob.signal));
    }
  } finally {
    for (const timer of timers) clearTimeout(timer);
    // There are some when the loop ended by a refusal or a fault: they are given back.
    if (runs.count > 0) stopJob.abort();
    await runs.all();
    stop.removeEventListener('abort', onStop);
    await engine?.close();
  }
}

const always: JobKind[] = ['grade', 'check', 'solution'];

/**
 * What may begin now. A trial never takes the last free place of a worker that has several: a submission that comes finds it free.
 * @example kindsFor(1, 2).includes('trial') // false: one of two places is taken
 */
export function kindsFor(underWay: number, atOnce: number): JobKind[] {
  return atOnce === 1 || underWay + 1 < atOnce ? [...always, 'trial'] : always;
}

/** A getter, so that the compiler does not believe an earlier answer. */
const isAborted = (signal: AbortSignal): boolean => signal.aborted;

async function engineOrStop({ openEngine, say, stop }: WorkerLoopDeps): Promise<OpenEngine | null> {
  for (let said = ''; !isAborted(stop);) {
    const opened = await openEngine();
    if ('grade' in opened) return opened;
    if (opened.none !== said) say(opened.none);
    said = opened.none;
    await delay(lookForEngineEachMs, undefined, { signal: stop }).catch(() => undefined);
  }
  return null;
}
