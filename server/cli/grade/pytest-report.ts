/** One submission as pytest-json-report would write it: `{created, duration, exitcode, summary, tests}`. */
import type { TestResult } from '@nbpulse/schema/wire';
import type { Row } from './rows.js';
import { messageFor, nodeidOf, type Told } from './shown.js';

type PytestOutcome = 'passed' | 'failed' | 'error' | 'skipped';

export interface PytestReport {
  /** Seconds since 1970. */
  created: number;
  /** Seconds. */
  duration: number;
  /** pytest's own: 0 all passed, 1 some failed, 4 there was nothing that could be run. */
  exitcode: 0 | 1 | 4;
  /** Counts by outcome, without those that are 0; `total` and `collected` always. */
  summary: Partial<Record<PytestOutcome, number>> & { total: number; collected: number };
  tests: {
    nodeid: string;
    outcome: PytestOutcome;
    call: { duration: number; outcome: PytestOutcome; longrepr?: string };
  }[];
}

const outcomes: Record<TestResult['status'], PytestOutcome> = {
  passed: 'passed',
  failed: 'failed',
  error: 'error',
  'timed-out': 'failed',
  skipped: 'skipped',
  'not-run': 'error',
};

/** @param now for what has no time of its own */
export function pytestReport(row: Exclude<Row, { kind: 'not-graded' }>, told: Told, now: Date): PytestReport {
  if (row.kind === 'unreadable') {
    return { created: now.getTime() / 1000, duration: 0, exitcode: 4, summary: { total: 0, collected: 0 }, tests: [] };
  }
  const { report } = row;
  const tests = report.tests.map((test) => {
    const outcome = outcomes[test.status];
    const longrepr = messageFor('student', test, told);
    return {
      nodeid: nodeidOf(test, told),
      outcome,
      call: { duration: test.durationMs / 1000, outcome, ...(longrepr === '' ? {} : { longrepr }) },
    };
  });
  const summary: PytestReport['summary'] = { total: tests.length, collected: tests.length };
  for (const { outcome } of tests) summary[outcome] = (summary[outcome] ?? 0) + 1;
  return {
    created: Date.parse(report.startedAt) / 1000,
    duration: report.durationMs / 1000,
    exitcode: tests.every(({ outcome }) => outcome === 'passed' || outcome === 'skipped') ? 0 : 1,
    summary,
    tests,
  };
}
