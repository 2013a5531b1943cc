/** Every record of the student, as it is stored: a line each, and behind it the whole value, its times, and its deletion. */
import type { RecordView, Value } from '@nbpulse/schema/wire';
import * as React from 'react';
import { dayHourMinuteSecond, hourMinute } from '../../clock.js';
import type { Seat } from '../../seat.js';
import { Mark } from '../marks.js';
import { Picture } from './picture.js';
import { valueText } from './value-text.js';

/** A page of the list: more is asked for when it is wanted. */
const pageRecords = 200;

export function Records(props: { seat: Seat }): React.ReactElement {
  const { seat } = props;
  const [records, setRecords] = React.useState<RecordView[]>([]);
  const [wanted, setWanted] = React.useState(pageRecords);
  const [problem, setProblem] = React.useState<string | null>(null);
  const savedAt = seat.lastSavedAt;
  const stored = seat.me?.counts.records;
  const [turn, setTurn] = React.useState(0);
  React.useEffect(() => {
    let isShown = true;
    const read = async (): Promise<void> => {
      const all: RecordView[] = [];
      for (let isMore = true; isMore && all.length < wanted;) {
        const reply = await seat.api.records(all.length, pageRecords);
        if (!isShown) return;
        setProblem(reply.ok ? null : reply.problem.message);
        if (!reply.ok) return;
        all.push(...reply.value);
        isMore = reply.value.length === pageRecords;
      }
      setRecords(all);
    };
    void read();
    return () => {
      isShown = false;
    };
  }, [seat, savedAt, stored, wanted, turn]);
  return (
    <>
      {problem === null ? null : (
        <p className="nbp-Alert" role="alert">
          {problem}
        </p>
      )}
      <ul className="nbp-Records" aria-label="Records">
        {records.map((record) => (
          <li key={record.id}>
            <details>
              <summary>
                <Mark status={record.error ? 'error' : record.deleted ? 'not-started' : 'answered'} />
                <b title={record.question}>{record.question}</b>
                <code className="nbp-cut">{record.deleted ? 'deleted' : record.summary}</code>
                <span>{hourMinute(record.madeAt)}</span>
              </summary>
              <OneRecord seat={seat} record={record} gone={() => setTurn(turn + 1)} />
            </details>
          </li>
        ))}
      </ul>
      {records.length >= wanted ? (
        <button type="button" className="nbp-Link nbp-more" onClick={() => setWanted(wanted + pageRecords)}>
          Show older ones
        </button>
      ) : null}
    </>
  );
}

function OneRecord(props: { seat: Seat; record: RecordView; gone: () => void }): React.ReactElement {
  const { seat, record } = props;
  return (
    <div className="nbp-Record">
      {record.deleted ? (
        <p className="nbp-quiet">Its content is gone. Who and when stays, so that the count is right.</p>
      ) : (
        <Whole seat={seat} record={record} />
      )}
      <dl>
        <dt>Made</dt>
        <dd>{dayHourMinuteSecond(record.madeAt)}</dd>
        <dt>Received</dt>
        <dd>{dayHourMinuteSecond(record.receivedAt)}</dd>
        {record.part === null ? null : (
          <>
            <dt>Part</dt>
            <dd>{record.part}</dd>
          </>
        )}
      </dl>
      {record.late ? <p className="nbp-quiet">Late: made offline, came after the close.</p> : null}
      {seat.me?.lab.mayDelete && !record.deleted ? <Delete {...props} /> : null}
    </div>
  );
}

/** A long value is not in the list: it is fetched when its record is opened. */
function Whole(props: { seat: Seat; record: RecordView }): React.ReactElement {
  const { seat, record } = props;
  const [fetched, setFetched] = React.useState<Value | null>(null);
  const [problem, setProblem] = React.useState<string | null>(null);
  const [isOpen, setOpen] = React.useState(false);
  const node = React.useRef<HTMLDivElement>(null);
  React.useEffect(() => {
    const details = node.current?.closest('details');
    const look = (): void => setOpen(details?.open ?? false);
    details?.addEventListener('toggle', look);
    return () => details?.removeEventListener('toggle', look);
  }, []);
  React.useEffect(() => {
    if (!isOpen || record.value !== null || fetched !== null) return;
    let isShown = true;
    void seat.api.record(record.id).then((reply) => {
      if (!isShown) return;
      if (reply.ok) setFetched(reply.value.value);
      setProblem(reply.ok ? null : reply.problem.message);
    });
    return () => {
      isShown = false;
    };
  }, [isOpen, seat, record, fetched]);
  const value = record.value ?? fetched;
  return (
    <div ref={node}>
      {problem === null ? null : (
        <p className="nbp-Alert" role="alert">
          {problem}
        </p>
      )}
      {!isOpen || value === null ? null : value.t === 'image' ? (
        <Picture seat={seat} image={value} />
      ) : (
        <pre className={`nbp-Value nbp-Value-${value.t}`} tabIndex={0} aria-label={`Value sent to ${record.question}`}>
          {valueText(value)}
        </pre>
      )}
    </div>
  );
}

/** It can't be brought back, so it asks once. */
function Delete(props: { seat: Seat; record: RecordView; gone: () => void }): React.ReactElement {
  const { seat, record } = props;
  const [step, setStep] = React.useState<'rest' | 'asking' | 'deleting'>('rest');
  const [problem, setProblem] = React.useState<string | null>(null);
  const remove = async (): Promise<void> => {
    setStep('deleting');
    const reply = await seat.api.deleteRecord(record.id);
    setStep('rest');
    setProblem(reply.ok ? null : reply.problem.message);
    if (!reply.ok) return;
    await seat.refresh();
    props.gone();
  };
  return (
    <>
      {problem === null ? null : (
        <p className="nbp-Alert" role="alert">
          {problem}
        </p>
      )}
      {step === 'rest' ? (
        <button type="button" className="nbp-Button nbp-quietButton" onClick={() => setStep('asking')}>
          Delete this record
        </button>
      ) : (
        <div role="group" aria-label="Delete this record">
          <p>Its content goes for good, for you and for your teacher.</p>
          <div className="nbp-Buttons">
            <button
              type="button"
              className="nbp-Button nbp-stop"
              disabled={step === 'deleting'}
              onClick={() => void remove()}
            >
              {step === 'deleting' ? 'Deleting' : 'Delete for good'}
            </button>
            <button type="button" className="nbp-Button" onClick={() => setStep('rest')}>
              Keep it
            </button>
          </div>
        </div>
      )}
    </>
  );
}
