/** A test's result as one reader may have it. */
import type { TestResult } from '@nbpulse/schema/wire';

/**
 * `staff` read everything. `student`: of a hidden test name and points, unless the author shows more: so the file of one submission
 * can be handed to whoever wrote it.
 */
export type Reader = 'staff' | 'student';

export interface Told {
  testsFile: string | null;
  showHidden: boolean;
}

/** Why a test did not pass. Empty when it did, or when this reader may not know. */
export function messageFor(reader: Reader, test: TestResult, { showHidden }: Told): string {
  if (test.status === 'passed') return '';
  if (reader === 'staff') return test.staffMessage ?? test.message ?? statusWords[test.status];
  if (!test.visible && !showHidden) return '';
  return test.message ?? statusWords[test.status];
}

const statusWords: Record<TestResult['status'], string> = {
  passed: '',
  failed: 'The test failed.',
  error: 'The test could not be carried out.',
  'timed-out': 'The test did not end in time and was stopped.',
  skipped: 'The test was skipped.',
  'not-run': 'The test was not run.',
};

/** As pytest names a test; without a file where nobody knows which of several it was. */
export const nodeidOf = (test: TestResult, { testsFile }: Told): string =>
  testsFile === null ? test.name : `${testsFile}::${test.name}`;
