/** `nbpulse grade DIR --environment NAME`: packages of a course, made by `nbpulse environment add`. */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chooseEngine, sandboxConfig } from '@nbpulse/sandbox';
import { main } from '../main.js';

const chosen = await chooseEngine(sandboxConfig(process.env));
await chosen.engine?.close();

describe.runIf(chosen.engine)('an environment for grading a folder', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nbpulse-grade-environment-'));
    // The sandbox's own user reads the environments in it.
    await chmod(folder, 0o755);
    await writeFile(join(folder, 'requirements.txt'), 'tabulate==0.9.0\n');
    await writeFile(
      join(folder, 'anna.py'),
      'import tabulate\n\n\ndef table(rows):\n    return tabulate.tabulate(rows)\n',
    );
    await writeFile(
      join(folder, 'tests.py'),
      'import tabulate\nfrom submission import table\n\n\ndef test_table():\n    assert table([[1, 2]]) == tabulate.tabulate([[1, 2]])\n',
    );
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function nbpulse(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
    let out = '';
    let err = '';
    const env = { ...process.env, DATABASE_URL: undefined, NBPULSE_ENVIRONMENTS: join(folder, 'environments') };
    const terminal = { out: (text: string) => void (out += text), err: (text: string) => void (err += text) };
    return { code: await main(argv, env, terminal), out, err };
  }
  const grade = (...more: string[]): ReturnType<typeof nbpulse> =>
    nbpulse('grade', folder, '--tests', join(folder, 'tests.py'), '--out', join(folder, 'graded'), ...more);

  it('is asked for where a package is missing, and none is made by itself', async () => {
    const lacking = await grade();
    expect(lacking.err).toContain('tests.py imports tabulate, which the grading environment lacks');
    expect(lacking.err).toContain('npx nbpulse environment add NAME requirements.txt');
    expect(lacking.code).toBe(4);
    const unknown = await grade('--environment', 'tables');
    expect(unknown.err).toContain('npx nbpulse environment add tables requirements.txt makes it');
    expect(unknown.code).toBe(2);
    expect(await grade('--environment', '../x')).toMatchObject({
      code: 2,
      err: expect.stringContaining('"../x" is no name of an environment') as unknown,
    });
  });

  it('grades with its packages', async () => {
    expect(await nbpulse('environment', 'add', 'tables', join(folder, 'requirements.txt'))).toMatchObject({ code: 0 });
    const graded = await grade('--environment', 'tables');
    expect(graded.err).not.toContain('lacks');
    expect([graded.code, graded.out]).toEqual([0, expect.stringMatching(/anna\.py +10 \/ 10 +its test passed/)]);
    expect((await grade('--environment', 'others')).err).toContain('There are: tables.');
  }, 300_000);
});
