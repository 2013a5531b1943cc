/** An author's mistakes, each found by running what the author gave, in the real sandbox. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { profileWords, suiteCheck, type AssignmentManifest, type Finding, type SuiteCheck } from '@nbpulse/schema/wire';
import { openBubblewrap } from '../src/bubblewrap/bubblewrap-engine.js';
import { checkSuite } from '../src/check/check-suite.js';
import type { Engine } from '../src/engine.js';
import { gradeNotebook } from '../src/run.js';
import { hasBubblewrap, testConfig } from './available-engines.js';
import { filesOf, manifestOf, notebookOf, request, right, rightToo, tests } from './grading-cases.js';

const works = await hasBubblewrap();
const stub = 'def mean(xs):\n    ...\n\n\ndef largest(xs):\n    ...';

interface Case {
  tests?: string;
  solution?: string | null;
  template?: string;
  manifest?: Partial<AssignmentManifest>;
  files?: Record<string, string>;
}

describe.runIf(works)('a check of a suite', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await openBubblewrap(testConfig());
  });
  afterAll(() => engine.close());

  async function check(given: Case): Promise<SuiteCheck> {
    const { solution = `${right}\n\n\n${rightToo}`, template = stub } = given;
    const manifest = manifestOf({
      ...(solution === null ? {} : { solution: 'solution.ipynb' }),
      ...given.manifest,
    });
    const files = [
      ...filesOf({ 'tests/test_averages.py': given.tests ?? tests, ...given.files }),
      { path: 'template.ipynb', b64: notebookOf(template).toString('base64') },
      ...(solution === null ? [] : [{ path: 'solution.ipynb', b64: notebookOf(solution).toString('base64') }]),
    ];
    const found = await checkSuite(engine, { manifest, files });
    expect(suiteCheck.safeParse(found).error).toBeUndefined();
    return found;
  }
  const brief = ({ findings }: SuiteCheck): [Finding['level'], string, string | null][] =>
    findings.map(({ level, kind, test }) => [level, kind, test]);

  it('finds nothing where the solution gets all and the template nothing', async () => {
    const steps: string[] = [];
    const files = [
      ...filesOf(),
      { path: 'template.ipynb', b64: notebookOf(stub).toString('base64') },
      { path: 'solution.ipynb', b64: notebookOf(right, rightToo).toString('base64') },
    ];
    const found = await checkSuite(
      engine,
      { manifest: manifestOf({ solution: 'solution.ipynb' }), files },
      { onStep: (words, done, total) => steps.push(`${done}/${total} ${words}`) },
    );
    expect(found.findings).toEqual([]);
    expect(found).toMatchObject({
      ok: true,
      solutionRuns: 3,
      solution: { outcome: 'completed', points: 10, maxPoints: 10 },
      template: { points: 0, maxPoints: 10 },
    });
    expect(steps).toEqual([
      '0/6 reading the tests',
      '1/6 running the solution, 1 of 3',
      '2/6 running the solution, 2 of 3',
      '3/6 running the solution, 3 of 3',
      '4/6 running the bare template',
      '5/6 running the visible tests by themselves',
    ]);
  });

  it('names the test that the solution does not pass, and why', async () => {
    const found = await check({ solution: `${right}\n\n\ndef largest(xs):\n    return min(xs)` });
    expect(found.ok).toBe(false);
    expect(brief(found)).toEqual([['error', 'solution-loses-points', 'test_largest']]);
    expect(found.findings[0]?.message).toMatch(/assert 3 == 9/);
    expect(found.solution).toMatchObject({ points: 7.5 });
  });

  it('names the cell of the solution that fails', async () => {
    const found = await check({ solution: `${right}\n${rightToo}\nundefined_name` });
    expect(brief(found)).toEqual([['error', 'solution-loses-points', null]]);
    expect(found.findings[0]?.message).toContain('undefined_name');
  });

  it('names the test that the bare template passes', async () => {
    const found = await check({ template: `${right}\n\n\ndef largest(xs):\n    ...` });
    expect(brief(found)).toEqual([
      ['error', 'template-gets-points', 'test_mean'],
      ['error', 'template-gets-points', 'test_mean_of_one'],
    ]);
    expect(found.findings[0]?.message).toContain('5 points for nothing');
  });

  it('recognises a missing package, in the tests and in the solution', async () => {
    const inTests = await check({ tests: `import no_such_package\n${tests}` });
    expect(brief(inTests)).toEqual([['error', 'missing-package', null]]);
    expect(inTests.findings[0]?.message).toContain('tests/test_averages.py imports no_such_package');
    expect(inTests.findings[0]?.cure).toContain('requirements.txt');
    const inSolution = await check({ solution: `import no_such_package\n${right}\n${rightToo}` });
    expect(brief(inSolution)).toEqual([['error', 'missing-package', null]]);
    expect(inSolution.findings[0]?.message).toContain('solution.ipynb imports no_such_package');
  });

  it('recognises a missing file, in the solution, in a test and while tests are collected', async () => {
    const reads = `open('rows.csv').read()`;
    const inSolution = await check({ solution: `${right}\n${rightToo}\n${reads}` });
    expect(brief(inSolution)).toEqual([['error', 'missing-file', null]]);
    expect(inSolution.findings[0]?.message).toContain('rows.csv');
    const inTest = await check({ tests: `${tests}\n\ndef test_rows():\n    ${reads}\n` });
    expect(brief(inTest)).toEqual([['error', 'missing-file', 'test_rows']]);
    const collecting = await check({ tests: `${tests}\nrows = ${reads}\n` });
    expect(brief(collecting)).toEqual([['error', 'missing-file', null]]);
    const named = await check({ manifest: { data: ['rows.csv'] } });
    expect(brief(named)).toEqual([['error', 'missing-file', null]]);
  });

  it('recognises that the network is wanted, in the solution and in a test', async () => {
    const asks = `import urllib.request; urllib.request.urlopen('http://127.0.0.1:9/x')`;
    const inSolution = await check({ solution: `${right}\n${rightToo}\n${asks}` });
    expect(brief(inSolution)).toEqual([['error', 'needs-network', null]]);
    const inTest = await check({ tests: `${tests}\n\ndef test_page():\n    ${asks}\n` });
    expect(brief(inTest)).toEqual([['error', 'needs-network', 'test_page']]);
  });

  it('tells what cannot cross between a test and the submission', async () => {
    const deep = 'def deep():\n    x = []\n    for _ in range(300):\n        x = [x]\n    return x';
    const found = await check({
      tests: `${tests}\n\ndef test_deep():\n    import submission\n    assert submission.deep()\n`,
      solution: `${right}\n\n\n${rightToo}\n\n\n${deep}`,
    });
    expect(brief(found)).toEqual([['error', 'cannot-cross', 'test_deep']]);
    expect(found.findings[0]?.message).toContain('nested deeper than 200 levels');
  });

  it('tells a test that asks nothing of the submission: the bare template passes it', async () => {
    const found = await check({ tests: `${tests}\n\ndef test_nothing():\n    assert 1 + 1 == 2\n` });
    expect(brief(found)).toEqual([['error', 'template-gets-points', 'test_nothing']]);
    expect(found.ok).toBe(false);
  });

  it('tells a test whose outcome varies', async () => {
    // Each run has a fresh template of its own, so only chance differs: 64 coins never fall alike three times.
    const coin = `${tests}\n\nimport pytest, random\n\n@pytest.mark.parametrize('n', range(64))\ndef test_coin(n):\n    assert random.SystemRandom().random() < 0.5\n`;
    const found = await check({ tests: coin });
    const kinds = new Set(found.findings.map(({ kind }) => kind));
    expect(kinds).toContain('varies');
    expect(found.findings.find(({ kind }) => kind === 'varies')?.test).toMatch(/^test_coin\[\d+\]$/);
  });

  it('says that a suite is none: no test, no Python, no points', async () => {
    expect(brief(await check({ tests: 'x = 1\n' }))).toEqual([['error', 'suite-error', null]]);
    const broken = await check({ tests: 'def test_a(:\n' });
    expect(brief(broken)).toEqual([['error', 'suite-error', null]]);
    expect(broken.findings[0]?.message).toContain('tests/test_averages.py, line 1');
    const worthless = `import pytest\n\n@pytest.mark.points(0)\ndef test_a():\n    pass\n`;
    expect(brief(await check({ tests: worthless }))).toEqual([['error', 'suite-error', null]]);
  });

  it('warns, and lets pass, what a suite of one process may do', async () => {
    const found = await check({
      tests: `${tests}\n\ndef test_types():\n    import types\n    if False:\n        assert type(mean) is types.FunctionType\n    assert mean([2]) == 2\n`,
    });
    expect(brief(found)).toEqual([['warning', 'exact-types', 'test_types']]);
    expect(found.ok).toBe(true);
  });

  it('warns where there is no solution, and still runs the template', async () => {
    const found = await check({ solution: null });
    expect(brief(found)).toEqual([['warning', 'no-solution', null]]);
    expect(found).toMatchObject({ ok: true, solution: null, profile: null, solutionRuns: 0, template: { points: 0 } });
  });

  const vector = `class Vector:
    def __init__(self, x):
        self.x = x

    def __eq__(self, other):
        return isinstance(other, Vector) and self.x == other.x

    def __mul__(self, other):
        return Vector(self.x * other)
`;
  const vectorTests = `from submission import *


def test_equal():
    assert Vector(1) == Vector(1)


def test_scaled():
    assert (Vector(2) * 3).x == 6
`;

  it('records what the solution needed, and tells where a class of the submission decides', async () => {
    const found = await check({ tests: vectorTests, solution: vector, template: 'class Vector:\n    pass' });
    expect(brief(found)).toEqual([['warning', 'own-equality', expect.stringContaining('test_equal')]]);
    expect(found).toMatchObject({ ok: true, solution: { points: 10 }, template: { points: 0 } });
    expect(found.profile?.rights).toContainEqual(expect.objectContaining({ kind: 'arithmetic', className: 'Vector' }));
    expect(found.profile?.starNames).toMatchObject([{ names: expect.arrayContaining(['Vector']) }]);
    expect(found.profile?.tests).toHaveLength(2);
    expect(profileWords(found.profile!)).toMatchObject([
      { lines: [expect.stringContaining('Vector is asked for'), expect.stringMatching(/“import \*” gives .*Vector/)] },
    ]);
  });

  it('gives a student exactly the rights that the solution needed', async () => {
    const { profile } = await check({ tests: vectorTests, solution: vector, template: '' });
    const files = filesOf({ 'tests/test_averages.py': vectorTests });
    const graded = request([vector], { files, profile });
    expect(await gradeNotebook(engine, graded)).toMatchObject({ outcome: 'completed', points: 10 });
    const without = await gradeNotebook(engine, { ...graded, profile: null });
    expect(without.points).toBeLessThan(10);
  });

  it('gives up at once with the caller’s reason', async () => {
    const cancel = new AbortController();
    const reason = new Error('the lease is lost');
    const files = [...filesOf(), { path: 'solution.ipynb', b64: notebookOf('while True: pass').toString('base64') }];
    const running = checkSuite(
      engine,
      { manifest: manifestOf({ solution: 'solution.ipynb' }), files },
      { signal: cancel.signal, onStep: (words) => words.startsWith('running') && cancel.abort(reason) },
    );
    await expect(running).rejects.toBe(reason);
  });
});
