import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { feedbackTest, type FailureDetail, type RunReport, type TestResult } from '@nbpulse/schema/wire';
import { report } from '../../test/course-work.js';
import { feedbackOf } from './feedback.js';

const secret = 'SECRET-42';
const detail: FailureDetail = {
  calls: [
    { call: `f(${secret})`, gave: secret },
    { call: 'g()', raised: `ValueError: expected ${secret}` },
  ],
  expected: secret,
  got: `not ${secret}`,
  difference: [{ at: secret, expected: secret, got: null }],
  moreDifferences: 3,
  line: { cell: 'cell 1', line: 2, source: `raise ValueError(${secret})` },
};
const failing = (visible: boolean): TestResult => ({
  name: 'test_it',
  status: 'failed',
  visible,
  points: 0,
  maxPoints: 1,
  durationMs: 3,
  message: secret,
  detail,
  staffMessage: secret,
});
const run = (...tests: TestResult[]): RunReport => report({ tests, output: secret, staffReason: secret });

describe('feedback', () => {
  it('lays out why a visible test failed', () => {
    const told = feedbackOf(run(failing(true)), { showHiddenMessages: false }).tests;
    expect(told[0]).toEqual({
      name: 'test_it',
      status: 'failed',
      visible: true,
      points: 0,
      maxPoints: 1,
      message: secret,
      detail,
    });
    expect(feedbackTest.parse(told[0])).toEqual(told[0]);
  });

  it('never tells what a hidden test expected, in any field, whatever a report holds', () => {
    const told = feedbackOf(run(failing(false)), { showHiddenMessages: false });
    expect(JSON.stringify(told)).not.toContain(secret);
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.constant(secret)), (more) => {
        const hidden = { ...more, ...failing(false) };
        const shown = feedbackOf(run(hidden), { showHiddenMessages: false });
        expect(JSON.stringify(shown)).not.toContain(secret);
      }),
    );
  });

  it('numbers the cases of a hidden test: their names hold arguments', () => {
    const of = (name: string, visible: boolean): TestResult => ({ ...failing(visible), name });
    const tests = [of(`test_it[${secret}-a]`, false), of('test_open[3-9]', true), of(`test_it[${secret}]`, false)];
    const reason = `was stopped after 10 s in test_it[${secret}]`;
    const told = feedbackOf({ ...run(...tests), reason }, { showHiddenMessages: false });
    expect(told.tests.map(({ name }) => name)).toEqual(['test_it[1]', 'test_open[3-9]', 'test_it[2]']);
    expect(told.reason).toBe('was stopped after 10 s in test_it[2]');
    expect(feedbackOf(run(...tests), { showHiddenMessages: true }).tests[0]?.name).toBe(`test_it[${secret}-a]`);
  });

  it('tells it where the author says so', () => {
    const [told] = feedbackOf(run(failing(false)), { showHiddenMessages: true }).tests;
    expect(told).toMatchObject({ message: secret, detail });
    expect(told).not.toHaveProperty('staffMessage');
  });
});
