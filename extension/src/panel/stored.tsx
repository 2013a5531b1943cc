/** "What is stored about me": every record, the return code, who sees it and for how long, and the way out. */
import type { RecordView } from '@nbpulse/schema/wire';
import * as React from 'react';
import { hourMinute } from '../clock.js';
import type { Seat } from '../seat.js';
import { Mark } from './marks.js';
import { plural } from './words.js';

/** More are counted, not drawn: the list is to be read, and the panel stays quick. */
const shownRecords = 300;

export function Stored(props: { seat: Seat; leave: () => Promise<void> }): React.ReactElement {
  const { seat } = props;
  const [records, setRecords] = React.useState<RecordView[] | null>(null);
  const [problem, setProblem] = React.useState<string | null>(null);
  const savedAt = seat.lastSavedAt;
  React.useEffect(() => {
    let isShown = true;
    void seat.storedAboutMe().then((reply) => {
      if (!isShown) return;
      if (reply.ok) setRecords(reply.value);
      setProblem(reply.ok ? null : reply.problem.message);
    });
    return () => {
      isShown = false;
    };
  }, [seat, savedAt]);
  const me = seat.me;
  const newestFirst = [...(records ?? [])].sort((a, b) => b.receivedAt.localeCompare(a.receivedAt));
  return (
    <>
      <div className="nbp-pad">
        <p>
          {me
            ? `${plural(me.counts.records, 'record')}, ${plural(me.counts.checkpoints, 'checkpoint')}, ${plural(me.counts.submissions, 'submission')}. Your name, “${me.name}”, and times. Nothing else.`
            : `Your name, “${seat.identity.name}”, and what you sent.`}
        </p>
        {problem === null ? null : (
          <p className="nbp-Alert" role="alert">
            {problem}
          </p>
        )}
      </div>
      <ul className="nbp-Questions" aria-label="Records">
        {newestFirst.slice(0, shownRecords).map((record) => (
          <li key={record.id}>
            <Mark status={record.error ? 'error' : 'answered'} />
            <b title={record.question}>{record.question}</b>
            <code className="nbp-cut" title={record.summary}>
              {record.deleted ? 'deleted' : record.summary}
            </code>
            <span>{hourMinute(record.madeAt)}</span>
          </li>
        ))}
      </ul>
      {newestFirst.length > shownRecords ? (
        <p className="nbp-pad nbp-quiet nbp-small">
          {newestFirst.length - shownRecords} older ones are not shown here.
        </p>
      ) : null}
      <div className="nbp-pad nbp-small">
        <p className="nbp-quiet">
          {me && me.teachers.length > 0 ? `Seen by ${me.teachers.join(', ')}. ` : ''}
          {me ? `Erased ${plural(me.course.retentionMonths, 'month')} after the lab closes.` : ''}
        </p>
        <p className="nbp-Return">
          Return code <code>{seat.identity.returnCode}</code>
          <span className="nbp-quiet">With it you come back as yourself on another computer. Keep it to yourself.</span>
        </p>
        <Leave seat={seat} leave={props.leave} />
      </div>
    </>
  );
}

/** Wipes what this browser holds. It destroys what was not sent, so it asks once. */
function Leave(props: { seat: Seat; leave: () => Promise<void> }): React.ReactElement {
  const [isAsking, setAsking] = React.useState(false);
  const unsent = props.seat.waiting + props.seat.held + props.seat.onTheirWay.length;
  if (!isAsking) {
    return (
      <button type="button" className="nbp-Button" onClick={() => setAsking(true)}>
        Leave this computer
      </button>
    );
  }
  return (
    <div className="nbp-Card" role="group" aria-label="Leave this computer">
      <p>
        {unsent > 0
          ? `${plural(unsent, 'thing')} of yours ${unsent === 1 ? 'is' : 'are'} not sent yet and would be lost. `
          : 'Everything was sent. '}
        This computer forgets who you are. Write down your return code first.
      </p>
      <div className="nbp-Buttons">
        <button type="button" className="nbp-Button nbp-stop" onClick={() => void props.leave()}>
          Leave
        </button>
        <button type="button" className="nbp-Button" onClick={() => setAsking(false)}>
          Stay
        </button>
      </div>
    </div>
  );
}
