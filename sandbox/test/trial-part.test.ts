/** What a check leaves for trials: the visible tests by themselves, and no word of the hidden ones. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { suiteCheck, type AssignmentFile, type AssignmentManifest, type SuiteCheck } from '@nbpulse/schema/wire';
import { openBubblewrap } from '../src/bubblewrap/bubblewrap-engine.js';
import { checkSuite } from '../src/check/check-suite.js';
import type { Engine } from '../src/engine.js';
import { gradeNotebook } from '../src/run.js';
import { hasBubblewrap, testConfig } from './available-engines.js';
import { filesOf, manifestOf, notebookOf, right, rightToo, tests } from './grading-cases.js';

const works = await hasBubblewrap();

describe.runIf(works)('the visible tests by themselves', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await openBubblewrap(testConfig());
  });
  afterAll(() => engine.close());

  const assignment = (
    texts: Record<string, string>,
    changes: Partial<AssignmentManifest> = {},
    solution = [right, rightToo],
  ) => ({
    manifest: manifestOf({ solution: 'solution.ipynb', ...changes }),
    files: [
      ...filesOf(texts),
      {
        path: 'template.ipynb',
        b64: notebookOf('def mean(xs):\n    ...\ndef largest(xs):\n    ...').toString('base64'),
      },
      { path: 'solution.ipynb', b64: notebookOf(...solution).toString('base64') },
    ],
  });
  const check = async (given: { manifest: AssignmentManifest; files: AssignmentFile[] }): Promise<SuiteCheck> =>
    suiteCheck.parse(await checkSuite(engine, given));

  it('are cut from a file, worth what they are in the whole, and run without the others', async () => {
    const given = assignment({ 'tests/test_averages.py': tests });
    const { trial, findings } = await check(given);
    expect(findings).toEqual([]);
    expect(trial).toMatchObject({
      testFiles: ['tests/test_averages.py'],
      tests: [{ name: 'test_mean', maxPoints: 5 }],
    });
    expect(JSON.stringify(trial)).not.toContain('41');
    expect(JSON.stringify(trial)).not.toContain('largest');
    const files = trial!.files.map(({ path, text }) => ({ path, b64: Buffer.from(text ?? '').toString('base64') }));
    const report = await gradeNotebook(engine, {
      notebook: notebookOf('def mean(xs):\n    return 7'),
      filename: 'lab.ipynb',
      manifest: { ...given.manifest, tests: trial!.testFiles },
      files,
      profile: trial!.profile,
    });
    expect(report).toMatchObject({ outcome: 'completed', tests: [{ name: 'test_mean', status: 'failed' }] });
    expect(report.tests[0]?.detail).toMatchObject({ calls: [{ call: 'mean([1, 2, 3])', gave: '7' }] });
  });

  it('are the pushed files themselves when nothing is hidden, with data and requirements', async () => {
    const visible = `import pytest\nfrom submission import mean\npytestmark = pytest.mark.visible\n# as it is\ndef test_mean():\n    assert mean([1.0, 2.0]) == 1.5\n`;
    const { trial } = await check(
      assignment({ 'tests/test_a.py': visible, 'rivers.csv': 'a,b\n' }, { data: ['rivers.csv'] }),
    );
    expect(trial?.files).toEqual([
      { path: 'tests/test_a.py', text: null },
      { path: 'rivers.csv', text: null },
    ]);
    expect(trial?.testFiles).toEqual(['tests/test_a.py']);
  });

  it('have rights of their own: what only hidden tests needed is not in them', async () => {
    const vectors = `class Vec:\n    def __init__(self, x):\n        self.x = x\n    def __mul__(self, k):\n        return Vec(self.x * k)\n    def __add__(self, k):\n        return Vec(self.x + k)\n`;
    const suite = `import pytest\nfrom submission import Vec\n@pytest.mark.visible\ndef test_add():\n    assert (Vec(1) + 2).x == 3\ndef test_times():\n    assert (Vec(2) * 3).x == 6\n`;
    const { trial, profile, findings } = await check(assignment({ 'tests/test_vec.py': suite }, {}, [vectors]));
    expect(findings).toEqual([]);
    expect(profile?.tests.map(({ id }) => id)).toHaveLength(2);
    expect(trial?.profile?.tests).toEqual([{ id: 'tests/test_vec.py::test_add', ownEquality: false }]);
  });

  it('do not exist where nothing is visible', async () => {
    const { trial, findings } = await check(
      assignment({ 'tests/test_a.py': tests.replace('@pytest.mark.visible\n', '') }),
    );
    expect([trial, findings]).toEqual([null, []]);
  });

  it('are refused, with the reason for the author, when they need what is hidden', async () => {
    const hook = `import pytest\ndef pytest_collection_modifyitems(items):\n    for item in items:\n        if item.name == "test_mean_of_one":\n            item.add_marker(pytest.mark.visible)\n`;
    const { trial, findings, ok } = await check(assignment({ 'tests/test_a.py': tests, 'tests/conftest.py': hook }));
    expect([trial, ok]).toEqual([null, true]);
    expect(findings).toMatchObject([{ kind: 'no-trials', level: 'warning' }]);
    expect(findings[0]?.message).toContain('test_mean_of_one is not there without the hidden tests');
  });
});
