/** A trial as it goes: saved, sent, its place in the queue, running, the result; or why there is none, in words. */
import type { TrialView } from '@nbpulse/schema/wire';
import * as React from 'react';
import { hourMinuteSecond } from '../clock.js';
import type { Trials } from '../trials.js';
import { Icon, Mark } from './marks.js';
import { Steps, type Step } from './steps.js';
import { TestList } from './test-list.js';
import { points } from './words.js';

export function Trial(props: { trials: Trials; isSaving: boolean }): React.ReactElement {
  const { trials, isSaving } = props;
  if (isSaving || trials.sending !== null) {
    return (
      <>
        <Steps steps={[step(isSaving ? 'Saving the notebook' : 'Sending', 'now'), step('Waiting'), step('Running')]} />
        <NotHandedIn />
      </>
    );
  }
  const view = trials.newest;
  return (
    <>
      {trials.problem === null ? null : (
        <div className="nbp-Card nbp-warn" role={trials.problem.kind === 'too-fast' ? 'status' : 'alert'}>
          <b>{trials.problem.kind === 'too-fast' ? 'Not so fast' : 'The tests were not run'}</b>
          <p>{trials.problem.message}</p>
        </div>
      )}
      {view === null ? null : <Shown view={view} isEarlier={trials.problem !== null} />}
    </>
  );
}

/** The newest trial in one line; the rest is behind it. */
export function Tried(props: { trials: Trials; show: () => void }): React.ReactElement | null {
  const view = props.trials.newest;
  if (view === null) return null;
  return (
    <button type="button" className="nbp-HandedIn" onClick={props.show}>
      <span>
        <b>{gist(view)}</b> {view.assignment}
      </span>
      <small>tried {hourMinuteSecond(view.receivedAt)}, not handed in</small>
    </button>
  );
}

/** @example gist(view) // '2 of 3 tests pass' */
export function gist(view: TrialView): string {
  switch (view.status) {
    case 'waiting':
    case 'retrying':
      return 'Tests wait';
    case 'running':
      return 'Tests run';
    case 'fault':
      return 'Tests were not run';
    case 'done': {
      const tests = view.result?.tests ?? [];
      return `${tests.filter(({ status }) => status === 'passed').length} of ${tests.length} tests pass`;
    }
    default:
      return view.status satisfies never;
  }
}

function Shown(props: { view: TrialView; isEarlier: boolean }): React.ReactElement {
  const { view } = props;
  if (view.status === 'fault') {
    return (
      <div className="nbp-Card nbp-warn" role="alert">
        <b>The tests were not run</b>
        <p>{view.note}</p>
      </div>
    );
  }
  if (view.result === null) {
    return (
      <>
        <Steps steps={stepsOf(view)} />
        {view.note === null ? null : (
          <p className="nbp-pad" role="status">
            {view.note}
          </p>
        )}
        <NotHandedIn />
      </>
    );
  }
  const { result } = view;
  const passed = result.tests.filter((test) => test.status === 'passed').length;
  const all = passed === result.tests.length && result.reason === null;
  return (
    <>
      <div className="nbp-pad nbp-Result-head" role="status">
        <p className="nbp-Result-sum">
          {all ? <Mark status="right" /> : null}
          <b className="nbp-Big">{passed}</b> of {result.tests.length} visible tests pass
        </p>
        <p className="nbp-quiet nbp-small">
          {props.isEarlier ? 'The run before, at ' : 'Run at '}
          {hourMinuteSecond(view.receivedAt)}, worth {points(result.points)} of {points(result.maxPoints)} when handed
          in
        </p>
        {result.reason === null ? null : <p className="nbp-Reason">Your code {result.reason}.</p>}
      </div>
      <TestList tests={result.tests} />
      <NotHandedIn />
    </>
  );
}

function stepsOf(view: TrialView): Step[] {
  const sent: Step = { words: 'Saved and sent', state: 'done', time: hourMinuteSecond(view.receivedAt) };
  const isRunning = view.status === 'running';
  const { before, progress } = view;
  const place = before === null ? '' : before === 0 ? 'you are next' : `${before} before you`;
  const waiting = view.status === 'retrying' ? 'Waiting again' : 'Waiting';
  const running = progress
    ? `Running, test ${Math.min(progress.done + 1, progress.total)} of ${progress.total}`
    : 'Running';
  return [
    sent,
    { words: waiting, state: isRunning ? 'done' : 'now', time: isRunning ? '' : place },
    step(running, isRunning ? 'now' : 'todo'),
  ];
}

const step = (words: string, state: Step['state'] = 'todo'): Step => ({ words, state, time: '' });

function NotHandedIn(): React.ReactElement {
  return (
    <p className="nbp-pad nbp-quiet nbp-small nbp-Receipt nbp-withIcon">
      <Icon name="flag" />
      <span>Nothing was handed in and no attempt is spent. When you submit, hidden tests run, too.</span>
    </p>
  );
}
