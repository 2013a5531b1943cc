import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBubblewrap } from '../src/bubblewrap/bubblewrap-engine.js';
import { checkInEnvironment } from '../src/check/check-in-environment.js';
import type { Engine } from '../src/engine.js';
import type { SandboxConfig } from '../src/environment.js';
import { environmentEngines, type EnvironmentEngines } from '../src/environments/engines.js';
import { addEnvironment, removeEnvironment } from '../src/environments/manage.js';
import { environmentOf, readRequirements } from '../src/environments/requirements.js';
import { listEnvironments } from '../src/environments/store.js';
import { gradeNotebook } from '../src/run.js';
import { hasBubblewrap, testConfig } from './available-engines.js';
import { filesOf, manifestOf, notebookOf, request } from './grading-cases.js';

const works = await hasBubblewrap();

describe('a requirements.txt', () => {
  it('is names and versions, comments left out', () => {
    expect(
      readRequirements(
        '# data\npolars==1.34.0  # fast\n\nnumpy>=2,<3\nrich[jupyter] ~= 14.0 ; python_version > "3.10"\n',
      ),
    ).toEqual(['polars==1.34.0', 'numpy>=2,<3', 'rich[jupyter] ~= 14.0 ; python_version > "3.10"']);
  });

  it.each([
    ['--index-url http://127.0.0.1:9/'],
    ['-e .'],
    ['-r more.txt'],
    ['git+https://127.0.0.1/x.git'],
    ['x @ file:///etc/passwd'],
    ['./local'],
    ['/absolute/wheel.whl'],
    ['numpy --hash=sha256:0'],
    ['numpy; python_version > "3" @ file:///x'],
  ])('takes no %s', (line) => {
    expect(() => readRequirements(`numpy\n${line}\n`)).toThrow(/line 2: .* is no package with a version/);
  });

  it('selects an environment by what it says, and a name in the manifest comes first', () => {
    const files = filesOf({ 'requirements.txt': 'b==1\na==1\n' });
    const same = filesOf({ 'requirements.txt': '# sorted\na==1\nb==1\n' });
    expect(environmentOf({ manifest: {}, files })?.name).toMatch(/^requirements-[0-9a-f]{12}$/);
    expect(environmentOf({ manifest: {}, files })?.name).toBe(environmentOf({ manifest: {}, files: same })?.name);
    expect(environmentOf({ manifest: { environment: 'tables' }, files })).toEqual({
      name: 'tables',
      requirements: null,
    });
    expect(environmentOf({ manifest: {}, files: filesOf({ 'requirements.txt': '# none\n' }) })).toBeNull();
  });
});

describe.runIf(works)('an environment on bubblewrap', () => {
  let folder = '';
  let config: SandboxConfig;
  let engine: Engine;
  let engines: EnvironmentEngines;
  const forUv = {};
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nbpulse-environments-'));
    await chmod(folder, 0o755);
    config = { ...testConfig(), environmentsFolder: folder };
    engine = await openBubblewrap(config);
    engines = environmentEngines(config, engine, forUv);
  });
  afterAll(async () => {
    await engines.close();
    await engine.close();
    await rm(folder, { recursive: true });
  });

  const tests = 'from submission import table\n\n\ndef test_table():\n    assert "1" in table([[1, 2]])\n';
  const solution = 'import tabulate\n\n\ndef table(rows):\n    return tabulate.tabulate(rows)';
  const files = [
    ...filesOf({ 'tests/test_tables.py': tests, 'requirements.txt': 'tabulate==0.9.0\n' }),
    { path: 'template.ipynb', b64: notebookOf('').toString('base64') },
    { path: 'solution.ipynb', b64: notebookOf(solution).toString('base64') },
  ];
  const manifest = manifestOf({ solution: 'solution.ipynb' });
  const submission = request([solution], { manifest, files });

  it(
    'is made by the check that needs it, once, and grades; a missing one is told with its cure',
    { timeout: 600_000 },
    async () => {
      await expect(engines.engineFor({ manifest, files }, false)).rejects.toMatchObject({
        message: expect.stringContaining(
          'no grading environment for the assignment’s requirements.txt (tabulate==0.9.0)',
        ),
        cure: expect.stringMatching(/npx nbpulse environment add requirements-[0-9a-f]{12} DIR\/requirements\.txt/),
      });
      // The host's own environment has no such package.
      const without = await gradeNotebook(engine, submission);
      expect(without).toMatchObject({ outcome: 'sandbox-error', points: 0, tests: [] });
      expect(without.staffReason).toContain('lacks tabulate');

      expect(await checkInEnvironment(engines, { manifest, files })).toMatchObject({ ok: true, findings: [] });
      const [made] = await listEnvironments(config);
      expect(made).toMatchObject({ requirements: ['tabulate==0.9.0'], venv: true, image: null });
      const own = await engines.engineFor({ manifest, files }, false);
      expect(await engines.engineFor({ manifest, files }, true)).toBe(own);
      expect(await gradeNotebook(own, submission)).toMatchObject({ outcome: 'completed', points: 10 });

      const again = await addEnvironment(config, made?.name ?? '', 'tabulate==0.9.0', forUv, () => undefined);
      expect(again).toEqual({ words: 'is there already, for bubblewrap' });
      expect(await removeEnvironment(config, made?.name ?? '')).toBe(true);
      expect(await removeEnvironment(config, made?.name ?? '')).toBe(false);
      await expect(engines.engineFor({ manifest, files }, false)).rejects.toThrow('no grading environment');
    },
  );

  it('of polars alone carries its frames in and out', { timeout: 600_000 }, async () => {
    const frames = {
      'tests/test_frames.py':
        'import polars as pl\nfrom submission import doubled\n\n\ndef test_frames():\n    got = doubled(pl.DataFrame({"a": [1, 2], "b": ["x", None]}))\n    assert got.equals(pl.DataFrame({"a": [2, 4], "b": ["x", None]}))\n    assert isinstance(doubled(got)["a"], pl.Series)\n',
      'requirements.txt': 'polars==2.1.0\n',
    };
    const doubled = 'import polars as pl\n\n\ndef doubled(frame):\n    return frame.with_columns(pl.col("a") * 2)';
    const given = [
      ...filesOf(frames),
      { path: 'template.ipynb', b64: notebookOf('').toString('base64') },
      { path: 'solution.ipynb', b64: notebookOf(doubled).toString('base64') },
    ];
    expect(await checkInEnvironment(engines, { manifest, files: given })).toMatchObject({ ok: true, findings: [] });
    const own = await engines.engineFor({ manifest, files: given }, false);
    const graded = request([doubled], { manifest, files: given });
    expect(await gradeNotebook(own, graded)).toMatchObject({ outcome: 'completed', points: 10 });
    const [made] = await listEnvironments(config);
    expect(await removeEnvironment(config, made?.name ?? '')).toBe(true);
  });

  it('that cannot be had is the author’s to mend, in words', { timeout: 300_000 }, async () => {
    const wrong = filesOf({ 'requirements.txt': 'tabulate==99999\n' });
    const found = await checkInEnvironment(engines, { manifest, files: [...files.slice(0, 1), ...wrong] });
    expect(found).toMatchObject({ ok: false, findings: [{ kind: 'missing-package', level: 'error' }] });
    expect(found.findings[0]?.message).toContain('tabulate==99999');
    expect(await listEnvironments(config)).toEqual([]);
  });

  it('of a name that this host lacks says which command makes it', async () => {
    const named = { ...manifest, environment: 'tables' };
    await expect(engines.engineFor({ manifest: named, files }, true)).rejects.toMatchObject({
      cure: 'Make it there: npx nbpulse environment add tables requirements.txt',
    });
  });
});

describe('what the harness needs', () => {
  it('is in the list of the grading image', async () => {
    const list = await readFile(new URL('../images/requirements.txt', import.meta.url), 'utf8');
    expect(list.split('\n').filter((line) => /^(pytest|ipython)\b/.test(line))).toHaveLength(2);
  });
});
