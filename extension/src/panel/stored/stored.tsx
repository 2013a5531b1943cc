/** "What is stored about me": everything exactly as recorded, who sees it and until when, the switch, and the ways out. */
import * as React from 'react';
import type { Seat } from '../../seat.js';
import { eraseWords, plural } from '../words.js';
import { Others } from './others.js';
import { Records } from './records.js';
import { SendingSwitch } from './sending-switch.js';
import { Leave } from './ways-out.js';

export function Stored(props: { seat: Seat; leave: () => Promise<void> }): React.ReactElement {
  const { seat } = props;
  const me = seat.me;
  return (
    <>
      <div className="nbp-pad nbp-line">
        <SendingSwitch seat={seat} />
        {seat.activity.state === 'on' ? (
          <p className="nbp-small nbp-next">
            Your teacher also sees which cell you ran and the class of an error, not your code.
          </p>
        ) : null}
      </div>
      <div className="nbp-pad nbp-line nbp-small">
        <p>
          {me
            ? `${plural(me.counts.records, 'record')}, ${plural(me.counts.checkpoints, 'checkpoint')}, ${plural(me.counts.submissions, 'submission')}. Your name, “${me.name}”, and times.`
            : `Your name, “${seat.identity.name}”, and what you sent.`}
        </p>
        <p className="nbp-quiet">
          {me && me.teachers.length > 0 ? `Seen by ${me.teachers.join(', ')}. ` : ''}
          {me ? eraseWords(me.lab.eraseAt, me.course.retentionMonths) : ''}
        </p>
      </div>
      <Records seat={seat} />
      <Others seat={seat} />
      <div className="nbp-pad nbp-small">
        <p className="nbp-Return">
          Return code <code>{seat.identity.returnCode}</code>
          <span className="nbp-quiet">With it you come back as yourself on another computer. Keep it to yourself.</span>
        </p>
        <Leave seat={seat} leave={props.leave} />
      </div>
    </>
  );
}
