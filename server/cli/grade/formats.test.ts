/** What is written, read back by what others read it with. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { RunReport, TestResult } from '@nbpulse/schema/wire';
import { resultFiles, type Graded } from './files.js';
import { formats } from './options.js';
import { outFolder } from './out-folder.js';
import type { Row } from './rows.js';
import { resultTable } from './table.js';

const test = (name: string, given: Partial<TestResult> = {}): TestResult => ({
  name,
  status: 'failed',
  visible: false,
  points: 0,
  maxPoints: 2.5,
  durationMs: 4,
  message: `why ${name} failed`,
  staffMessage: `E  all about ${name}`,
  ...given,
});
const report: RunReport = {
  v: 1,
  outcome: 'timed-out',
  reason: 'stopped after 10 s in test_late',
  points: 2.5,
  maxPoints: 10,
  tests: [
    test('test_right', { status: 'passed', points: 2.5, visible: true }),
    test('test_shown', { visible: true, message: 'a < b & "c" \u0000\u001B[31m\uFFFF' }),
    test('test_hidden'),
    test('test_late', { status: 'timed-out' }),
    test('test_skipped', { status: 'skipped', maxPoints: 0 }),
    test('test_absent', { status: 'not-run', message: undefined, staffMessage: undefined }),
  ],
  engine: 'bubblewrap',
  tier: 'A',
  startedAt: '2026-05-04T10:00:00.250Z',
  durationMs: 11_500,
};
const rows: Row[] = [
  { name: 'anna.ipynb', file: 'anna.ipynb', kind: 'graded', sha256: 'aa', report },
  { name: 'anna.py', file: 'anna.py', kind: 'unreadable', reason: 'is empty' },
  { name: '=cmd"<\n&.py', file: '=cmd.py', kind: 'graded', sha256: 'bb', report },
  { name: 'chen.py', file: 'chen.py', kind: 'not-graded', sha256: 'cc', reason: 'no disk\nis left', blame: 'host' },
];
const graded: Graded = {
  rows,
  told: { testsFile: 'tests.py', showHidden: false },
  check: { v: 1, ok: true, findings: [], solution: null, template: null, solutionRuns: 0, profile: null },
  testsName: 'tests.py',
  module: 'submission',
  engine: 'bubblewrap',
  maxPoints: 10,
  isComplete: true,
};
const now = new Date('2026-05-04T12:00:00Z');
const files = resultFiles(graded, formats, now);
const textOf = (path: string, from = files): string => from.get(path) ?? '';

const pytestJson = z.strictObject({
  created: z.number(),
  duration: z.number(),
  exitcode: z.int(),
  summary: z.strictObject({
    total: z.int(),
    collected: z.int(),
    passed: z.int().optional(),
    failed: z.int().optional(),
    error: z.int().optional(),
    skipped: z.int().optional(),
  }),
  tests: z.array(
    z.strictObject({
      nodeid: z.string(),
      outcome: z.enum(['passed', 'failed', 'error', 'skipped']),
      call: z.strictObject({ duration: z.number(), outcome: z.string(), longrepr: z.string().optional() }),
    }),
  ),
});
const visibility = z.enum(['hidden', 'after_due_date', 'after_published', 'visible']);
const gradescopeJson = z.strictObject({
  score: z.number(),
  execution_time: z.number(),
  output: z.string(),
  visibility,
  stdout_visibility: visibility,
  tests: z.array(
    z.strictObject({
      score: z.number(),
      max_score: z.number(),
      status: z.enum(['passed', 'failed']),
      name: z.string(),
      number: z.string(),
      output: z.string(),
      output_format: z.enum(['text', 'html', 'simple_format', 'md', 'ansi']),
      tags: z.array(z.string()),
      visibility,
    }),
  ),
  leaderboard: z.array(z.strictObject({ name: z.string(), value: z.union([z.number(), z.string()]) })),
});

describe('the files of a graded folder', () => {
  it('have a name for each submission that no two share, and no shell trips over', () => {
    expect([...files.keys()]).toEqual([
      'results.csv',
      'results.json',
      ...['anna.ipynb', 'anna.py', '=cmd___&'].map((name) => `pytest/${name}.json`),
      ...['anna.ipynb', 'anna.py', '=cmd___&'].map((name) => `gradescope/${name}.json`),
      'junit.xml',
    ]);
  });

  it('tell a student, as pytest-json-report, why visible tests failed and only that hidden ones did', () => {
    const read = pytestJson.parse(JSON.parse(textOf('pytest/anna.ipynb.json')));
    expect(read).toMatchObject({ created: 1_777_888_800.25, duration: 11.5, exitcode: 1 });
    expect(read.summary).toEqual({ total: 6, collected: 6, passed: 1, failed: 3, skipped: 1, error: 1 });
    expect(read.tests.map(({ nodeid, call }) => [nodeid, call.longrepr?.slice(0, 5)])).toEqual([
      ['tests.py::test_right', undefined],
      ['tests.py::test_shown', 'a < b'],
      ...['hidden', 'late', 'skipped', 'absent'].map((name) => [`tests.py::test_${name}`, undefined]),
    ]);
    const none = pytestJson.parse(JSON.parse(textOf('pytest/anna.py.json')));
    expect([none.exitcode, none.tests]).toEqual([4, []]);
  });

  it('tell it all when hidden tests are shown', () => {
    const shown = resultFiles(
      { ...graded, told: { testsFile: null, showHidden: true } },
      ['pytest', 'gradescope'],
      now,
    );
    const read = pytestJson.parse(JSON.parse(textOf('pytest/anna.ipynb.json', shown)));
    expect(read.tests[2]).toMatchObject({ nodeid: 'test_hidden', call: { longrepr: 'why test_hidden failed' } });
    const { tests } = gradescopeJson.parse(JSON.parse(textOf('gradescope/anna.ipynb.json', shown)));
    expect(tests[2]).toMatchObject({ visibility: 'visible', output: 'why test_hidden failed' });
  });

  it('are what Gradescope takes', () => {
    const read = gradescopeJson.parse(JSON.parse(textOf('gradescope/anna.ipynb.json')));
    expect(read).toMatchObject({ score: 2.5, execution_time: 11.5, output: 'stopped after 10 s in test_late' });
    expect(read.tests.map(({ visibility: seen, output }) => [seen, output.slice(0, 5)])).toEqual([
      ['visible', ''],
      ['visible', 'a < b'],
      ...Array.from({ length: 4 }, () => ['hidden', '']),
    ]);
    const none = gradescopeJson.parse(JSON.parse(textOf('gradescope/anna.py.json')));
    expect([none.score, none.output]).toEqual([0, 'anna.py is empty.']);
  });

  it('are CSV that a spreadsheet opens without a formula, with no points where nothing was graded', () => {
    const read = parse<Record<string, string>>(textOf('results.csv'), { columns: true, bom: true });
    expect(read.map(({ submission, points, outcome }) => [submission, points, outcome])).toEqual([
      ['anna.ipynb', '2.5', 'timed-out'],
      ['anna.py', '0', 'unreadable'],
      [`'=cmd"<\n&.py`, '2.5', 'timed-out'],
      ['chen.py', '', 'sandbox-error'],
    ]);
    expect(read[0]).toMatchObject({ max_points: '10', seconds: '11.5', test_right: '2.5', test_hidden: '0' });
  });

  it('are XML that Python parses, whose counts are those of its cases', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'nbpulse-junit-'));
    try {
      await writeFile(join(folder, 'junit.xml'), textOf('junit.xml'));
      const script = `
import json, sys
from xml.etree import ElementTree
root = ElementTree.parse(sys.argv[1]).getroot()
kinds = {"failures": "failure", "errors": "error", "skipped": "skipped"}
for suite in [root, *root]:
    cases = list(suite.iter("testcase"))
    assert int(suite.get("tests")) == len(cases)
    for count, kind in kinds.items():
        assert int(suite.get(count)) == sum(case.find(kind) is not None for case in cases), (suite.attrib, kind)
print(json.dumps([root.tag, [s.get("name") for s in root], root[0][1][0].text, root[3][0][0].text]))
`;
      const said = execFileSync('python3', ['-c', script, join(folder, 'junit.xml')], { encoding: 'utf8' });
      expect(JSON.parse(said)).toEqual([
        'testsuites',
        ['anna.ipynb', 'anna.py', '=cmd"<\n&.py', 'chen.py'],
        'E  all about test_shown',
        'no disk\nis left',
      ]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('the table of a graded folder', () => {
  it('fits the screen, a row a line, with nothing that moves the cursor', () => {
    const lines = resultTable(rows, 10, 100).split('\n');
    expect(lines).toHaveLength(5);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(100);
    expect(lines[3]).toMatch(/^=cmd"< &\.py/);
    expect(lines[4]).toMatch(/^chen\.py +– {2}not graded: no disk is left$/);
  });
});

describe('the place of the results', () => {
  it('is beside the submissions, else here, else nowhere; trying leaves nothing behind', async () => {
    const here = await mkdtemp(join(tmpdir(), 'nbpulse-out-'));
    try {
      expect(await outFolder(join(here, 'lab-3'), undefined, '/')).toBe(join(here, 'lab-3-graded'));
      // Nobody writes into /proc, root neither: a folder of submissions that is mounted read-only.
      expect(await outFolder('/proc/sys/kernel', undefined, here)).toBe(join(here, 'kernel-graded'));
      expect(await outFolder('/proc/sys/kernel', undefined, '/proc')).toBeNull();
      await writeFile(join(here, 'lab-3-graded'), 'a file in its place');
      expect(await outFolder(join(here, 'lab-3'), undefined, join(here, 'lab-3', 'inside'))).toBeNull();
      await expect(outFolder(join(here, 'lab-3'), '/proc/x', here)).rejects.toThrow('--out /proc/x cannot be written');
      expect(await readdir(here)).toEqual(['lab-3-graded']);
    } finally {
      await rm(here, { recursive: true });
    }
  });
});
