/** One test of a graded submission, for staff: points, why it failed, and the oracle's own report on request. */
import { useState } from 'react';
import type { TestResult } from '@nbpulse/schema/wire';
import { FailureView } from '../failure/failure-view.js';
import { Mark, markOfTest } from '../shell/marks.js';
import { points } from '../shell/time.js';
import { testWords } from './submission-words.js';

export function TestRow({ test }: { test: TestResult }) {
  const [open, setOpen] = useState(false);
  const good = test.status === 'passed';
  return (
    <div className="t">
      <Mark name={markOfTest(test.status)} />
      <code>
        {test.name}
        <span className="vh">: {testWords[test.status]}</span>
      </code>
      <span className="row" style={{ gap: 4 }}>
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
            <div>
              <button
                type="button"
                className="btn quiet small"
                style={{ marginLeft: -8 }}
                aria-expanded={open}
                onClick={() => setOpen(!open)}
              >
                {open ? 'Hide the staff report' : 'Staff report'}
              </button>
              {open && (
                <pre className="report" tabIndex={0} role="group" aria-label={`Report of ${test.name}`}>
                  {test.staffMessage}
                </pre>
              )}
            </div>
          )}
        </div>
      )}
    </div>
  );
}
