/** The lab's questions with what became of each, and above them whatever needs a word. */
import * as React from 'react';
import { hourMinute, hourMinuteSecond } from '../clock.js';
import type { Desk } from '../desk.js';
import type { Seat } from '../seat.js';
import { Mark } from './marks.js';
import { Notices } from './notices.js';
import { Tried } from './trial.js';
import { plural, points, questionWords } from './words.js';

export function Questions(props: {
  desk: Desk;
  seat: Seat;
  showSubmission: () => void;
  showTrial: () => void;
}): React.ReactElement {
  const { desk, seat } = props;
  const questions = seat.me?.questions ?? [];
  return (
    <>
      <Notices desk={desk} seat={seat} />
      <HandedIn seat={seat} show={props.showSubmission} />
      <Tried trials={seat.trials} show={props.showTrial} />
      {questions.length > 0 ? (
        <ul className="nbp-Questions" aria-label="Questions">
          {questions.map((question) => (
            <li key={question.key}>
              <Mark status={question.status} />
              <b title={question.key}>{question.key}</b>
              <span className="nbp-cut" title={question.title ?? undefined}>
                {question.title ?? (question.lastAt ? hourMinute(question.lastAt) : '')}
              </span>
              <span className="nbp-Questions-word">
                {questionWords[question.status]}
                {question.records > 1 ? ` ×${question.records}` : ''}
              </span>
            </li>
          ))}
        </ul>
      ) : (
        <p className="nbp-pad nbp-quiet">
          {seat.me
            ? 'Nothing sent yet. A cell with send(value, "1") shows up here.'
            : 'Your answers so far show here when the server answers.'}
        </p>
      )}
    </>
  );
}

/** The newest submission in one line; the rest is behind it. */
function HandedIn(props: { seat: Seat; show: () => void }): React.ReactElement | null {
  const { seat } = props;
  const latest = seat.results[0];
  if (!latest) return null;
  const { result } = latest;
  return (
    <button type="button" className="nbp-HandedIn" onClick={props.show}>
      <span>
        <b>
          {result && latest.endedAt !== null ? `${points(result.points)} of ${points(result.maxPoints)}` : 'Handed in'}
        </b>{' '}
        {latest.assignment}
      </span>
      <small>
        {latest.number}, {hourMinuteSecond(latest.receivedAt)}
        {seat.results.length > 1 ? `, ${plural(seat.results.length, 'submission')}` : ''}
      </small>
    </button>
  );
}
