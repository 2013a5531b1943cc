/** `nbpulse assignment check`, and what `push` tells about the check of the server's worker. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chooseEngine, sandboxConfig } from '@nbpulse/sandbox';
import { suiteCheck } from '@nbpulse/schema/wire';
import { assignmentVersion, job } from '@nbpulse/schema/db';
import { passChecks, suiteCheckOf } from '../test/checked.js';
import { useClassroom, type Caller } from '../test/classroom.js';
import { doubling, notebook } from '../test/course-work.js';
import { main } from './main.js';

const room = useClassroom();
let folder = '';
let worker: Caller;

const chosen = await chooseEngine(sandboxConfig(process.env));
await chosen.engine?.close();

async function nbpulse(argv: string[], given: NodeJS.ProcessEnv = {}) {
  let out = '';
  let err = '';
  const env = { ...process.env, DATABASE_URL: room.databaseUrl, NBPULSE_DATA: join(folder, 'data'), ...given };
  const code = await main(argv, env, { out: (text) => (out += text), err: (text) => (err += text) });
  return { code, out, err };
}
const write = async (name: string, solution: string, manifest = ''): Promise<string> => {
  const path = join(folder, name);
  const solved = { path: 'solution.ipynb', b64: Buffer.from(notebook([solution])).toString('base64') };
  for (const file of [...doubling().files, solved]) {
    await mkdir(dirname(join(path, file.path)), { recursive: true });
    await writeFile(join(path, file.path), Buffer.from(file.b64, 'base64'));
  }
  await writeFile(
    join(path, 'assignment.yaml'),
    `slug: ${name}\ntitle: Doubling\npoints: 3\nsolution: solution.ipynb\n${manifest}`,
  );
  return path;
};
const right = 'def double(x):\n    return 2 * x';
const wrong = 'def double(x):\n    return x * x';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nbpulse-cli-'));
  worker = await room.worker();
});
afterAll(() => rm(folder, { recursive: true }));

describe.runIf(chosen.engine)('nbpulse assignment check', () => {
  it('says that a good suite is ready, without a server', async () => {
    const path = await write('good', right, 'limits: course\n');
    const checked = await nbpulse(['assignment', 'check', path], { DATABASE_URL: undefined });
    expect(checked.code).toBe(0);
    expect(checked.out).toMatch(/solution {2}3 of 3 points .* 3 runs/);
    expect(checked.out).toMatch(/template {2}0 of 3 points/);
    expect(checked.out).toContain('What a student’s class may do (3 tests)');
    expect(checked.out.trimEnd()).toMatch(/Ready to grade\.$/);
    expect(checked.err).toContain('running the solution, 3 of 3');
  });

  it('names what stops a suite, with a cure, and gives it as JSON', async () => {
    const path = await write('bad', wrong);
    const checked = await nbpulse(['assignment', 'check', path]);
    expect(checked.code).toBe(1);
    expect(checked.out).toContain('✗ solution-loses-points  test_text');
    expect(checked.out).toContain('→ Mend the solution or the test.');
    expect(checked.out).toContain('to mend before anybody is graded by it.');
    const json = await nbpulse(['assignment', 'check', path, '--json']);
    expect(json.code).toBe(1);
    expect(suiteCheck.parse(JSON.parse(json.out))).toMatchObject({ ok: false, solution: { points: 1, maxPoints: 3 } });
  });
});

describe('nbpulse assignment check', () => {
  it('says that no sandbox works here, with 3', async () => {
    const path = await write('anything', right);
    const checked = await nbpulse(['assignment', 'check', path], { NBPULSE_ENGINE: 'none' });
    expect([checked.code, checked.out, checked.err]).toEqual([3, '', expect.stringContaining('NBPULSE_ENGINE=none')]);
  });

  it.each([
    [['assignment', 'check'], 2, 'nbpulse assignment check DIR'],
    [['assignment', 'check', 'a', 'b'], 2, '"b" is too much'],
    [['assignment', 'check', 'nowhere'], 1, 'There is no assignment.yaml in'],
  ])('called wrongly says how: %j', async (argv, code, words) => {
    const result = await nbpulse(argv);
    expect([result.code, result.err]).toEqual([code, expect.stringContaining(words)]);
  });

  it('names a limit that there is not', async () => {
    const path = await write('limited', right, 'limits:\n  memory: 512\n');
    const checked = await nbpulse(['assignment', 'check', path]);
    expect([checked.code, checked.err]).toEqual([
      1,
      expect.stringContaining('no such limit: memory. There are wallMs'),
    ]);
    const preset = await write('preset', right, 'limits: corse\n');
    expect((await nbpulse(['assignment', 'check', preset])).err).toContain('must be "course", or limits such as');
  });
});

describe('nbpulse assignment push', () => {
  const oneFinding = suiteCheckOf({
    ok: false,
    findings: [
      { kind: 'varies', level: 'error', test: 'test_two', message: 'It varies.', cure: 'Seed what is random.' },
    ],
  });

  it('prints what the check of the server’s worker found', async () => {
    // A worker that has called: grading is on.
    await worker.post('/worker/lease', { worker: 'w', kinds: ['check'], waitMs: 0 });
    const path = await write('pushed', right);
    const [passed] = await Promise.all([
      nbpulse(['assignment', 'push', path]),
      whenPushed(1).then(() => passChecks(worker)),
    ]);
    expect([passed.code, passed.out]).toEqual([
      0,
      expect.stringMatching(/^pushed: version 1\n[^]*Ready to grade\.\n$/),
    ]);
    await write('pushed', wrong);
    const [stopped] = await Promise.all([
      nbpulse(['assignment', 'push', path]),
      whenPushed(2).then(() => passChecks(worker, oneFinding)),
    ]);
    expect([stopped.code, stopped.out]).toEqual([1, expect.stringContaining('✗ varies  test_two')]);
    expect(stopped.out).toContain('1 thing to mend');
  });

  it('does not wait when it is told so', async () => {
    const path = await write('unwaited', right);
    expect(await nbpulse(['assignment', 'push', path, '--no-wait'])).toMatchObject({
      code: 0,
      out: 'unwaited: version 1\n',
    });
    await passChecks(worker);
  });

  it('says why a check could not be done, and what to do', async () => {
    const path = await write('undone', right);
    const giveUp = async (): Promise<void> => {
      await whenPushed(1, 'undone');
      await room.database.db
        .update(assignmentVersion)
        .set({ checkState: 'not-done', checkProblem: 'No disk is left.' })
        .where(eq(assignmentVersion.checkState, 'waiting'));
    };
    const [told] = await Promise.all([nbpulse(['assignment', 'push', path]), giveUp()]);
    expect([told.code, told.err]).toEqual([1, expect.stringContaining('No disk is left.\nPush it again')]);
  });

  /** The version's check is in the queue. */
  async function whenPushed(version: number, slug = 'pushed'): Promise<void> {
    await expect
      .poll(async () => {
        const rows = await room.database.db
          .select({ id: job.id })
          .from(job)
          .innerJoin(assignmentVersion, sql`${assignmentVersion.id}::text = ${job.payload} ->> 'versionId'`)
          .where(sql`${assignmentVersion.number} = ${version} and ${assignmentVersion.manifest} ->> 'slug' = ${slug}`);
        return rows.length;
      })
      .toBe(1);
  }
});
