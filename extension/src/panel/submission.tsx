/** One submission as it goes: saved and sent, received, queued, running, result; then points and messages per test. */
import type { SubmissionView } from '@nbpulse/schema/wire';
import * as React from 'react';
import { hourMinuteSecond } from '../clock.js';
import type { HandIn } from '../hand-ins.js';
import { Steps, type Step } from './steps.js';
import { TestList } from './test-list.js';
import { lasted, points, shortHash } from './words.js';

/** Before the server has answered: all that is known is on this computer. */
export function OnItsWay(props: { handIn: HandIn | null; isOffline: boolean }): React.ReactElement {
  const { handIn } = props;
  const words =
    handIn === null ? 'Saving the notebook' : props.isOffline ? 'Kept here until the server is back' : 'Sending';
  const steps: Step[] = [
    ...(handIn ? [{ words: 'Saved', state: 'done' as const, time: hourMinuteSecond(handIn.upload.madeAt) }] : []),
    { words, state: 'now', time: '' },
    { words: 'Received', state: 'todo', time: '' },
    { words: 'Graded', state: 'todo', time: '' },
  ];
  return (
    <>
      <Steps steps={steps} />
      {handIn ? (
        <p className="nbp-pad nbp-quiet nbp-small">
          Counts from {hourMinuteSecond(handIn.upload.madeAt)}, sha256 <code>{shortHash(handIn.upload.sha256)}</code>
          <br />
          You can close the lid; it goes out by itself.
        </p>
      ) : null}
    </>
  );
}

export function Submission(props: { view: SubmissionView }): React.ReactElement {
  const { view } = props;
  const result = view.result;
  if (result && view.endedAt !== null && view.status !== 'retrying') return <Result view={view} result={result} />;
  return (
    <>
      <Steps steps={stepsOf(view)} />
      {view.note === null ? null : (
        <p className="nbp-pad" role="status">
          {view.note}
        </p>
      )}
      <ReceiptLine view={view} />
    </>
  );
}

/** Submissions before the newest, newest first: a line each. */
export function Earlier(props: { views: SubmissionView[] }): React.ReactElement | null {
  if (props.views.length === 0) return null;
  return (
    <ul className="nbp-Earlier" aria-label="Earlier submissions">
      {props.views.map((view) => (
        <li key={view.id}>
          <code>{view.number}</code>
          <span>
            {hourMinuteSecond(view.receivedAt)}, {view.assignment}
          </span>
          <span className="nbp-push">
            {view.result && view.endedAt !== null
              ? `${points(view.result.points)} of ${points(view.result.maxPoints)}`
              : (view.note ?? view.status)}
          </span>
        </li>
      ))}
    </ul>
  );
}

function stepsOf(view: SubmissionView): Step[] {
  const received: Step = {
    words: (
      <>
        Received <code>{view.number}</code>
      </>
    ),
    state: 'done',
    time: hourMinuteSecond(view.receivedAt),
  };
  const sent: Step = { words: 'Saved and sent', state: 'done', time: hourMinuteSecond(view.receivedAt) };
  if (view.status === 'ungraded') return [sent, received];
  const isRunning = view.startedAt !== null && view.endedAt === null;
  const queued: Step = {
    words: view.status === 'retrying' ? 'Queued again' : 'Queued',
    state: isRunning ? 'done' : 'now',
    time: view.queuedAt && view.startedAt ? lasted(Date.parse(view.startedAt) - Date.parse(view.queuedAt)) : '',
  };
  const progress = view.progress;
  const running: Step = {
    words: progress ? `Running, test ${Math.min(progress.done + 1, progress.total)} of ${progress.total}` : 'Running',
    state: isRunning ? 'now' : 'todo',
    time: '',
  };
  return [sent, received, queued, running, { words: 'Result', state: 'todo', time: '' }];
}

function ReceiptLine(props: { view: SubmissionView }): React.ReactElement {
  const { view } = props;
  return (
    <p className="nbp-pad nbp-quiet nbp-small nbp-Receipt">
      Receipt: {view.number}, {hourMinuteSecond(view.receivedAt)}, sha256{' '}
      <code title={view.sha256}>{shortHash(view.sha256)}</code>
      {view.endedAt === null && view.status !== 'ungraded' ? <br /> : null}
      {view.endedAt === null && view.status !== 'ungraded' ? 'You can close the lid; the result will be here.' : null}
    </p>
  );
}

function Result(props: { view: SubmissionView; result: NonNullable<SubmissionView['result']> }): React.ReactElement {
  const { view, result } = props;
  const passed = result.tests.filter((test) => test.status === 'passed').length;
  return (
    <>
      <div className="nbp-pad nbp-Result-head" role="status">
        <b className="nbp-Big">{points(result.points)}</b> of {points(result.maxPoints)}
        <span className="nbp-quiet nbp-small">
          {passed} of {result.tests.length} tests
        </span>
        {result.reason === null ? null : <p>{result.reason}</p>}
        {view.note === null ? null : <p className="nbp-quiet">{view.note}</p>}
      </div>
      <TestList tests={result.tests} />
      <ReceiptLine view={view} />
    </>
  );
}
