/** Where submissions and tests stand, in the words that staff and students read. */
import type { Outcome, SubmissionStatus, TestResult } from '@nbpulse/schema/wire';

const outcomeWords: Record<Outcome, string> = {
  completed: 'graded',
  failed: 'the notebook did not run',
  'timed-out': 'stopped at the time limit',
  'out-of-memory': 'stopped at the memory limit',
  'sandbox-error': 'our fault, being retried',
};
/** Where a submission stands, in words. An infrastructure fault is never told as a result. */
export function submissionWords(status: SubmissionStatus, outcome: Outcome | null): string {
  switch (status) {
    case 'queued':
      return 'waiting to be graded';
    case 'running':
      return 'being graded';
    case 'retrying':
      return 'being retried';
    case 'ungraded':
      return 'not graded';
    case 'done':
      return outcome === null ? 'graded' : outcomeWords[outcome];
    default:
      return status satisfies never;
  }
}
export const testWords: Record<TestResult['status'], string> = {
  passed: 'passed',
  failed: 'failed',
  error: 'error',
  'timed-out': 'stopped at its time limit',
  skipped: 'skipped',
  'not-run': 'not run',
};
const rank: Record<TestResult['status'], number> = {
  failed: 0,
  error: 1,
  'timed-out': 2,
  'not-run': 3,
  skipped: 4,
  passed: 5,
};
export const failedFirst = (a: Pick<TestResult, 'status'>, b: Pick<TestResult, 'status'>): number =>
  rank[a.status] - rank[b.status];
