/** The lab's questions with what became of each, and above them whatever needs a word. */
import * as React from 'react';
import { hourMinute, hourMinuteSecond } from '../clock.js';
import type { Desk } from '../desk.js';
import type { Seat } from '../seat.js';
import { Icon, Mark } from './marks.js';
import { plural, points, questionWords } from './words.js';

export function Questions(props: { desk: Desk; seat: Seat; showSubmission: () => void }): React.ReactElement {
  const { desk, seat } = props;
  const questions = seat.me?.questions ?? [];
  return (
    <>
      <Notices desk={desk} seat={seat} />
      <HandedIn seat={seat} show={props.showSubmission} />
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

function Notices(props: { desk: Desk; seat: Seat }): React.ReactElement {
  const { desk, seat } = props;
  const uploads = seat.onTheirWay;
  return (
    <>
      {desk.trouble === null ? null : (
        <div className="nbp-Card" role="alert">
          {desk.trouble}
          <div className="nbp-Buttons">
            <button type="button" className="nbp-Button nbp-quietButton" onClick={() => desk.tell(null)}>
              Done
            </button>
          </div>
        </div>
      )}
      {seat.notice === null ? null : (
        <div className="nbp-Card" role="status">
          {seat.notice}
          <div className="nbp-Buttons">
            <button type="button" className="nbp-Button nbp-quietButton" onClick={() => seat.clearNotice()}>
              Done
            </button>
          </div>
        </div>
      )}
      {seat.connection.kind === 'by-kernel' ? (
        <div className="nbp-pad nbp-line nbp-small nbp-quiet">
          <p>
            This page came by https and {seat.server.host} speaks http, so the browser keeps them apart. The kernel
            sends your answers itself; checkpoints and submissions go through it when it is free.
          </p>
        </div>
      ) : null}
      {seat.connection.kind === 'offline' ? (
        <div className="nbp-pad nbp-line">
          <p>Go on working. What you send is kept on this computer and goes out by itself.</p>
          {seat.newestWaiting.length > 0 ? (
            <ul className="nbp-Waiting" aria-label="Waiting">
              {seat.newestWaiting.map((record, i) => (
                <li key={i}>
                  <b>{record.question}</b> <code className="nbp-cut">{record.summary}</code>
                  <span>{record.madeAt === '' ? '' : hourMinuteSecond(record.madeAt)}</span>
                </li>
              ))}
              {seat.waiting > seat.newestWaiting.length ? (
                <li>and {plural(seat.waiting - seat.newestWaiting.length, 'more', 'more')}</li>
              ) : null}
            </ul>
          ) : null}
        </div>
      ) : null}
      {seat.lab.status === 'closed' ? (
        <div className="nbp-pad nbp-line">
          <p>
            The lab takes no more answers.
            {seat.held > 0
              ? ` ${seat.held === 1 ? 'One of yours came later; it is' : `${seat.held} of yours came later; they are`} kept on this computer and ${seat.held === 1 ? 'goes' : 'go'} out if the lab opens again.`
              : ''}
          </p>
        </div>
      ) : null}
      {uploads.length > 0 ? (
        <ul className="nbp-Uploads nbp-line" aria-label="On their way">
          {uploads.map(({ upload, isSending }) => (
            <li key={upload.id}>
              <Icon name={upload.kind === 'checkpoint' ? 'flag' : 'up'} />
              <span className="nbp-grow">
                {upload.kind === 'checkpoint' ? 'Checkpoint' : `Submission to ${upload.assignment ?? ''}`}{' '}
                {hourMinuteSecond(upload.madeAt)}
                {upload.refusal === null ? (
                  <small>{isSending ? 'sending' : 'kept here, goes out by itself'}</small>
                ) : (
                  <small className="nbp-is-wrong" role="alert">
                    {upload.refusal}
                  </small>
                )}
              </span>
              {upload.refusal === null ? null : (
                <button
                  type="button"
                  className="nbp-Button nbp-quietButton"
                  onClick={() => void seat.dismiss(upload.id)}
                >
                  Dismiss
                </button>
              )}
            </li>
          ))}
        </ul>
      ) : null}
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
