/** One test of a graded submission, for staff: points, why it failed, and the oracle's own report on request. */
import { useState } from 'react';
import type { TestResult } from '@nbpulse/schema/wire';
import { FailureView } from '../failure/failure-view.js';
import { Mark, markOfTest } from '../shell/marks.js';
import { points } from '../shell/time.js';
import { testWords } from './submission-words.js';

interface TestRowProps {
  test: TestResult;
  /** Of the graded students of the class; null where that is not known. */
  passed: { passed: number; of: number } | null;
}

export function TestRow({ test, passed }: TestRowProps) {
  const [open, setOpen] = useState(false);
  const good = test.status === 'passed';
  return (
    <div className="t">
      <Mark name={markOfTest(test.status)} />
      <code>
        {test.name}
        <span className="vh">: {testWords[test.status]}</span>
      </code>
      <span className="row tags">
        {passed && (
          <span className="q3 sm">
            {passed.passed} of {passed.of}
            <span className="vh"> of the class passed</span>
          </span>
        )}
        {!test.visible && <span className="tag">hidden</span>}
        {test.spoofable === true && (
          <span
            className="tag"
            title="This test shares a process with the student's code, so its result could be forged"
          >
            spoofable
          </span>
        )}
        {test.ownEquality === true && (
          <span className="tag" title="A == of the student's own class decided in this test: student against student">
            own ==
          </span>
        )}
      </span>
      <span className="pt">
        <b>{points(test.points)}</b> / {points(test.maxPoints)}
      </span>
      {(!good || test.message !== undefined) && (
        <div className="x">
          {test.message === undefined && test.detail === undefined ? (
            !good &&
            test.staffMessage === undefined && (
              <p className="q2">{`${testWords[test.status].charAt(0).toUpperCase()}${testWords[test.status].slice(1)}.`}</p>
            )
          ) : (
            <FailureView name={test.name} message={test.message} detail={test.detail} />
          )}
          {test.staffMessage !== undefined && (
            <details className="staff-report" onToggle={(event) => setOpen(event.currentTarget.open)}>
              <summary className="sm">Staff report</summary>
              {/* Not in the page before it is asked for: it holds what hidden tests expect. */}
              {open && (
                <pre className="report" tabIndex={0} role="group" aria-label={`Report of ${test.name}`}>
                  {test.staffMessage}
                </pre>
              )}
            </details>
          )}
        </div>
      )}
    </div>
  );
}
