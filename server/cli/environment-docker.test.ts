/** An environment made by command, in the Docker engine, from `add` to a student's points; packages come from the registry that uv asks. */
import { randomUUID } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { minute, submissionView } from '@nbpulse/schema/wire';
import { startWorker, type WorkerProcess } from '../bench/grade-class.js';
import { buildServer } from '../test/built-server.js';
import { useClassroom } from '../test/classroom.js';
import { doubling, notebook } from '../test/course-work.js';
import { hasEngine } from '../test/engines-there.js';
import { listen, until, type Listening } from '../test/listen.js';
import { main } from './main.js';

const works = await hasEngine('docker', 'an environment in Docker');

describe.runIf(works)('nbpulse environment add, on Docker', () => {
  const room = useClassroom();
  let folder = '';
  let server: Listening;
  let worker: WorkerProcess | undefined;
  const env = () => ({ NBPULSE_ENGINE: 'docker', NBPULSE_ENVIRONMENTS: join(folder, 'environments') });

  beforeAll(async () => {
    await buildServer();
    folder = await mkdtemp(join(tmpdir(), 'nbpulse-docker-environment-'));
    await chmod(folder, 0o755);
    server = await listen(room.app);
  }, 10 * minute);
  afterAll(async () => {
    await worker?.stop();
    await nbpulse('environment', 'remove', 'tables');
    await server.goAway();
    await rm(folder, { recursive: true });
  });

  async function nbpulse(...argv: string[]) {
    const said = { out: '', err: '' };
    const code = await main(
      argv,
      { ...process.env, ...env(), DATABASE_URL: room.databaseUrl, NBPULSE_DATA: join(folder, 'data') },
      { out: (text) => (said.out += text), err: (text) => (said.err += text) },
    );
    return { code, ...said };
  }
  const tests = 'from submission import table\n\n\ndef test_table():\n    assert "1" in table([[1, 2]])\n';
  const solution = 'import tabulate\n\n\ndef table(rows):\n    return tabulate.tabulate(rows)';

  it(
    'makes what an assignment’s check and its submissions are run in',
    async () => {
      await writeFile(join(folder, 'requirements.txt'), 'tabulate==0.9.0\n');
      const path = join(folder, 'tables');
      const { files } = doubling({}, tests);
      const all = [...files, { path: 'solution.ipynb', b64: Buffer.from(notebook([solution])).toString('base64') }];
      await mkdir(join(path, 'tests'), { recursive: true });
      for (const file of all) await writeFile(join(path, file.path), Buffer.from(file.b64, 'base64'));
      const yaml = 'slug: tables\ntitle: Tables\npoints: 3\nsolution: solution.ipynb\nenvironment: tables\n';
      await writeFile(join(path, 'assignment.yaml'), yaml);

      const before = await nbpulse('assignment', 'check', path);
      expect(before.code).not.toBe(0);
      expect(before.out + before.err).toContain('npx nbpulse environment add tables requirements.txt');

      const added = await nbpulse('environment', 'add', 'tables', join(folder, 'requirements.txt'));
      expect([added.code, added.out]).toEqual([0, 'tables: made for docker\n']);
      expect((await nbpulse('environment', 'list')).out).toMatch(
        /^tables {2}docker {2}made .* {2}tabulate==0\.9\.0\n$/,
      );
      const again = await nbpulse('environment', 'add', 'tables', join(folder, 'requirements.txt'));
      expect(again.out).toBe('tables: is there already, for docker\n');

      const checked = await nbpulse('assignment', 'check', path);
      expect(checked.out + checked.err).toContain('Ready to grade.');
      expect(checked.code).toBe(0);

      // The server's worker checks it again, then grades: both in that image.
      const pushed = doubling({ slug: 'tables', solution: 'solution.ipynb', environment: 'tables' }, tests);
      pushed.files = all;
      await room.owner.post(`/courses/${room.course}/assignments`, pushed);
      await room.owner.request('PUT', `/labs/${room.lab.id}/assignments/tables`);
      const { token } = await room.worker();
      const script = fileURLToPath(new URL('../dist/src/worker.js', import.meta.url));
      worker = await startWorker({ server: server.url, token, env: env() }, script);
      const ada = await room.join('Ada');
      const id = randomUUID();
      expect((await ada.upload('/me/submissions', notebook([solution]), id)).status).toBe(201);
      const done = await until(
        `a result; the worker said ${worker.said()}`,
        async () => {
          const view = submissionView.parse(await (await ada.get(`/me/submissions/${id}`)).json());
          return view.status === 'done' ? view : null;
        },
        8 * minute,
      );
      expect(done.result).toMatchObject({ outcome: 'completed', points: 3, maxPoints: 3 });
      const forStaff = await room.owner.get(`/labs/${room.lab.id}/submissions/${id}`);
      expect(await forStaff.text()).toContain('"engine":"docker"');
    },
    20 * minute,
  );
});
