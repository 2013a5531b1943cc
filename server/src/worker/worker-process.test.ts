/** The worker as a process, with the real sandbox, against a server on a port: killed in the middle of a run, and told to stop. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { appendFile } from 'node:fs/promises';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { chooseEngine, sandboxConfig } from '@nbpulse/sandbox';
import { minute, second, submissionView, trialView, type SubmissionView, type TrialView } from '@nbpulse/schema/wire';
import { job, run } from '@nbpulse/schema/db';
import { buildServer } from '../../test/built-server.js';
import { useClassroom, type Student } from '../../test/classroom.js';
import { doubling, notebook } from '../../test/course-work.js';
import { listen, until, type Listening } from '../../test/listen.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));

async function engineIsThere(): Promise<boolean> {
  const chosen = await chooseEngine(sandboxConfig(process.env));
  await chosen.engine?.close();
  if (chosen.engine) return true;
  const { NBPULSE_SKIPS } = process.env;
  if (NBPULSE_SKIPS) {
    const line = { what: 'a worker process with a real sandbox', cure: 'apt-get install bubblewrap' };
    await appendFile(NBPULSE_SKIPS, `${JSON.stringify(line)}\n`);
  }
  return false;
}

describe.skipIf(!(await engineIsThere()))('a worker process', () => {
  const room = useClassroom();
  let server: Listening;
  let student: Student;
  const children: ChildProcess[] = [];

  beforeAll(async () => {
    await buildServer();
    server = await listen(room.app);
    const limits = { wallMs: 60 * second, testMs: 30 * second };
    await room.owner.post(`/courses/${room.course}/assignments`, doubling({ limits }));
    await room.owner.request('PUT', `/labs/${room.lab.id}/assignments/doubling`);
    student = await room.join('Ada');
  }, 10 * minute);
  afterEach(async () => {
    for (const child of children.splice(0)) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    }
  });
  afterAll(() => server.goAway());

  const startWorker = async (args: string[] = []) => {
    const { token } = await room.worker();
    const { DATABASE_URL: _, ...env } = process.env;
    const child = spawn(process.execPath, ['server/dist/src/worker.js', ...args], {
      cwd: root,
      env: { ...env, NBPULSE_SERVER: server.url, NBPULSE_WORKER_TOKEN: token },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.push(child);
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await until(`the worker's first line (${said})`, () => Promise.resolve(said.includes(' grades for ')), 2 * minute);
    return { child, said: () => said };
  };
  const submit = async (source: string): Promise<string> => {
    const id = randomUUID();
    expect((await student.upload('/me/submissions', notebook([source]), id)).status).toBe(201);
    return id;
  };
  const view = async (id: string): Promise<SubmissionView> => {
    const reply = await student.get(`/me/submissions/${id}`);
    expect(reply.status).toBe(200);
    return submissionView.parse(await reply.json());
  };
  const inStatus = (id: string, status: SubmissionView['status'], withinMs: number) =>
    until(`submission ${status}`, async () => ((await view(id)).status === status ? view(id) : null), withinMs);
  const right = 'def double(x):\n    return 2 * x';
  const slow = `import time\ntime.sleep(20)\n${right}`;

  it(
    'grades a notebook and forgets nothing of it',
    async () => {
      const { said } = await startWorker();
      const good = await submit(right);
      expect((await inStatus(good, 'done', 2 * minute)).result).toMatchObject({
        outcome: 'completed',
        points: 3,
        maxPoints: 3,
      });
      const wrong = await submit('def double(x):\n    return x * x');
      const { result } = await inStatus(wrong, 'done', 2 * minute);
      expect(result).toMatchObject({ outcome: 'completed', points: 1 });
      expect(result?.tests.map((test) => [test.name, test.status])).toEqual([
        ['test_two', 'passed'],
        ['test_text', 'failed'],
        ['test_secret', 'failed'],
      ]);
      const hidden = result?.tests.find((test) => !test.visible);
      expect(hidden).toBeDefined();
      expect(hidden).not.toHaveProperty('message');
      await until('the log line', () => Promise.resolve(said().includes('3 of 3 points')));
    },
    6 * minute,
  );

  it(
    'killed in the middle of a run: the run is leased again and counted once',
    async () => {
      // Both are ready before one dies: how long a worker takes to start is not what is asked here.
      const workers = [await startWorker(), await startWorker()];
      const id = await submit(slow);
      await inStatus(id, 'running', 2 * minute);
      const stored = async () => {
        const [row] = await room.database.db
          .select()
          .from(job)
          .where(sql`${job.payload} ->> 'submissionId' = ${id}`);
        return row;
      };
      const holder = (await stored())?.worker ?? '';
      const first = workers.find(({ child }) => holder.endsWith(`-${String(child.pid)}`));
      if (!first) throw new Error(`the job is held by "${holder}", which is none of these workers`);
      const killed = once(first.child, 'exit');
      first.child.kill('SIGKILL');
      await killed;
      const again = await until('the second lease', async () => {
        const row = await stored();
        return row?.attempts === 2 ? row : null;
      });
      expect(again.worker).not.toBe(holder);
      expect((await inStatus(id, 'done', 2 * minute)).result).toMatchObject({ points: 3 });
      const runs = await room.database.db
        .select()
        .from(run)
        .where(sql`${run.submissionId} = ${id}`);
      expect(runs).toMatchObject([{ number: 1, outcome: 'completed', points: 3 }]);
    },
    8 * minute,
  );

  /** Refused, and so not counted, until the suite is checked. */
  const tryIt = (source: string): Promise<TrialView> =>
    until(
      'a trial',
      async () => {
        const reply = await student.upload('/me/trials', notebook([source]));
        return reply.status === 201 ? trialView.parse(await reply.json()) : null;
      },
      4 * minute,
    );
  const tried = (id: string, status: TrialView['status']): Promise<TrialView> =>
    until(
      `trial ${status}`,
      async () => {
        const seen = trialView.parse(await (await student.get(`/me/trials/${id}`)).json());
        return seen.status === status ? seen : null;
      },
      4 * minute,
    );

  it(
    'runs the visible tests alone on a notebook that is not handed in',
    async () => {
      await startWorker();
      const { id } = await tryIt('def double(x):\n    return x * x');
      const { result } = await tried(id, 'done');
      expect(result).toMatchObject({ outcome: 'completed', points: 1, maxPoints: 2 });
      expect(result?.tests.map((test) => [test.name, test.status, test.maxPoints])).toEqual([
        ['test_two', 'passed', 1],
        ['test_text', 'failed', 1],
      ]);
      expect(result?.tests[1]?.detail?.calls).toMatchObject([{ call: "double('ab')" }]);
    },
    10 * minute,
  );

  it(
    'killed in the middle of a trial: it is leased again and ends once',
    async () => {
      const first = await startWorker();
      const { id } = await tryIt(slow);
      await tried(id, 'running');
      await startWorker();
      const killed = once(first.child, 'exit');
      first.child.kill('SIGKILL');
      await killed;
      expect((await tried(id, 'done')).result).toMatchObject({ points: 2, maxPoints: 2 });
      const jobs = await room.database.db
        .select()
        .from(job)
        .where(sql`${job.payload} ->> 'trialId' = ${id}`);
      expect(jobs).toMatchObject([{ kind: 'trial', attempts: 2, failedAt: null }]);
    },
    15 * minute,
  );

  it(
    'told to stop gives a long run back and ends with 0',
    async () => {
      const { child } = await startWorker();
      const id = await submit(slow);
      await inStatus(id, 'running', 2 * minute);
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      expect(await ended).toEqual([0, null]);
      expect(await view(id)).toMatchObject({ status: 'queued', result: null });
      const [row] = await room.database.db
        .select()
        .from(job)
        .where(sql`${job.payload} ->> 'submissionId' = ${id}`);
      expect(row).toMatchObject({ attempts: 0, doneAt: null, failedAt: null });
    },
    6 * minute,
  );
});
