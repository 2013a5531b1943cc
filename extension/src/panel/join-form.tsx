/** First join: who sees what, before the button; the name, once; "is this you?" when the name is there already. */
import * as React from 'react';
import type { Join, JoinField } from '../join.js';
import { Frame } from './frame.js';
import { Presence } from './marks.js';
import { eraseWords, plural } from './words.js';

export function JoinForm(props: { join: Join; heldRecords: number; trouble: string | null }): React.ReactElement {
  const { join } = props;
  const preview = join.preview;
  const isSending = join.stage === 'sending';
  const send = (event: React.FormEvent): void => {
    event.preventDefault();
    void join.send();
  };
  return (
    <form className="nbp-fill" onSubmit={send} noValidate>
      <Frame
        title={preview ? preview.lab.name : 'nbpulse'}
        connection={
          <>
            <Presence mark="none" />
            <span>Not connected</span>
            {props.heldRecords > 0 ? <b className="nbp-push">{plural(props.heldRecords, 'record')} waiting</b> : null}
          </>
        }
        foot={
          join.stage === 'taken' ? null : (
            <button type="submit" className="nbp-Button nbp-main" disabled={isSending}>
              {isSending ? 'Joining' : 'Join the lab'}
            </button>
          )
        }
      >
        <div className="nbp-pad">
          {props.trouble ? (
            <p className="nbp-Alert" role="alert">
              {props.trouble}
            </p>
          ) : null}
          {preview ? (
            <p className="nbp-Join-where">
              <b>{preview.course.name}</b>
              {preview.teachers.length > 0 ? <span>{preview.teachers.join(', ')}</span> : null}
              {preview.lab.status === 'closed' ? <span>This lab is closed: it takes no answers now.</span> : null}
            </p>
          ) : (
            <p className="nbp-Join-where">
              {join.isAddressGiven
                ? 'This notebook belongs to a lab. Join it, and what you send is saved there.'
                : 'Join your class: type the address and the code that your teacher shows.'}
            </p>
          )}
          {join.problem?.field === null ? (
            <p className="nbp-Alert" role="alert">
              {join.problem.message}
            </p>
          ) : null}
          {join.isAddressGiven ? (
            <p className="nbp-Join-host">
              Server <b>{join.host}</b>
              {join.problem?.field === 'server' ? (
                <FieldProblem id="nbp-server-problem" message={join.problem.message} />
              ) : null}
            </p>
          ) : (
            <Field
              join={join}
              field="server"
              label="Server address"
              value={join.address}
              hint="class.example.org"
              onDone
            />
          )}
          <Field join={join} field="code" label="Join code" value={join.code} hint="KMNS-42QX" isCode onDone />
          <Field join={join} field="name" label="Your name" value={join.name} />
          {join.stage === 'taken' ? <IsThisYou join={join} /> : <Collected join={join} />}
        </div>
      </Frame>
    </form>
  );
}

/** What is collected, in words. */
function Collected(props: { join: Join }): React.ReactElement {
  const { preview } = props.join;
  return (
    <div className="nbp-small">
      <p className="nbp-Join-sees">Your teacher will see:</p>
      <ul className="nbp-Bullets">
        <li>
          what your <code>send(…)</code> lines give, and when
        </li>
        <li>checkpoints and submissions you send</li>
        <li>your name, and whether you are connected</li>
      </ul>
      {preview?.activity ? (
        <p className="nbp-Join-activity">
          Your teacher also sees which cell you ran and the class of an error, not your code.
        </p>
      ) : null}
      <p className="nbp-quiet">
        {preview?.activity ? 'Not your typing.' : 'Not your other cells, not your typing.'} You can see all of it here,
        download it, and switch sending off.
        {preview?.mayDelete ? ' You can delete single records.' : ''}{' '}
        {preview ? eraseWords(preview.eraseAt, preview.retentionMonths) : ''}
      </p>
    </div>
  );
}

/** A name already there is no error. */
function IsThisYou(props: { join: Join }): React.ReactElement {
  const { join } = props;
  return (
    <div className="nbp-Card" role="group" aria-label="Is this you?">
      <b>“{join.name.trim()}” is here already. Is this you?</b>
      <p className="nbp-quiet nbp-small">
        Then type your return code. It stands under “What is stored about me” where you joined first; your teacher can
        read it to you.
      </p>
      <Field join={join} field="returnCode" label="Return code" value={join.returnCode} isCode />
      <div className="nbp-Buttons">
        <button type="button" className="nbp-Button nbp-main" onClick={() => void join.send('me')}>
          It is me
        </button>
        <button type="button" className="nbp-Button" onClick={() => void join.send('another')}>
          I am somebody else
        </button>
      </div>
    </div>
  );
}

function Field(props: {
  join: Join;
  field: JoinField;
  label: string;
  value: string;
  hint?: string;
  isCode?: boolean;
  /** Leaving the field asks the server what is behind the code. */
  onDone?: boolean;
}): React.ReactElement {
  const { join, field } = props;
  const id = `nbp-join-${field}`;
  const problem = join.problem?.field === field ? join.problem.message : null;
  return (
    <div className="nbp-Field">
      <label htmlFor={id}>{props.label}</label>
      <input
        id={id}
        className={props.isCode ? 'nbp-Input nbp-mono' : 'nbp-Input'}
        value={props.value}
        placeholder={props.hint}
        disabled={join.stage === 'sending'}
        autoComplete="off"
        spellCheck={false}
        aria-invalid={problem !== null}
        aria-describedby={problem === null ? undefined : `${id}-problem`}
        onChange={(event) => join.type(field, event.target.value)}
        onBlur={props.onDone ? () => void join.look() : undefined}
      />
      {problem === null ? null : <FieldProblem id={`${id}-problem`} message={problem} />}
    </div>
  );
}

function FieldProblem(props: { id: string; message: string }): React.ReactElement {
  return (
    <span id={props.id} className="nbp-Field-problem" role="alert">
      {props.message}
    </span>
  );
}
