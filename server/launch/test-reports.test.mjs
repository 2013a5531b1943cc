import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { countReport, fromJestJson, fromJunit, fromPlaywright } from './test-reports.mjs';
import { temporaryFolder } from './testing.mjs';

describe('counting', () => {
  it('takes passed, failed and skipped from vitest and jest, and a file that crashed as a failure', () => {
    const report = {
      numPassedTests: 5,
      numFailedTests: 1,
      numPendingTests: 2,
      numTodoTests: 1,
      testResults: [
        {
          name: 'a.test.ts',
          status: 'failed',
          assertionResults: [
            { status: 'failed', fullName: 'adds up', failureMessages: ['\u001b[31mexpected 1\u001b[39m\nto be 2'] },
          ],
        },
        { name: 'b.test.ts', status: 'failed', message: 'cannot be read', assertionResults: [] },
        { status: 'passed', assertionResults: [{ status: 'passed' }] },
      ],
    };
    assert.deepEqual(fromJestJson(JSON.stringify(report)), {
      passed: 5,
      failed: 2,
      skipped: 3,
      failures: ['a.test.ts › adds up: expected 1 to be 2', 'b.test.ts: cannot be read'],
    });
  });

  it('reads JUnit: attributes with ">" in them, bodies, failures, errors and skips', () => {
    const xml = `<testsuites><testsuite tests="5">
      <testcase name="a &gt; b" classname="x > y" time="0.1"/>
      <testcase name="prints"><system-out>&lt;failure/&gt;</system-out></testcase>
      <testcase name="fails"><failure message="no">trace</failure></testcase>
      <testcase name="breaks"><error message="setup"/></testcase>
      <testcase name="skips"><skipped type="pytest.skip" message="no docker"/></testcase>
    </testsuite></testsuites>`;
    assert.deepEqual(fromJunit(xml), {
      passed: 2,
      failed: 2,
      skipped: 1,
      failures: ['fails: no', 'breaks: setup'],
    });
  });

  it('counts an error of Playwright that belongs to no test', () => {
    const stats = { expected: 0, unexpected: 0, flaky: 0, skipped: 0 };
    assert.equal(fromPlaywright(JSON.stringify({ stats, errors: [{}] })).failed, 1);
    const bad = {
      file: 'a.spec.ts',
      line: 3,
      title: 'clicks',
      ok: false,
      tests: [{ results: [{ error: { message: 'no button' } }] }],
    };
    const report = {
      stats: { expected: 3, unexpected: 1, flaky: 1, skipped: 2 },
      errors: [],
      suites: [{ specs: [{ ok: true }], suites: [{ specs: [bad] }] }],
    };
    assert.deepEqual(fromPlaywright(JSON.stringify(report)), {
      passed: 4,
      failed: 1,
      skipped: 2,
      failures: ['a.spec.ts:3 › clicks: no button'],
    });
  });
});

describe('a runner', () => {
  const none = '{"numPassedTests":0,"numFailedTests":0,"testResults":[]}';
  const two = '{"numPassedTests":2,"numFailedTests":0,"testResults":[]}';

  it('that left no report, or a broken one, failed', (test) => {
    const path = join(temporaryFolder(test), 'report.json');
    assert.equal(countReport(path, fromJestJson, 0).failed, 1);
    writeFileSync(path, '{"numPassed');
    assert.match(countReport(path, fromJestJson, 0).note ?? '', /no report that can be read/);
  });

  it('that ran no test failed, and so did one that passed all and then broke', (test) => {
    const path = join(temporaryFolder(test), 'report.json');
    writeFileSync(path, none);
    assert.deepEqual(countReport(path, fromJestJson, 0), {
      passed: 0,
      failed: 1,
      skipped: 0,
      failures: [],
      note: 'it ran no test',
    });
    writeFileSync(path, two);
    assert.equal(countReport(path, fromJestJson, 1).failed, 1);
    assert.deepEqual(countReport(path, fromJestJson, 0), { passed: 2, failed: 0, skipped: 0, failures: [] });
  });
});
