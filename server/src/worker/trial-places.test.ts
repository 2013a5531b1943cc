/** A worker with several places keeps one free of trials, so that a submission begins at once. */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { trialList, type JobKind } from '@nbpulse/schema/wire';
import { passChecks, suiteCheckOf } from '../../test/checked.js';
import { useClassroom, type Student } from '../../test/classroom.js';
import { doubling, notebook, report } from '../../test/course-work.js';
import { listen, until, type Listening } from '../../test/listen.js';
import { doublingTrial } from '../../test/trial-part.js';
import type { Grade } from './job-run.js';
import { serverCalls } from './server-calls.js';
import { suiteShelf } from './suite-shelf.js';
import { kindsFor, workerLoop } from './worker-loop.js';

it.each([
  [0, 1, true],
  [0, 2, true],
  [1, 2, false],
  [0, 4, true],
  [2, 4, true],
  [3, 4, false],
])('with %i runs under way of %i at once: a trial may begin is %s', (underWay, atOnce, may) => {
  const kinds = kindsFor(underWay, atOnce);
  expect(kinds.includes('trial')).toBe(may);
  expect(kinds).toEqual(expect.arrayContaining(['grade', 'check', 'solution']));
});

describe('a worker that runs two jobs at a time', () => {
  const room = useClassroom();
  let server: Listening;
  let token: string;
  let students: Student[];
  const stop = new AbortController();
  let ended: Promise<unknown> = Promise.resolve();
  /** Runs under way, by what they are, each ended by hand. */
  const open = new Map<string, () => void>();
  const asked: JobKind[][] = [];

  beforeAll(async () => {
    server = await listen(room.app);
    const worker = await room.worker();
    token = worker.token;
    await room.owner.post(`/courses/${room.course}/assignments`, doubling());
    await passChecks(worker, suiteCheckOf({ trial: doublingTrial }));
    await room.owner.request('PUT', `/labs/${room.lab.id}/assignments/doubling`);
    students = [await room.join('Ada'), await room.join('Bob')];
  });
  afterEach(async () => {
    stop.abort();
    await ended;
  });
  afterAll(() => server.goAway());

  const upload = async (who: Student, path: string, filename: string): Promise<void> => {
    const headers = { 'x-nbpulse-filename': filename };
    expect((await who.upload(path, notebook([filename]), randomUUID(), headers)).status).toBe(201);
  };
  const statuses = async (): Promise<(string | undefined)[]> =>
    Promise.all(
      students.map(async (who) => trialList.parse(await (await who.get('/me/trials')).json()).trials[0]?.status),
    );
  const underWay = (...names: string[]) =>
    until(`under way: ${names.join()}`, () => Promise.resolve([...open.keys()].sort().join() === names.sort().join()));
  const end = (name: string): void => open.get(name)?.();

  it('takes one trial, keeps the other place for a submission, and then takes the next trial', async () => {
    const [ada, bob] = students;
    const grade: Grade = async ({ filename }, { signal }) => {
      await new Promise<void>((resolve, reject) => {
        open.set(filename, resolve);
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      }).finally(() => open.delete(filename));
      return report();
    };
    const calls = serverCalls({ server: server.url, token, name: 'test' });
    const never = () => Promise.reject(new Error('no such job was expected'));
    ended = workerLoop({
      settings: { untilIdleMs: null, maxTimeMs: null, maxJobs: null },
      calls: {
        ...calls,
        lease: (kinds, waitMs, signal) => {
          asked.push(kinds);
          return calls.lease(kinds, waitMs, signal);
        },
      },
      shelf: suiteShelf(),
      openEngine: () =>
        Promise.resolve({ grade, record: never, check: never, atOnce: 2, close: () => Promise.resolve() }),
      stop: stop.signal,
      say: () => undefined,
    });
    await upload(ada!, '/me/trials', 'ada.ipynb');
    await underWay('ada.ipynb');
    await upload(bob!, '/me/trials', 'bob.ipynb');
    // It has asked for more since, and not for a trial.
    const before = asked.length;
    await until('two more questions', () => Promise.resolve(asked.length >= before + 2));
    expect(asked.slice(before).some((kinds) => kinds.includes('trial'))).toBe(false);
    expect(await statuses()).toEqual(['running', 'waiting']);

    await upload(bob!, '/me/submissions', 'handed-in.ipynb');
    await underWay('ada.ipynb', 'handed-in.ipynb');
    end('ada.ipynb');
    await underWay('handed-in.ipynb');
    await until('Ada’s result', async () => (await statuses())[0] === 'done');
    expect(await statuses()).toEqual(['done', 'waiting']);
    end('handed-in.ipynb');
    await underWay('bob.ipynb');
    end('bob.ipynb');
    await until('both results', async () => (await statuses()).every((status) => status === 'done'));
  });
});
