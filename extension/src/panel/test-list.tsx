/** What came of each test, failed ones first: they are what the student came for. */
import type { FeedbackTest } from '@nbpulse/schema/wire';
import * as React from 'react';
import { Failure } from './failure.js';
import { Mark } from './marks.js';
import { points, testWords } from './words.js';

export function TestList(props: { tests: FeedbackTest[] }): React.ReactElement {
  const tests = [...props.tests].sort((a, b) => Number(a.status === 'passed') - Number(b.status === 'passed'));
  return (
    <ul className="nbp-Tests" aria-label="Tests">
      {tests.map((test) => (
        <TestLine key={test.name} test={test} />
      ))}
    </ul>
  );
}

/** A long name breaks where its words end, not in the middle of one. */
function breakable(name: string): React.ReactNode[] {
  return name.split(/(?<=_|::|\[)/).flatMap((part, i) => (i === 0 ? [part] : [<wbr key={i} />, part]));
}

function TestLine(props: { test: FeedbackTest }): React.ReactElement {
  const { test } = props;
  const status =
    test.status === 'passed'
      ? 'right'
      : test.status === 'failed'
        ? 'wrong'
        : test.status === 'skipped'
          ? 'not-started'
          : 'error';
  return (
    <li>
      <Mark status={status} label={testWords[test.status]} />
      <span className="nbp-Tests-name">
        {test.visible ? null : <small className="nbp-quiet">hidden </small>}
        <code>{breakable(test.name)}</code>
      </span>
      <span className="nbp-num">
        {points(test.points)} / {points(test.maxPoints)}
      </span>
      <Failure message={test.message} detail={test.detail} />
      {test.status !== 'passed' && test.status !== 'failed' ? (
        <small className="nbp-Tests-message">{testWords[test.status]}</small>
      ) : null}
      {test.ownEquality ? (
        <small className="nbp-Tests-message nbp-quiet">Your own == decided in this test.</small>
      ) : null}
      {test.spoofable ? (
        <small className="nbp-Tests-message nbp-quiet">This test shares a process with your code.</small>
      ) : null}
    </li>
  );
}
