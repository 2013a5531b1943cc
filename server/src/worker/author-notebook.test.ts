/** From an uploaded notebook to right and wrong answers: a real worker process, the real sandbox, a server on a port. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chooseEngine, sandboxConfig } from '@nbpulse/sandbox';
import {
  assignmentManifest,
  labState,
  minute,
  notebookRunProposals,
  notebookRunView,
  type NotebookRunView,
} from '@nbpulse/schema/wire';
import { event } from '@nbpulse/schema/db';
import { buildServer } from '../../test/built-server.js';
import { useClassroom, type Student } from '../../test/classroom.js';
import { notebook } from '../../test/course-work.js';
import { listen, until, type Listening } from '../../test/listen.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const example = `${root}examples/graded-assignment/`;

async function engineIsThere(): Promise<boolean> {
  const chosen = await chooseEngine(sandboxConfig(process.env));
  await chosen.engine?.close();
  return chosen.engine !== undefined;
}

// worker-process.test.ts reports a missing engine.
describe.skipIf(!(await engineIsThere()))('an author’s notebook', () => {
  const room = useClassroom();
  let server: Listening;
  let worker: ChildProcess;
  let ada: Student;
  const stream = randomUUID();
  let seq = 0;

  beforeAll(async () => {
    await buildServer();
    server = await listen(room.app);
    const { token } = await room.worker();
    const { DATABASE_URL: _, ...env } = process.env;
    worker = spawn(process.execPath, ['server/dist/src/worker.js'], {
      cwd: root,
      env: { ...env, NBPULSE_SERVER: server.url, NBPULSE_WORKER_TOKEN: token },
      stdio: 'ignore',
    });
    ada = await room.join('Ada');
    const b64 = async (path: string) => ({ path, b64: (await readFile(example + path)).toString('base64') });
    const manifest = assignmentManifest.parse({ slug: 'rivers', title: 'Rivers', data: ['rivers.csv'] });
    const tests = { path: 'tests/test_it.py', b64: Buffer.from('def test_x():\n    assert True\n').toString('base64') };
    const files = [await b64('template.ipynb'), await b64('rivers.csv'), tests];
    await room.owner.post(`/courses/${room.course}/assignments`, { manifest, files });
    await room.owner.request('PUT', `/labs/${room.lab.id}/assignments/rivers`);
  }, 10 * minute);
  afterAll(async () => {
    const ended = once(worker, 'exit');
    worker.kill('SIGTERM');
    await ended;
    await server.goAway();
  });

  const send = async (question: string, value: unknown): Promise<void> => {
    const at = new Date().toISOString();
    const record = { kind: 'record', seq: (seq += 1), madeAt: at, question, value };
    const batch = { v: 1, stream, sentAt: at, events: [record] };
    expect((await ada.post(`/labs/${room.lab.id}/events`, batch)).status).toBe(200);
  };
  const run = async (kind: string, bytes: Uint8Array<ArrayBuffer>): Promise<NotebookRunView> => {
    const path = `/labs/${room.lab.id}/notebook-runs?kind=${kind}&filename=${kind}.ipynb`;
    const { id } = notebookRunView.parse(await (await room.owner.request('POST', path, { bytes })).json());
    return until(
      `the run of the ${kind}`,
      async () => {
        const state = labState.parse(await (await room.owner.get(`/labs/${room.lab.id}/state`)).json());
        return state.notebookRuns.find((one) => one.id === id && (one.state === 'done' || one.state === 'failed'));
      },
      2 * minute,
    );
  };
  const verdicts = async (key: string) =>
    (
      await room.database.db
        .select({ verdict: event.verdict })
        .from(event)
        .where(and(eq(event.labId, room.lab.id), eq(event.questionKey, key)))
        .orderBy(event.seq)
    ).map((row) => row.verdict);
  const fileOf = async (name: string) => new Uint8Array(await readFile(example + name));

  it(
    'of the example: the template’s None is reached, the solution’s answers right, another wrong',
    async () => {
      await send('P2', { t: 'none' });
      const primes = [2, 3, 5, 7, 11, 13, 17, 19].map((v) => ({ t: 'int', v }));
      await send('P1', { t: 'tuple', v: primes, n: primes.length });
      await send('R2', { t: 'list', v: [{ t: 'str', v: 'Nile' }], n: 1 });
      expect(await run('template', await fileOf('template.ipynb'))).toMatchObject({ state: 'done', message: null });
      expect(await verdicts('P2')).toEqual(['reached']);

      const done = await run('solution', await fileOf('solution.ipynb'));
      expect(done).toMatchObject({ state: 'done', message: null, questions: ['P1', 'P2', 'R1', 'R2'] });
      const path = `/labs/${room.lab.id}/notebook-runs/${done.id}`;
      const { proposals, workerThere } = notebookRunProposals.parse(await (await room.owner.get(path)).json());
      expect(workerThere).toBe(true);
      expect(proposals.map(({ answer }) => answer?.kind === 'value' && answer.tolerance !== null)).toEqual([
        false,
        false,
        true,
        false,
      ]);
      const accepted = await room.owner.post(`${path}/accept`, { questions: done.questions });
      expect(accepted.status).toBe(200);
      expect(await verdicts('P1')).toEqual(['right']);
      expect(await verdicts('R2')).toEqual(['wrong']);
      expect(await verdicts('P2')).toEqual(['reached']);
      await send('P2', { t: 'none' });
      expect(await verdicts('P2')).toEqual(['reached', 'reached']);
    },
    4 * minute,
  );

  it(
    'that ends Python itself fails its own run, with a message, and the next runs',
    async () => {
      const hostile = await run(
        'solution',
        notebook(['from nbpulse import send\nsend(1, 1)', 'import os; os._exit(0)']),
      );
      expect(hostile).toMatchObject({ state: 'failed', questions: [] });
      expect(hostile.message).toMatch(/ended in cell 2/);
      const next = await run('solution', notebook(['from nbpulse import send\nsend(1, 1)', 'undefined']));
      expect(next).toMatchObject({ state: 'done', questions: ['1'] });
      expect(next.message).toMatch(/cell 2 \(NameError/);
    },
    4 * minute,
  );
});
