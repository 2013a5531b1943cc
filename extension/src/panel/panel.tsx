/** The student's panel: one notebook at a time, whichever is in front. It never takes focus and opens nothing by itself. */
import { ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import { Signal } from '@lumino/signaling';
import * as React from 'react';
import { hourMinuteSecond } from '../clock.js';
import type { Desk } from '../desk.js';
import type { Seat } from '../seat.js';
import { ConnectionLine, Frame } from './frame.js';
import { JoinForm } from './join-form.js';
import { Icon, Presence } from './marks.js';
import { Questions } from './questions.js';
import { Deleted } from './deleted.js';
import { Stored, TakeAlong } from './stored/index.js';
import { Trial } from './trial.js';
import { Earlier, OnItsWay, Submission } from './submission.js';

export type PanelView = 'questions' | 'submission' | 'trial' | 'stored';

export interface PanelActions {
  submit(desk: Desk): void;
  tryTests(desk: Desk): void;
  checkpoint(desk: Desk): void;
  leave(desk: Desk): Promise<void>;
}

export class StudentPanel extends ReactWidget {
  private readonly redrawn = new Signal<this, undefined>(this);
  private desk: Desk | null = null;
  private seat: Seat | null = null;
  private view: PanelView = 'questions';

  constructor(private readonly actions: PanelActions) {
    super();
    this.id = 'nbpulse-panel';
    this.addClass('nbp-PanelWidget');
  }

  /** The notebook in front changed, or what is known about it. */
  follow(desk: Desk | null): void {
    if (this.desk !== desk) {
      this.desk?.changed.disconnect(this.redraw);
      desk?.changed.connect(this.redraw);
      this.desk = desk;
      this.view = 'questions';
    }
    this.redraw();
  }

  turnTo(view: PanelView): void {
    this.view = view;
    this.redraw();
  }

  override dispose(): void {
    this.desk?.changed.disconnect(this.redraw);
    super.dispose();
  }

  protected override render(): React.ReactElement {
    return (
      <UseSignal signal={this.redrawn}>
        {() => (
          <Contents desk={this.desk} view={this.view} turnTo={(view) => this.turnTo(view)} actions={this.actions} />
        )}
      </UseSignal>
    );
  }

  private readonly redraw = (): void => {
    const seat = this.desk?.seat ?? null;
    // Whoever comes next on this computer begins with the questions, not with what the one before had open.
    if (seat !== this.seat) this.view = 'questions';
    this.seat = seat;
    this.redrawn.emit(undefined);
  };
}

interface ContentsProps {
  desk: Desk | null;
  view: PanelView;
  turnTo: (view: PanelView) => void;
  actions: PanelActions;
}

function Contents(props: ContentsProps): React.ReactElement {
  const { desk } = props;
  if (!desk) {
    return (
      <Frame title="nbpulse" connection={<span>No notebook in front</span>}>
        <p className="nbp-pad nbp-quiet">
          Open a notebook of your class. What you send, and how it is graded, shows here.
        </p>
      </Frame>
    );
  }
  if (desk.join) return <JoinForm join={desk.join} heldRecords={desk.heldByKernel} trouble={desk.trouble} />;
  if (!desk.seat) {
    return (
      <Frame title="nbpulse" connection={<span>Opening the notebook</span>}>
        <></>
      </Frame>
    );
  }
  if (desk.seat.connection.kind === 'deleted') {
    return <Deleted seat={desk.seat} message={desk.seat.connection.message} leave={() => props.actions.leave(desk)} />;
  }
  if (desk.seat.connection.kind === 'expired') return <Expired desk={desk} seat={desk.seat} actions={props.actions} />;
  return <Seated {...props} desk={desk} seat={desk.seat} />;
}

function Seated(props: ContentsProps & { desk: Desk; seat: Seat }): React.ReactElement {
  const { desk, seat, view, turnTo } = props;
  const back = (
    <button type="button" className="nbp-Link" onClick={() => turnTo('questions')}>
      <Icon name="left" />
      Back
    </button>
  );
  if (view === 'stored') {
    return (
      <Frame title="What is stored about me" connection={back} foot={<TakeAlong seat={seat} />}>
        <Stored seat={seat} leave={() => props.actions.leave(desk)} />
      </Frame>
    );
  }
  const handIn = seat.onTheirWay.find(({ upload }) => upload.kind === 'submission' && upload.refusal === null) ?? null;
  const latest = seat.results[0];
  const isOffline = seat.connection.kind === 'offline';
  const showsSubmission = view === 'submission' && (handIn !== null || desk.isSaving || latest !== undefined);
  const showsTrial =
    view === 'trial' &&
    (desk.isTrying || seat.trials.sending !== null || seat.trials.newest !== null || seat.trials.problem !== null);
  const foot = <Foot {...props} isUnderWay={desk.isSaving} hasSubmitted={latest !== undefined} />;
  return (
    <Frame
      title={seat.lab.name}
      connection={
        showsSubmission || showsTrial ? (
          <>
            {back}
            <span className="nbp-push">
              <Presence mark={isOffline ? 'offline' : 'online'} /> {isOffline ? 'offline' : 'connected'}
            </span>
          </>
        ) : (
          <ConnectionLine seat={seat} />
        )
      }
      foot={foot}
    >
      {showsTrial ? (
        <Trial trials={seat.trials} isSaving={desk.isTrying} />
      ) : showsSubmission ? (
        handIn !== null || desk.isSaving ? (
          <OnItsWay handIn={handIn} isOffline={isOffline} />
        ) : latest ? (
          <>
            <Submission view={latest} />
            <Earlier views={seat.results.slice(1)} />
          </>
        ) : null
      ) : (
        <Questions
          desk={desk}
          seat={seat}
          showSubmission={() => turnTo('submission')}
          showTrial={() => turnTo('trial')}
        />
      )}
    </Frame>
  );
}

function Foot(
  props: ContentsProps & { desk: Desk; seat: Seat; isUnderWay: boolean; hasSubmitted: boolean },
): React.ReactElement {
  const { desk, seat, actions } = props;
  const canSubmit = desk.link.assignment !== undefined || (seat.me?.lab.assignments.length ?? 0) > 0;
  const canTry = canSubmit && hasTests(desk, seat);
  const isBusy = props.isUnderWay || desk.isTrying;
  return (
    <>
      {canTry ? (
        <button
          type="button"
          className="nbp-Button"
          disabled={isBusy || seat.trials.sending !== null}
          title="Run the visible tests on the notebook as it is. Nothing is handed in."
          onClick={() => actions.tryTests(desk)}
        >
          <Icon name="check" />
          {desk.isTrying ? 'Saving' : seat.trials.newest === null ? 'Run the tests' : 'Run the tests again'}
        </button>
      ) : null}
      <div className="nbp-Two">
        <button type="button" className="nbp-Button" disabled={isBusy} onClick={() => actions.checkpoint(desk)}>
          <Icon name="flag" />
          Checkpoint
        </button>
        <button
          type="button"
          className={props.hasSubmitted ? 'nbp-Button' : 'nbp-Button nbp-main'}
          disabled={isBusy || !canSubmit}
          title={canSubmit ? undefined : 'This lab has nothing to hand in'}
          onClick={() => actions.submit(desk)}
        >
          <Icon name="up" />
          {props.isUnderWay ? 'Saving' : props.hasSubmitted ? 'Submit again' : 'Submit'}
        </button>
      </div>
      {seat.lastCheckpoint === null ? null : (
        <p role="status">
          {seat.lastCheckpoint.unchanged
            ? `Nothing changed since the checkpoint of ${hourMinuteSecond(seat.lastCheckpoint.receivedAt)}.`
            : `Checkpoint sent ${hourMinuteSecond(seat.lastCheckpoint.receivedAt)}.`}
        </p>
      )}
      {seat.connection.kind === 'offline' && canSubmit ? <p>A submission made now counts from now.</p> : null}
      <p>
        <button type="button" className="nbp-Link" onClick={() => props.turnTo('stored')}>
          What is stored about me
        </button>{' '}
        as {seat.me?.name ?? seat.identity.name}
      </p>
    </>
  );
}

/** Whether there is, or may soon be, something to try. */
function hasTests(desk: Desk, seat: Seat): boolean {
  const assignments = seat.me?.lab.assignments ?? [];
  const named = assignments.filter(({ slug }) => desk.link.assignment === undefined || slug === desk.link.assignment);
  return named.some(({ visibleTests }) => visibleTests === null || (visibleTests ?? 0) > 0);
}

/** The server no longer knows this device. Nothing is lost: joining again, with the return code, takes it all up. */
function Expired(props: { desk: Desk; seat: Seat; actions: PanelActions }): React.ReactElement {
  const { seat } = props;
  const message = seat.connection.kind === 'expired' ? seat.connection.message : '';
  return (
    <Frame
      title={seat.lab.name}
      connection={<ConnectionLine seat={seat} />}
      foot={
        <button type="button" className="nbp-Button nbp-main" onClick={() => props.desk.joinAgain()}>
          Join again
        </button>
      }
    >
      <div className="nbp-pad">
        <p role="alert">{message}</p>
        <p className="nbp-quiet nbp-next">
          What you sent is safe on the server, and what was not sent is kept on this computer. Join again as{' '}
          <b>{seat.identity.name}</b>; your return code is <code>{seat.identity.returnCode}</code>.
        </p>
      </div>
    </Frame>
  );
}
