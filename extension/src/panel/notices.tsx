/** Whatever needs a word above the questions: what went wrong, what is switched off, what waits, what is closed. */
import * as React from 'react';
import { dayHourMinuteSecond, hourMinuteSecond } from '../clock.js';
import type { UnclaimedJournal } from '../custodian.js';
import type { Desk } from '../desk.js';
import type { Seat } from '../seat.js';
import { Icon, Presence } from './marks.js';
import { plural } from './words.js';

export function Notices(props: { desk: Desk; seat: Seat }): React.ReactElement {
  const { desk, seat } = props;
  const uploads = seat.onTheirWay;
  return (
    <>
      {seat.sending.isOn ? null : <SendingOff seat={seat} />}
      {desk.unclaimed.map((journal) => (
        <Unclaimed key={journal.stream} desk={desk} journal={journal} />
      ))}
      {seat.activity.state === 'untold' ? <ActivityBegins seat={seat} /> : null}
      {seat.activity.state === 'on' ? (
        <p className="nbp-pad nbp-line nbp-small nbp-quiet">
          Your teacher also sees which cell you ran and the class of an error, not your code.
        </p>
      ) : null}
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
            {seat.held > 0 && seat.sending.isOn
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

/** Said as long as it is so; loud enough that nobody wonders where their answers went. */
function SendingOff(props: { seat: Seat }): React.ReactElement {
  const { seat } = props;
  return (
    <div className="nbp-Card" role="status">
      <b className="nbp-off">
        <Presence mark="off" /> Sending is off
      </b>
      <p>
        What your cells send is not taken, and your teacher sees “sending off”.
        {seat.held > 0
          ? ` ${plural(seat.held, 'record')} made just before ${seat.held === 1 ? 'is' : 'are'} kept here until you switch it on.`
          : ''}
        {seat.sending.isTold ? '' : ' The server is told as soon as it can be reached.'}
      </p>
      <div className="nbp-Buttons">
        <button type="button" className="nbp-Button" onClick={() => seat.sending.choose(true)}>
          Switch sending on
        </button>
      </div>
    </div>
  );
}

/** Sent on this computer before anyone had joined, by a kernel that is gone. */
function Unclaimed(props: { desk: Desk; journal: UnclaimedJournal }): React.ReactElement {
  const { desk, journal } = props;
  return (
    <div className="nbp-Card" role="status">
      <b>Are these yours?</b>
      <p>
        {plural(journal.records, 'record')} from {dayHourMinuteSecond(journal.firstAt)}, sent on this computer before
        anyone had joined. {journal.questions.length === 1 ? 'Question' : 'Questions'} {journal.questions.join(', ')}.
      </p>
      <div className="nbp-Buttons">
        <button type="button" className="nbp-Button" onClick={() => desk.claim(journal)}>
          Mine, send {journal.records === 1 ? 'it' : 'them'}
        </button>
        <button type="button" className="nbp-Button nbp-quietButton" onClick={() => desk.passOver(journal)}>
          Not mine
        </button>
      </div>
    </div>
  );
}

/** The lab turned it on after this student joined: it begins when they have read so. */
function ActivityBegins(props: { seat: Seat }): React.ReactElement {
  const { seat } = props;
  return (
    <div className="nbp-Card" role="status">
      <b>Your teacher asks for a little more</b>
      <p>
        In this lab your teacher also sees which cell you ran and the class of an error, not your code. It begins when
        you say so here.
      </p>
      <div className="nbp-Buttons">
        <button type="button" className="nbp-Button nbp-main" onClick={() => seat.activity.accept()}>
          Go on
        </button>
        <button type="button" className="nbp-Button" onClick={() => seat.sending.choose(false)}>
          Switch sending off
        </button>
      </div>
    </div>
  );
}
