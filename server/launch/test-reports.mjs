/**
 * What each runner's machine-readable report counts. A report that is missing, or that counts nothing, is a failure: a runner
 * that crashed or collected no test must never look like success.
 */
import { readFileSync } from 'node:fs';

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/** vitest and jest write the same JSON. @param {string} text @returns {Counts} */
export function fromJestJson(text) {
  const report = JSON.parse(text);
  const crashed = report.testResults.filter(
    (/** @type {any} */ file) =>
      file.status === 'failed' && !file.assertionResults.some((/** @type {any} */ test) => test.status === 'failed'),
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + crashed.length,
    skipped: (report.numPendingTests ?? 0) + (report.numTodoTests ?? 0),
  };
}

/** JUnit XML as pytest and node:test write it: each `<testcase>` with what is in it. @param {string} text @returns {Counts} */
export function fromJunit(text) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const [, , body] of text.matchAll(/<testcase\b((?:[^>"]|"[^"]*")*?)(?:\/>|>([^]*?)<\/testcase>)/g)) {
    if (/<(failure|error)\b/.test(body ?? '')) counts.failed += 1;
    else if (/<skipped\b/.test(body ?? '')) counts.skipped += 1;
    else counts.passed += 1;
  }
  return counts;
}

/** Playwright's JSON: a test that passed on a second try is passed, as Playwright has it. @param {string} text @returns {Counts} */
export function fromPlaywright(text) {
  const report = JSON.parse(text);
  const { expected, unexpected, flaky, skipped } = report.stats;
  return { passed: expected + flaky, failed: unexpected + (unexpected === 0 ? report.errors.length : 0), skipped };
}

/**
 * @param {string} path of the report
 * @param {(text: string) => Counts} read
 * @param {number} exitCode of the runner
 * @returns {Counts & { note?: string }}
 */
export function countReport(path, read, exitCode) {
  let counts;
  try {
    counts = read(readFileSync(path, 'utf8'));
  } catch (error) {
    const why = /** @type {Error} */ (error).message;
    return {
      passed: 0,
      failed: 1,
      skipped: 0,
      note: `it left no report that can be read (exit code ${exitCode}; ${why})`,
    };
  }
  const { passed, failed, skipped } = counts;
  if (passed + failed + skipped === 0) return { ...counts, failed: 1, note: 'it ran no test' };
  if (exitCode !== 0 && failed === 0)
    return { ...counts, failed: 1, note: `no test failed, but it ended with code ${exitCode}` };
  return counts;
}
