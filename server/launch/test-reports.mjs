/**
 * What each runner's machine-readable report counts. A report that is missing, or that counts nothing, is a failure: a runner
 * that crashed or collected no test must never look like success.
 */
import { readFileSync } from 'node:fs';

/** `failures`: a line for each, the test and why. @typedef {{ passed: number, failed: number, skipped: number, failures: string[] }} Counts */

/** vitest and jest write the same JSON. @param {string} text @returns {Counts} */
export function fromJestJson(text) {
  const report = JSON.parse(text);
  const crashed = report.testResults.filter(
    (/** @type {any} */ file) =>
      file.status === 'failed' && !file.assertionResults.some((/** @type {any} */ test) => test.status === 'failed'),
  );
  const failures = report.testResults.flatMap((/** @type {any} */ file) =>
    crashed.includes(file)
      ? [failure(file.name ?? 'a file', file.message)]
      : file.assertionResults
          .filter((/** @type {any} */ test) => test.status === 'failed')
          .map((/** @type {any} */ test) => failure(`${file.name} › ${test.fullName}`, test.failureMessages?.[0])),
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + crashed.length,
    skipped: (report.numPendingTests ?? 0) + (report.numTodoTests ?? 0),
    failures,
  };
}

/** JUnit XML as pytest and node:test write it: each `<testcase>` with what is in it. @param {string} text @returns {Counts} */
export function fromJunit(text) {
  /** @type {Counts} */
  const counts = { passed: 0, failed: 0, skipped: 0, failures: [] };
  for (const [, attributes, body] of text.matchAll(/<testcase\b((?:[^>"]|"[^"]*")*?)(?:\/>|>([^]*?)<\/testcase>)/g)) {
    if (/<(failure|error)\b/.test(body ?? '')) {
      counts.failed += 1;
      const why = /<(?:failure|error)\b[^>]*?\bmessage="([^"]*)"/.exec(body ?? '')?.[1];
      const names = ['classname', 'name'].map((key) => new RegExp(`\\b${key}="([^"]*)"`).exec(` ${attributes}`)?.[1]);
      counts.failures.push(failure(names.filter(Boolean).join(' › '), why));
    } else if (/<skipped\b/.test(body ?? '')) counts.skipped += 1;
    else counts.passed += 1;
  }
  return counts;
}

/** Playwright's JSON: a test that passed on a second try is passed, as Playwright has it. @param {string} text @returns {Counts} */
export function fromPlaywright(text) {
  const report = JSON.parse(text);
  const { expected, unexpected, flaky, skipped } = report.stats;
  return {
    passed: expected + flaky,
    failed: unexpected + (unexpected === 0 ? report.errors.length : 0),
    skipped,
    failures: [
      ...(report.suites ?? []).flatMap(failedSpecs),
      ...report.errors.map((/** @type {any} */ error) => failure('outside of any test', error.message)),
    ],
  };
}

/** @param {any} suite @returns {string[]} */
function failedSpecs(suite) {
  const own = (suite.specs ?? []).filter((/** @type {any} */ spec) => !spec.ok);
  return [
    ...own.map((/** @type {any} */ spec) => {
      const results = spec.tests.flatMap((/** @type {any} */ test) => test.results);
      const error = results.findLast((/** @type {any} */ result) => result.error)?.error;
      return failure(`${spec.file}:${spec.line} › ${spec.title}`, error?.message);
    }),
    ...(suite.suites ?? []).flatMap(failedSpecs),
  ];
}

/** A test and the first lines of why, in one line. @param {string} test @param {string | undefined} why */
function failure(test, why) {
  const plain = (why ?? 'no message').replace(/\u001b\[[0-9;]*m/g, '');
  return `${test}: ${plain.split('\n').slice(0, 3).join(' ').trim().slice(0, 300)}`;
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
      failures: [],
      note: `it left no report that can be read (exit code ${exitCode}; ${why})`,
    };
  }
  const { passed, failed, skipped } = counts;
  if (passed + failed + skipped === 0) return { ...counts, failed: 1, note: 'it ran no test' };
  if (exitCode !== 0 && failed === 0)
    return { ...counts, failed: 1, note: `no test failed, but it ended with code ${exitCode}` };
  return counts;
}
