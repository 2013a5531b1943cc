/** The panel's frame: a heading with the connection, a body that scrolls, a foot with the actions. */
import * as React from 'react';
import { hourMinute, hourMinuteSecond } from '../clock.js';
import type { Seat } from '../seat.js';
import { Presence } from './marks.js';
import { plural } from './words.js';

export function Frame(props: {
  title: string;
  connection: React.ReactNode;
  foot?: React.ReactNode;
  children: React.ReactNode;
}): React.ReactElement {
  return (
    <section className="nbp-Panel" aria-label="nbpulse">
      <header className="nbp-Panel-head">
        <h3>{props.title}</h3>
        <div className="nbp-Panel-connection" role="status">
          {props.connection}
        </div>
      </header>
      <div className="nbp-Panel-body">{props.children}</div>
      {props.foot ? <footer className="nbp-Panel-foot">{props.foot}</footer> : null}
    </section>
  );
}

/** First line of the panel: is it saved? */
export function ConnectionLine(props: { seat: Seat }): React.ReactElement {
  const { seat } = props;
  const connection = seat.connection;
  const waiting = seat.waiting + seat.onTheirWay.filter(({ upload }) => upload.refusal === null).length;
  switch (connection.kind) {
    case 'offline':
      return (
        <>
          <Presence mark="offline" />
          <b>{waiting > 0 ? `${plural(seat.waiting, 'record')} waiting` : 'Offline'}</b>
          <span className="nbp-push">since {hourMinute(connection.since)}</span>
        </>
      );
    case 'expired':
      return (
        <>
          <Presence mark="offline" />
          <b>Not connected</b>
        </>
      );
    case 'deleted':
      return (
        <>
          <Presence mark="closed" />
          <b>Lab deleted</b>
        </>
      );
    case 'by-kernel':
      return (
        <>
          <Presence mark="online" />
          <span>Connected through the kernel</span>
        </>
      );
    case 'connecting':
      return (
        <>
          <Presence mark="none" />
          <span>Connecting to {seat.server.host}</span>
        </>
      );
    case 'online':
      if (!seat.sending.isOn) {
        return (
          <>
            <Presence mark="off" />
            <b>Sending off</b>
            {seat.held > 0 ? <span className="nbp-push">{plural(seat.held, 'record')} kept</span> : null}
          </>
        );
      }
      return (
        <>
          <Presence mark={seat.lab.status === 'closed' ? 'closed' : 'online'} />
          <span>{onlineWords(seat)}</span>
          <span className="nbp-push">{closingWords(seat)}</span>
        </>
      );
  }
}

function onlineWords(seat: Seat): string {
  if (seat.lab.status === 'closed') return 'Lab closed';
  return seat.lastSavedAt === null ? 'Connected' : `Saved ${hourMinuteSecond(seat.lastSavedAt)}`;
}

function closingWords(seat: Seat): string {
  if (seat.held > 0) return `${plural(seat.held, 'record')} kept`;
  const closesAt = seat.me?.lab.closesAt;
  return closesAt && seat.lab.status === 'open' ? `Closes ${hourMinute(closesAt)}` : '';
}
