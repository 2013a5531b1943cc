/** A class with one graded assignment on a real server, real workers, and students who hand in over HTTP. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { eq } from 'drizzle-orm';
import { assignmentDetail, minute, type AssignmentPush } from '@nbpulse/schema/wire';
import { run, submission } from '@nbpulse/schema/db';
import type { Database } from '../src/database/index.js';
import { makeWorkerToken } from '../src/queue/index.js';
import { makeClass, makeTeacher } from './ingest-class.js';

const workerScript = fileURLToPath(new URL('../src/worker.js', import.meta.url));

export interface WorkerProcess {
  child: ChildProcess;
  pid: number;
  /** All that it has printed. */
  said(): string;
  /** SIGTERM drains. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/**
 * Resolves when it has an engine.
 * @param script default: the compiled one beside this file
 * @throws when it ends first: what it said
 */
export async function startWorker(
  options: { server: string; token: string; env?: NodeJS.ProcessEnv },
  script: string = workerScript,
): Promise<WorkerProcess> {
  const { DATABASE_URL: _, ...env } = process.env;
  const child = spawn(process.execPath, [script], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...env, ...options.env, NBPULSE_SERVER: options.server, NBPULSE_WORKER_TOKEN: options.token },
  });
  let said = '';
  const exited = once(child, 'exit');
  await new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        if (said.includes(' grades for ')) resolve();
        if (said.includes('Grading is off')) {
          reject(new Error(said));
        }
      });
    }
    child.once('exit', (code) => reject(new Error(`the worker ended with ${String(code)}: ${said}`)));
  }).catch(async (error: unknown) => {
    child.kill('SIGKILL');
    await exited;
    throw error;
  });
  return {
    child,
    pid: child.pid ?? 0,
    said: () => said,
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      if (child.exitCode === null && child.signalCode === null) await exited;
    },
  };
}

export interface GradedClass {
  lab: string;
  /** A student's token each. */
  tokens: string[];
  workerToken: string;
}

/** Makes it; the assignment's tests are not yet checked: that is a worker's first job. */
export async function makeGradedClass(
  db: Database,
  server: string,
  students: number,
  push: AssignmentPush,
): Promise<GradedClass & { checked(): Promise<void> }> {
  const made = await makeClass(db, { students, labs: 1 });
  const lab = made.labs[0] ?? '';
  const cookie = await makeTeacher(db, server, made.course);
  const ask = async (method: string, path: string, json?: unknown): Promise<unknown> => {
    const reply = await fetch(`${server}/api/v1${path}`, {
      method,
      headers: { cookie, origin: server, 'content-type': 'application/json' },
      body: json === undefined ? null : JSON.stringify(json),
    });
    if (!reply.ok) throw new Error(`${method} ${path} answered ${reply.status}: ${await reply.text()}`);
    return reply.status === 204 ? null : reply.json();
  };
  const { slug } = push.manifest;
  await ask('POST', `/courses/${made.course}/assignments`, push);
  await ask('PUT', `/labs/${lab}/assignments/${slug}`);
  return {
    lab,
    tokens: made.tokens,
    workerToken: await makeWorkerToken(db, `bench-${randomUUID().slice(0, 8)}`),
    async checked() {
      for (const until = performance.now() + 2 * minute; ;) {
        const found = assignmentDetail.parse(await ask('GET', `/courses/${made.course}/assignments/${slug}`));
        if (found.check === 'passed') return;
        const isLate = performance.now() > until;
        if (isLate || found.check !== 'waiting') throw new Error(`the check of the tests: ${JSON.stringify(found)}`);
        await delay(50);
      }
    },
  };
}

/** A hand-in as the panel does it: the same id again until the server has answered. @returns its id */
export async function handIn(
  server: string,
  token: string,
  work: { filename: string; bytes: Uint8Array<ArrayBuffer> },
): Promise<string> {
  const id = randomUUID();
  for (let pauseMs = 50; ; pauseMs = Math.min(1_000, pauseMs * 2)) {
    const reply = await fetch(`${server}/api/v1/me/submissions?assignment=bench`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'x-nbpulse-id': id,
        'x-nbpulse-filename': encodeURIComponent(work.filename),
      },
      body: work.bytes,
    }).catch(() => null);
    const status = reply?.status ?? 503;
    const text = (await reply?.text().catch(() => '')) ?? '';
    if (status === 201) return id;
    if (status < 500 && status !== 429) throw new Error(`a hand-in was answered with ${status}: ${text}`);
    await delay(pauseMs);
  }
}

export interface Counted {
  submission: string;
  receivedAt: Date;
  endedAt: Date | null;
  outcome: string | null;
  points: number | null;
  report: unknown;
}

/** Every run of the lab's submissions, as the database has them. */
export async function countedRuns(db: Database, lab: string): Promise<Counted[]> {
  return db
    .select({
      submission: submission.id,
      receivedAt: submission.receivedAt,
      endedAt: run.endedAt,
      outcome: run.outcome,
      points: run.points,
      report: run.report,
    })
    .from(submission)
    .leftJoin(run, eq(run.submissionId, submission.id))
    .where(eq(submission.labId, lab));
}
