import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { submissionView } from '@nbpulse/schema/wire';
import { passChecks } from '../../test/checked.js';
import { useClassroom, type Student } from '../../test/classroom.js';
import { doubling, notebook, report } from '../../test/course-work.js';
import { listen, until, type Listening } from '../../test/listen.js';
import type { Grade } from './job-run.js';
import { serverCalls } from './server-calls.js';
import { workerSettings } from './settings.js';
import { suiteShelf } from './suite-shelf.js';
import { workerLoop } from './worker-loop.js';

const room = useClassroom();
let server: Listening;
let token: string;
let student: Student;

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

/** Runs under way, each ended by hand, and the most that there were at a time. */
class Desk {
  readonly open = new Map<string, (faulty: boolean) => void>();
  most = 0;

  readonly grade: Grade = async ({ filename }, { signal }) => {
    const faulty = await new Promise<boolean>((resolve, reject) => {
      this.open.set(filename, resolve);
      this.most = Math.max(this.most, this.open.size);
      signal.addEventListener('abort', () => reject(signal.reason as Error));
    }).finally(() => this.open.delete(filename));
    return faulty ? report({ outcome: 'sandbox-error', points: 0, tests: [], staffReason: 'gone' }) : report();
  };

  /** The next that there is. */
  async end(faulty = false): Promise<void> {
    const [end] = await until('a run', () => Promise.resolve(this.open.size > 0 ? [...this.open.values()] : null));
    end?.(faulty);
  }
}

function work(desk: Desk, atOnce: number, maxJobs: number | null = null) {
  const stop = new AbortController();
  let opened = 0;
  const ended = workerLoop({
    settings: { untilIdleMs: null, maxTimeMs: null, maxJobs },
    calls: serverCalls({ server: server.url, token, name: 'test' }),
    shelf: suiteShelf(),
    openEngine: () => {
      opened += 1;
      const never = () => Promise.reject(new Error('no such job was expected'));
      return Promise.resolve({
        grade: desk.grade,
        record: never,
        check: never,
        atOnce,
        close: () => Promise.resolve(),
      });
    },
    stop: stop.signal,
    say: () => undefined,
  });
  running.push({ stop, ended });
  return { stop, ended, opened: () => opened };
}
const submit = async (): Promise<string> => {
  const id = randomUUID();
  const headers = { 'x-nbpulse-filename': `${id}.ipynb` };
  const response = await student.upload('/me/submissions?assignment=doubling', notebook([id]), id, headers);
  expect(response.status).toBe(201);
  return id;
};
const statusOf = async (id: string) =>
  submissionView.parse(await (await student.get(`/me/submissions/${id}`)).json()).status;
const statuses = async (ids: string[]) => (await Promise.all(ids.map(statusOf))).sort();
const submitSome = (count: number) => Promise.all(Array.from({ length: count }, submit));

describe('a worker that runs two jobs at a time', () => {
  it('takes no third one, which another worker can have', async () => {
    const [busy, other] = [new Desk(), new Desk()];
    work(busy, 2);
    const ids = await submitSome(3);
    await until('two runs', () => Promise.resolve(busy.open.size === 2));
    expect(await statuses(ids)).toEqual(['queued', 'running', 'running']);
    work(other, 1);
    await other.end();
    await busy.end();
    await busy.end();
    await until('all results', async () => (await statuses(ids)).every((status) => status === 'done'));
    expect(busy.most).toBe(2);
  });

  it('begins the next when one has ended', async () => {
    const desk = new Desk();
    work(desk, 2);
    const ids = await submitSome(5);
    for (let left = ids.length; left > 0; left -= 1) {
      await until('every place taken', () => Promise.resolve(desk.open.size === Math.min(left, 2)));
      await desk.end();
    }
    await until('all results', async () => (await statuses(ids)).every((status) => status === 'done'));
    expect(desk.most).toBe(2);
  });

  it('tests its engine after a fault of the host when the other run has ended, and not before', async () => {
    const desk = new Desk();
    const { opened } = work(desk, 2);
    const ids = await submitSome(2);
    await until('two runs', () => Promise.resolve(desk.open.size === 2));
    await desk.end(true);
    await until('the retry', async () => (await statuses(ids)).includes('retrying'));
    expect(opened()).toBe(1);
    await desk.end();
    // Its long poll is under way; a job ends it, is given back, and leased again when the engine was tested.
    ids.push(await submit());
    await desk.end();
    expect(opened()).toBe(2);
    await desk.end();
    await until('all results', async () => (await statuses(ids)).every((status) => status === 'done'));
  });

  it('told to stop gives both back', async () => {
    const desk = new Desk();
    const { stop, ended } = work(desk, 2);
    const ids = await submitSome(2);
    await until('two runs', () => Promise.resolve(desk.open.size === 2));
    stop.abort();
    expect(await ended).toBe('stopped');
    expect(await statuses(ids)).toEqual(['queued', 'queued']);
    work(desk, 2);
    for (const _ of ids) await desk.end();
    await until('all results', async () => (await statuses(ids)).every((status) => status === 'done'));
  });

  it('ends after its jobs, when all of them have', async () => {
    const desk = new Desk();
    const { ended } = work(desk, 2, 3);
    const ids = await submitSome(3);
    for (const _ of ids) await desk.end();
    expect(await ended).toBe('max-jobs');
    expect(await statuses(ids)).toEqual(['done', 'done', 'done']);
  });
});

it.each([
  ['3', 3],
  ['0', 'NBPULSE_RUNS_AT_ONCE'],
  ['many', 'NBPULSE_RUNS_AT_ONCE'],
  [undefined, null],
])('NBPULSE_RUNS_AT_ONCE=%s', (value, expected) => {
  const settings = workerSettings(
    { NBPULSE_SERVER: 'http://127.0.0.1:8420', NBPULSE_WORKER_TOKEN: 'x'.repeat(40), NBPULSE_RUNS_AT_ONCE: value },
    [],
  );
  if ('problems' in settings) expect(settings.problems.join()).toContain(expected);
  else expect(settings.atOnce).toBe(expected);
});
