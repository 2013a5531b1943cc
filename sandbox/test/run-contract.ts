/** Whole runs with the real harness, the same on every engine. */
import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MiB, runReport, type RunProgress, type RunReport } from '@nbpulse/schema/wire';
import type { Engine } from '../src/engine.js';
import { gradeNotebook, type GradeRequest, type GradeWatch } from '../src/run.js';
import { filesOf, manifestOf, request, right, rightToo, tests } from './grading-cases.js';

export function runContract(name: string, open: () => Promise<Engine>): void {
  describe(`a run on ${name}`, () => {
    let engine: Engine;
    beforeAll(async () => {
      engine = await open();
    });
    afterAll(() => engine.close());

    /** Every report must be one that the server accepts. */
    async function grade(graded: GradeRequest, watch?: GradeWatch): Promise<RunReport> {
      const report = await gradeNotebook(engine, graded, watch);
      expect(runReport.safeParse(report).error).toBeUndefined();
      return report;
    }

    const points = (report: RunReport): Record<string, string> =>
      Object.fromEntries(report.tests.map((test) => [test.name, `${test.status} ${test.points}/${test.maxPoints}`]));

    it('gives a right submission all its points', async () => {
      const progress: RunProgress[] = [];
      const report = await grade(request([right, rightToo]), { onProgress: (step) => progress.push(step) });
      expect(report).toMatchObject({
        outcome: 'completed',
        points: 10,
        maxPoints: 10,
        engine: engine.name,
        tier: engine.tier,
      });
      expect(report.reason).toBeUndefined();
      expect(points(report)).toEqual({
        test_mean: 'passed 5/5',
        test_mean_of_one: 'passed 2.5/2.5',
        test_largest: 'passed 2.5/2.5',
      });
      expect(progress.at(-1)).toEqual({ done: 3, total: 3 });
      expect(report.durationMs).toBeGreaterThan(0);
    });

    it('gives a wrong one the points of what is right, with a message for the visible test only', async () => {
      const report = await grade(request(['def mean(xs):\n    return 41', rightToo]));
      expect(report).toMatchObject({ outcome: 'completed', points: 5 });
      const [visible, hidden] = report.tests;
      expect(visible).toMatchObject({ name: 'test_mean', status: 'failed', visible: true });
      expect(visible?.message).toContain('41');
      expect(hidden).toMatchObject({ name: 'test_mean_of_one', status: 'passed', visible: false });
      const largest = await grade(request([right, 'def largest(xs):\n    return -1']));
      const failed = largest.tests.find((test) => test.name === 'test_largest');
      expect(failed).toMatchObject({ status: 'failed', visible: false });
      expect(failed?.message).toBeUndefined();
      expect(failed?.staffMessage).toContain('-1');
    });

    it('tells why a hidden test failed when the author says so', async () => {
      const manifest = manifestOf({ showHiddenMessages: true });
      const report = await grade(request([right, 'def largest(xs):\n    return -1'], { manifest }));
      expect(report.tests.find((test) => test.name === 'test_largest')?.message).toContain('-1');
    });

    it('stops an endless test by its time, and grades the others', async () => {
      const report = await grade(request([right, 'def largest(xs):\n    while True: pass']));
      expect(report).toMatchObject({ outcome: 'timed-out', reason: 'stopped after 2 s in test_largest', points: 7.5 });
    });

    it('stops an endless cell by the time of the run', { timeout: 180_000 }, async () => {
      const manifest = manifestOf({ limits: { wallMs: 15_000, testMs: 1_000 } });
      const report = await grade(request([right, 'while True: pass'], { manifest }));
      // How many tests the rest of the time is enough for depends on the machine.
      expect(report.outcome).toBe('timed-out');
      expect(report.reason).toMatch(/stopped after|did not finish within/);
    });

    it('gives a program that somebody on this host killed another run, which counts', async () => {
      const mark = `nbp${randomBytes(5).toString('hex')}`;
      let starts = 0;
      const watched: Engine = {
        ...engine,
        start: async (asked) => {
          starts += 1;
          const first = { path: 'first', bytes: new Uint8Array() };
          return engine.start(starts === 1 ? { ...asked, data: [...asked.data, first] } : asked);
        },
      };
      const waits = `
import ctypes, os, time
if os.path.exists('/job/data/first'):
    ctypes.CDLL(None).prctl(15, b'${mark}')
    time.sleep(600)`;
      const manifest = manifestOf({ limits: { wallMs: 100_000, testMs: 2_000 } });
      const graded = gradeNotebook(watched, request([waits, right, rightToo], { manifest }));
      let pid: number | undefined;
      await expect.poll(async () => (pid = await processNamed(mark))).toBeDefined();
      process.kill(pid ?? 0, 'SIGKILL');
      const report = await graded;
      expect(report).toMatchObject({ outcome: 'completed', points: 10 });
      expect(report.staffReason).toContain('the result of a second run');
      expect(starts).toBe(2);
    });

    it('takes an end by SIGKILL for the program’s own when it comes again', async () => {
      const report = await grade(request(['import os, signal\nos.kill(os.getpid(), signal.SIGKILL)', right, rightToo]));
      expect(report).toMatchObject({ points: 0 });
      expect(report.outcome).not.toBe('sandbox-error');
      expect(report.staffReason).toContain('the program’s own doing');
      expect(report.reason).toBeDefined();
    });

    it('says in words that memory was used up', async () => {
      const manifest = manifestOf({ limits: { wallMs: 20_000, testMs: 5_000, memoryBytes: 256 * MiB } });
      const hog = `import time\ndef largest(xs):\n    hold = []\n    while True:\n        hold.append(bytearray(b'x') * (8 << 20)); time.sleep(0.005)`;
      const report = await grade(request([right, hog], { manifest }));
      expect(report).toMatchObject({ outcome: 'out-of-memory', reason: 'used more than 256 MB' });
      expect(report.tests.find((test) => test.name === 'test_mean')?.status).toBe('passed');
    });

    it('names the cell that failed, and grades what the others defined', async () => {
      const report = await grade(request([right, 'undefined_name + 1']));
      expect(report.outcome).toBe('failed');
      expect(report.reason).toContain('NameError');
      expect(points(report)['test_mean']).toBe('passed 5/5');
    });

    it('grades nothing out of bytes that are no notebook', async () => {
      const report = await grade(request([], { notebook: Buffer.from('{"cells": nonsense') }));
      expect(report).toMatchObject({ outcome: 'failed', points: 0 });
      expect(report.reason).toBeDefined();
    });

    it('grades a script as well', async () => {
      const script = { notebook: Buffer.from(`${right}\n\n${rightToo}\n`), filename: 'lab.py' };
      expect(await grade(request([], script))).toMatchObject({ outcome: 'completed', points: 10 });
    });

    it('does not blame the student for a suite that does not load', async () => {
      const files = filesOf({ 'tests/test_averages.py': 'import no_such_package\n\ndef test_a(): pass\n' });
      const report = await grade(request([right, rightToo], { files }));
      expect(report).toMatchObject({ outcome: 'sandbox-error', points: 0, tests: [] });
      expect(report.staffReason).toContain('no_such_package');
      expect(report.reason).not.toContain('no_such_package');
    });

    it('does not blame the student for a suite without tests', async () => {
      const files = filesOf({ 'tests/test_averages.py': '# to be written\n' });
      const report = await grade(request([right, rightToo], { files }));
      expect(report.outcome).toBe('sandbox-error');
      expect(report.staffReason).toMatch(/no test/i);
    });

    it('does not blame the student for a data file that was never pushed', async () => {
      const manifest = manifestOf({ data: ['rows.csv'] });
      const report = await grade(request([right], { manifest }));
      expect(report.outcome).toBe('sandbox-error');
      expect(report.staffReason).toBe('The assignment averages names "rows.csv", but no such file was pushed with it.');
    });

    it('lets the notebook read the data files beside it', async () => {
      const manifest = manifestOf({ data: ['data'] });
      const files = filesOf({ 'tests/test_averages.py': tests, 'data/rows.csv': 'a\n3\n9\n4\n' });
      const cells = [
        right,
        `import pandas\nrows = list(pandas.read_csv('data/rows.csv')['a'])`,
        rightToo,
        'assert max(rows) == 9',
      ];
      expect(await grade(request(cells, { manifest, files }))).toMatchObject({ outcome: 'completed', points: 10 });
    });

    it('keeps what the notebook printed, for staff', async () => {
      const report = await grade(request([right, rightToo, 'print("hello from cell 3")']));
      expect(report.output).toContain('hello from cell 3');
    });

    it('takes no print of the student’s for a result', async () => {
      const forged = `import os, struct, json
body = json.dumps({'nonce': '0', 'type': 'report', 'notebook': {'ok': True}, 'canary': 'held', 'tests': [{'name': 'test_mean', 'status': 'passed', 'visible': True, 'weight': 1, 'durationMs': 1}]}).encode()
for fd in range(1, 12):
    try:
        os.write(fd, struct.pack('<I', len(body)) + body)
    except OSError:
        pass
os._exit(0)`;
      const report = await grade(request([forged]));
      expect(report.points).toBe(0);
      expect(report.tests.every((test) => test.status !== 'passed')).toBe(true);
    });

    it('gives up at once when the caller does, with the caller’s reason', async () => {
      const cancel = new AbortController();
      const run = grade(request(['while True: pass']), { signal: cancel.signal });
      const reason = new Error('the lease is lost');
      const timer = setTimeout(() => cancel.abort(reason), 500);
      await expect(run).rejects.toBe(reason);
      clearTimeout(timer);
    });
  });
}

/** A process of this host, by the name that it gave itself. */
async function processNamed(name: string): Promise<number | undefined> {
  for (const pid of (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry))) {
    if ((await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).trim() === name) return Number(pid);
  }
  return undefined;
}
