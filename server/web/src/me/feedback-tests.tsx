import type { FeedbackTest } from '@nbpulse/schema/wire';
import { FailureView } from '../failure/failure-view.js';
import { failedFirst, testWords } from '../grades/submission-words.js';
import { Mark, markOfTest } from '../shell/marks.js';
import { points } from '../shell/time.js';

/** What came of each test, failed ones first. */
export function FeedbackTests({ tests, of }: { tests: FeedbackTest[]; of: string }) {
  return (
    <ul className="me-tests" aria-label={`Feedback on ${of}`}>
      {[...tests].sort(failedFirst).map((test) => (
        <Test key={test.name} test={test} />
      ))}
    </ul>
  );
}

function Test({ test }: { test: FeedbackTest }) {
  return (
    <li>
      <Mark name={markOfTest(test.status)} />
      <div className="grow">
        <code>{test.name}</code>
        <span className="vh">: {testWords[test.status]}</span>
        <FailureView name={test.name} message={test.message} detail={test.detail} />
        {test.ownEquality === true && <p className="q3 sm">Your own == decided in this test.</p>}
      </div>
      <span className="q2" style={{ whiteSpace: 'nowrap' }}>
        <b>{points(test.points)}</b> / {points(test.maxPoints)}
      </span>
    </li>
  );
}
