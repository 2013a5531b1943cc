import { describe, expect, it } from 'vitest';
import { defaultRunLimits } from '@nbpulse/schema/wire';
import { judge, memoryWords, timeWords } from '../src/judge.js';
import type { OracleReport, OracleTest } from '../src/oracle-report.js';
import type { PairEnd } from '../src/run-pair.js';

const passed: OracleTest = { name: 'test_a', status: 'passed', visible: true, weight: 1, durationMs: 1 };
const failed: OracleTest = { ...passed, name: 'test_b', status: 'failed' };
const held: OracleReport = {
  nonce: 'n',
  type: 'report',
  notebook: { ok: true },
  canary: 'held',
  tests: [passed, failed],
};
const side = { exitCode: 0, outOfMemory: false, stdout: Buffer.alloc(0), stderr: Buffer.alloc(0), droppedBytes: 0 };
const calm: Pick<PairEnd, 'cause' | 'oracle' | 'probe'> = {
  cause: 'finished',
  oracle: side,
  probe: { ...side, flooded: false },
};
const verdict = (report: OracleReport | undefined, end = calm, fault?: string) =>
  judge(report, fault, end, defaultRunLimits);

describe('an outcome', () => {
  it('is completed when every test came to a verdict, whatever the points', () => {
    expect(verdict(held).outcome).toBe('completed');
    expect(verdict(held).reason).toBeUndefined();
  });

  it('is ours when the canary passed, and no points count', () => {
    expect(verdict({ ...held, canary: 'broken' })).toMatchObject({ outcome: 'sandbox-error', tests: [] });
  });

  it('is ours when the student’s sandbox was killed on this host, and no points count', () => {
    const end = { ...calm, probe: { ...calm.probe, exitCode: 137, killedFromOutside: true as const } };
    expect(verdict(held, end)).toMatchObject({ outcome: 'sandbox-error', blame: 'host', tests: [] });
  });

  it('is ours when the suite did not load, has no test, or no weight', () => {
    expect(verdict({ ...held, suiteError: 'no module named x' }).outcome).toBe('sandbox-error');
    expect(verdict({ ...held, tests: [] }).outcome).toBe('sandbox-error');
    expect(verdict({ ...held, tests: [{ ...passed, weight: 0 }] }).outcome).toBe('sandbox-error');
  });

  it('tells tests of the same name in two files apart', () => {
    const names = verdict({ ...held, tests: [passed, failed, passed] }).tests.map((test) => test.name);
    expect(names).toEqual(['test_a', 'test_b', 'test_a (2)']);
  });

  it.each([
    [{ ...calm, cause: 'wall-clock' as const }, 'still running well after the run’s 30 s'],
    [{ ...calm, cause: 'oracle-output' as const }, 'printed without end'],
    [{ ...calm, oracle: { ...side, exitCode: 139 } }, 'exit code 139'],
    [{ ...calm, oracle: { ...side, outOfMemory: true } }, 'the oracle used more than 512 MB'],
  ])('is ours when the oracle said nothing (%#)', (end, words) => {
    const judged = verdict(undefined, end);
    expect(judged.outcome).toBe('sandbox-error');
    expect(judged.staffReason).toContain(words);
    expect(judged.reason).toContain('it was not your code');
  });

  it('is ours when what the oracle said cannot be trusted', () => {
    expect(verdict(undefined, calm, 'a frame was no JSON').staffReason).toContain('a frame was no JSON');
  });

  it('names the test and the time when one was stopped', () => {
    const late: OracleTest = { ...failed, name: 'test_large', status: 'timed-out' };
    expect(verdict({ ...held, tests: [passed, late] })).toMatchObject({
      outcome: 'timed-out',
      reason: 'stopped after 10 s in test_large',
    });
    const both = [late, { ...late, name: 'test_larger' }];
    expect(verdict({ ...held, tests: both }).reason).toBe('stopped after 10 s in test_large and 1 more test');
  });

  it('names the limit when memory was used up, and keeps the tests that passed', () => {
    const end = { ...calm, probe: { ...calm.probe, outOfMemory: true } };
    expect(verdict(held, end)).toMatchObject({
      outcome: 'out-of-memory',
      reason: 'used more than 512 MB',
      tests: held.tests,
    });
  });

  it('is completed when every test passed, though something in the sandbox had been killed', () => {
    const end = { ...calm, probe: { ...calm.probe, outOfMemory: true } };
    expect(verdict({ ...held, tests: [passed] }, end).outcome).toBe('completed');
  });

  it('tells which cell was stopped after how long, also when every test passed', () => {
    const reason = 'cell 2: was stopped after 18 s\ncell 4: NameError: x';
    const report = { ...held, notebook: { ok: true, reason } };
    expect(verdict(report)).toMatchObject({ outcome: 'timed-out', reason });
    expect(verdict({ ...report, tests: [passed] })).toMatchObject({ outcome: 'timed-out', tests: [passed] });
  });

  it('is failed when a cell failed and a test did too', () => {
    const report = { ...held, notebook: { ok: true, reason: 'cell 3: NameError: x' } };
    expect(verdict(report)).toMatchObject({ outcome: 'failed', reason: 'cell 3: NameError: x' });
    expect(verdict({ ...report, tests: [passed] }).outcome).toBe('completed');
  });

  it('tells staff which tests were skipped, and what the oracle printed when it failed', () => {
    const end = { ...calm, oracle: { ...side, stderr: Buffer.from('a warning') } };
    const { staffReason } = verdict({ ...held, tests: [passed, { ...failed, status: 'skipped' }] }, end);
    expect(staffReason).toBe('Skipped, so without points: test_b.');
    expect(verdict(undefined, end).staffReason).toContain('a warning');
  });
});

describe('limits in words', () => {
  it('are short', () => {
    expect(memoryWords(512 * 1024 * 1024)).toBe('512 MB');
    expect(memoryWords(1.5 * 1024 * 1024)).toBe('1.5 MB');
    expect(timeWords(10_000)).toBe('10 s');
    expect(timeWords(1_500)).toBe('1.5 s');
    expect(timeWords(513.4)).toBe('0.513 s');
  });
});
