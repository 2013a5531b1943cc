import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { submissionView, type SubmissionView } from '@nbpulse/schema/wire';
import { job } from '@nbpulse/schema/db';
import { passChecks } from '../../test/checked.js';
import { useClassroom, type Student } from '../../test/classroom.js';
import { doubling, notebook, report } from '../../test/course-work.js';
import { listen, until, type Listening } from '../../test/listen.js';
import type { Checking, Grade, Recording } from './job-run.js';
import { serverCalls } from './server-calls.js';
import { workerSettings } from './settings.js';
import { suiteShelf } from './suite-shelf.js';
import { workerLoop, type WorkerLoopDeps } from './worker-loop.js';

const room = useClassroom();
let server: Listening;
let student: Student;
let token: string;

beforeAll(async () => {
  server = await listen(room.app);
  const worker = await room.worker();
  token = worker.token;
  await room.owner.post(`/courses/${room.course}/assignments`, doubling());
  await passChecks(worker);
  await room.owner.request('PUT', `/labs/${room.lab.id}/assignments/doubling`);
  student = await room.join('Ada');
});
afterAll(() => server.goAway());

const running: { stop: AbortController; ended: Promise<unknown> }[] = [];
afterEach(async () => {
  for (const worker of running.splice(0)) {
    worker.stop.abort();
    await worker.ended;
  }
});

const noCheck: Checking = () => Promise.reject(new Error('no check was expected'));
const noRecording: Recording = () => Promise.reject(new Error('no author’s notebook was expected'));

/** A worker in this process, with the grading given. */
function work(grade: Grade | { none: string }, settings: Partial<WorkerLoopDeps['settings']> = {}, with_token = token) {
  const stop = new AbortController();
  const said: string[] = [];
  let opened = 0;
  const ended = workerLoop({
    settings: { untilIdleMs: null, maxTimeMs: null, maxJobs: null, ...settings },
    calls: serverCalls({ server: server.url, token: with_token, name: 'test' }),
    shelf: suiteShelf(),
    openEngine: () => {
      opened += 1;
      return Promise.resolve(
        'none' in grade ? grade : { grade, record: noRecording, check: noCheck, close: () => Promise.resolve() },
      );
    },
    stop: stop.signal,
    say: (line) => said.push(line),
  });
  running.push({ stop, ended });
  return { stop, said, ended, opened: () => opened };
}
const submit = async (): Promise<string> => {
  const id = randomUUID();
  const response = await student.upload('/me/submissions?assignment=doubling', notebook([id]), id);
  expect(response.status).toBe(201);
  return id;
};
const view = async (id: string): Promise<SubmissionView> =>
  submissionView.parse(await (await student.get(`/me/submissions/${id}`)).json());
const inStatus = (id: string, status: SubmissionView['status'], withinMs?: number) =>
  until(`submission ${status}`, async () => ((await view(id)).status === status ? view(id) : null), withinMs);
const attemptsOf = async (id: string): Promise<number | undefined> =>
  (
    await room.database.db
      .select()
      .from(job)
      .where(sql`${job.payload} ->> 'submissionId' = ${id}`)
  )[0]?.attempts;
const executed = notebook(['executed'], [{ output_type: 'stream', name: 'stdout', text: 'ran' }]);

/** Grades when told to; rejects when aborted, as the sandbox does. */
function heldGrade() {
  let go = (): void => undefined;
  let begun = (): void => undefined;
  const gate = new Promise<void>((resolve) => (go = resolve));
  const started = new Promise<void>((resolve) => (begun = resolve));
  let aborted = 0;
  const grade: Grade = async (_, { signal, onProgress, onExecuted }) => {
    onProgress({ done: 1, total: 3 });
    onExecuted?.(executed);
    begun();
    const stopped = new Promise<never>((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        aborted += 1;
        reject(signal.reason as Error);
      });
    });
    await Promise.race([gate, stopped]);
    return report();
  };
  return { grade, go, started, aborted: () => aborted };
}

describe('a worker', () => {
  it('gets suite and exact bytes, tells progress, delivers the report', async () => {
    const seen: { manifest: string; paths: string[]; notebook: string; filename: string }[] = [];
    const held = heldGrade();
    const { said } = work((request, watch) => {
      const { manifest, files, notebook: bytes, filename } = request;
      seen.push({
        manifest: manifest.slug,
        paths: files.map((file) => file.path),
        notebook: Buffer.from(bytes).toString(),
        filename,
      });
      return held.grade(request, watch);
    });
    const id = await submit();
    await until('progress', async () => (await view(id)).progress);
    held.go();
    expect(await inStatus(id, 'done')).toMatchObject({ executed: true, result: { points: 2 } });
    const kept = await student.get(`/me/submissions/${id}/executed`);
    expect(new Uint8Array(await kept.arrayBuffer())).toEqual(executed);
    expect(seen).toEqual([
      {
        manifest: 'doubling',
        paths: ['template.ipynb', 'tests/test_double.py'],
        notebook: Buffer.from(notebook([id])).toString(),
        filename: 'doubling.ipynb',
      },
    ]);
    await until('the log line', () => Promise.resolve(said.some((line) => line.includes('completed, 2 of 3 points'))));
  });

  it('keeps a finished report while the server is away, and delivers it once', async () => {
    const held = heldGrade();
    const { said } = work(held.grade);
    const id = await submit();
    await held.started;
    await server.goAway();
    held.go();
    await server.comeBack();
    expect((await inStatus(id, 'done')).result).toMatchObject({ points: 2 });
    expect(await attemptsOf(id)).toBe(1);
    expect(said.join('\n')).not.toContain('dropped');
  });

  it('goes on when the server comes back', async () => {
    await server.goAway();
    const { said } = work(() => Promise.resolve(report()));
    await until('the worker saying so', () => Promise.resolve(said.some((line) => line.includes('away'))));
    await server.comeBack();
    const id = await submit();
    await inStatus(id, 'done');
  });

  it('aborts the sandbox when its lease is lost, and delivers nothing', async () => {
    const held = heldGrade();
    const { said } = work(held.grade, { maxJobs: 1 });
    const id = await submit();
    await held.started;
    await room.database.db
      .update(job)
      .set({ lease: randomUUID() })
      .where(sql`${job.payload} ->> 'submissionId' = ${id}`);
    await until('the abort', () => Promise.resolve(held.aborted() === 1));
    await until('the line', () => Promise.resolve(said.some((line) => line.includes('dropped'))));
    expect((await view(id)).result).toBeNull();
    await room.database.db
      .update(job)
      .set({ leaseEndsAt: new Date(0) })
      .where(sql`${job.payload} ->> 'submissionId' = ${id}`);
    work(() => Promise.resolve(report()));
    await inStatus(id, 'done');
    expect(await attemptsOf(id)).toBe(2);
  });

  it('told to stop gives its job back, uncounted, and ends', async () => {
    const held = heldGrade();
    const { stop, ended } = work(held.grade);
    const id = await submit();
    await held.started;
    stop.abort();
    expect(await ended).toBe('stopped');
    expect(held.aborted()).toBe(1);
    expect(await attemptsOf(id)).toBe(0);
    expect((await view(id)).status).toBe('queued');
    work(() => Promise.resolve(report()));
    await inStatus(id, 'done');
  });

  it('told to stop lets a job that is nearly done end', async () => {
    const held = heldGrade();
    const { stop, ended } = work(held.grade);
    const id = await submit();
    await held.started;
    stop.abort();
    held.go();
    expect(await ended).toBe('stopped');
    expect((await view(id)).status).toBe('done');
  });

  it('that goes away while it waits for a job gets none', async () => {
    const waiting = new AbortController();
    const gone = fetch(`${server.url}/api/v1/worker/lease`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ worker: 'gone', kinds: ['grade'], waitMs: 30_000 }),
      signal: waiting.signal,
    }).catch(() => 'gone');
    const heard = serverCalls({ server: server.url, token, name: 'next' });
    // Answered after the first request was taken in: the first one waits by now.
    expect((await heard.lease(['grade'], 50, new AbortController().signal)).is).toBe('done');
    waiting.abort();
    expect(await gone).toBe('gone');
    const id = await submit();
    const leased = await heard.lease(['grade'], 10_000, new AbortController().signal);
    expect(leased).toMatchObject({ is: 'done', value: { payload: { submissionId: id }, attempt: 1 } });
    if (leased.is === 'done' && leased.value) await heard.finish(leased.value, report());
    await inStatus(id, 'done');
  });

  it('tells staff when the server does not take its report', async () => {
    const wrong = { ...report(), points: -1 };
    work(() => Promise.resolve(wrong), { maxJobs: 1 });
    const id = await submit();
    await inStatus(id, 'retrying');
    const staff = await (await room.owner.get(`/labs/${room.lab.id}/submissions/${id}`)).text();
    expect(staff).toContain('did not take the report');
    await room.database.db
      .update(job)
      .set({ runAfter: new Date(0) })
      .where(sql`${job.payload} ->> 'submissionId' = ${id}`);
    work(() => Promise.resolve(report()));
    await inStatus(id, 'done');
  });

  it('tests its engine after a fault of the host, before it takes the next job', async () => {
    const faulty = report({ outcome: 'sandbox-error', points: 0, tests: [], staffReason: 'the engine is gone' });
    const { opened } = work(() => Promise.resolve(faulty), { maxJobs: 1 });
    const id = await submit();
    await inStatus(id, 'retrying');
    await until('the second opening', () => Promise.resolve(opened() === 2));
    await room.database.db
      .update(job)
      .set({ runAfter: new Date(0) })
      .where(sql`${job.payload} ->> 'submissionId' = ${id}`);
    work(() => Promise.resolve(report()));
    await inStatus(id, 'done');
  });

  it('without an engine says why, and takes nothing', async () => {
    const id = await submit();
    const { said, stop, ended } = work({ none: 'Grading is off: no sandbox works here.' });
    await until('the line', () => Promise.resolve(said.length > 0));
    expect(said).toEqual(['Grading is off: no sandbox works here.']);
    stop.abort();
    expect(await ended).toBe('stopped');
    expect(await attemptsOf(id)).toBe(0);
    work(() => Promise.resolve(report()));
    await inStatus(id, 'done');
  });

  it('ends after its jobs, its time, or when idle; and when its token is refused', async () => {
    const done: Grade = () => Promise.resolve(report());
    const id = await submit();
    expect(await work(done, { maxJobs: 1 }).ended).toBe('max-jobs');
    expect((await view(id)).status).toBe('done');
    expect(await work(done, { untilIdleMs: 30 }).ended).toBe('idle');
    expect(await work(done, { maxTimeMs: 30 }).ended).toBe('max-time');
    const refused = work(done, {}, 'nbw_a-token-that-nobody-made');
    expect(await refused.ended).toBe('refused');
    expect(refused.said.join()).toContain('token');
  });
});

describe('a worker’s settings', () => {
  const env = { NBPULSE_SERVER: 'http://127.0.0.1:8420/', NBPULSE_WORKER_TOKEN: 'x'.repeat(40) };

  it('come from environment and flags', () => {
    expect(workerSettings(env, ['--until-idle', '5m', '--max-time', '55m', '--max-jobs', '3'])).toMatchObject({
      server: 'http://127.0.0.1:8420',
      untilIdleMs: 300_000,
      maxTimeMs: 3_300_000,
      maxJobs: 3,
    });
  });

  it.each([
    [{}, [], 'NBPULSE_SERVER'],
    [{ ...env, NBPULSE_SERVER: 'localhost' }, [], 'NBPULSE_SERVER'],
    [{ NBPULSE_SERVER: env.NBPULSE_SERVER }, [], 'NBPULSE_WORKER_TOKEN'],
    [env, ['--max-time', 'soon'], '--max-time'],
    [env, ['--max-jobs', '0'], '--max-jobs'],
    [env, ['--fast'], '--fast'],
  ])('that are wrong are told: %j %j', (given, argv, word) => {
    const settings = workerSettings(given, argv);
    expect('problems' in settings && settings.problems.join()).toContain(word);
  });
});
