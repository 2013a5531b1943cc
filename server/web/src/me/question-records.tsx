import { useEffect, useId, useState } from 'react';
import type { MyQuestion, RecordView } from '@nbpulse/schema/wire';
import type { Failure } from '../api/request.js';
import { Icon } from '../shell/icons.js';
import { Mark } from '../shell/marks.js';
import { Failed, Loading } from '../shell/states.js';
import { count } from '../shell/time.js';
import { ValueView } from '../values/value-view.js';
import { DeleteRecordDialog } from './delete-record-dialog.js';
import type { OwnApi } from './own-api.js';
import { ownTime } from './own-time.js';

const pageRecords = 20;
/** What came in more than this after it was made says when. */
const sameMomentMs = 60_000;

interface QuestionRecordsProps {
  api: OwnApi;
  question: MyQuestion;
  version: number;
  mayDelete: boolean;
  startOpen: boolean;
  /** Something was deleted. */
  onChanged: () => void;
}

/** One question: a line that says how much and what last; opened, every record of it, newest first. */
export function QuestionRecords(props: QuestionRecordsProps) {
  const { question } = props;
  const [open, setOpen] = useState(props.startOpen);
  const id = useId();
  const { key, title, records, deleted, late } = question;
  const more = [
    count(records, 'record'),
    late > 0 ? `${String(late)} late` : '',
    deleted > 0 ? `${String(deleted)} deleted` : '',
  ].filter(Boolean);
  return (
    <li>
      <button
        type="button"
        className="me-question"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => setOpen(!open)}
      >
        <Mark name={records === 0 ? 'not-started' : question.lastIsError ? 'error' : 'answered'} said />
        <span className="qk">{key}</span>
        <span className="me-what">
          {title !== null && title !== '' && <span className="cut">{title}</span>}
          {!open && question.lastSummary !== '' && <code className="cut q2">{question.lastSummary}</code>}
        </span>
        <span className="q3 sm me-counts">
          {more.join(', ')}
          <br />
          <time dateTime={question.lastAt}>{ownTime.full(Date.parse(question.lastAt))}</time>
        </span>
        <Icon name={open ? 'down' : 'right'} />
      </button>
      {open && (
        <div id={id} className="me-records">
          <Records {...props} />
        </div>
      )}
    </li>
  );
}

interface Loaded {
  records: readonly RecordView[] | null;
  more: boolean;
  failure: Failure | null;
}

function Records({ api, question, version, mayDelete, onChanged }: QuestionRecordsProps) {
  const [wanted, setWanted] = useState(pageRecords);
  const [loaded, setLoaded] = useState<Loaded>({ records: null, more: false, failure: null });
  const [round, setRound] = useState(0);
  const [deleting, setDeleting] = useState<RecordView | null>(null);
  const { key } = question;
  useEffect(() => {
    const abort = new AbortController();
    void readUpTo(api, key, wanted, abort.signal)
      .then((answer) => {
        if ('records' in answer) setLoaded({ ...answer, failure: null });
        else setLoaded((before) => ({ ...before, failure: answer }));
      })
      .catch(() => undefined); // aborted: asked again, or folded
    return () => abort.abort();
  }, [api, key, wanted, version, round]);
  const { records, more, failure } = loaded;
  if (records === null)
    return failure ? (
      <Failed part={`Records of ${key}`} failure={failure} again={() => setRound(round + 1)} />
    ) : (
      <Loading words="Loading the records" lines={2} />
    );
  return (
    <>
      {failure && (
        <p className="q2 sm" role="status">
          Not up to date: {failure.message}
        </p>
      )}
      <ol aria-label={`Records of ${key}, newest first`}>
        {records.map((record) => (
          <OneRecord key={record.id} record={record} onDelete={mayDelete ? () => setDeleting(record) : undefined} />
        ))}
      </ol>
      {more && (
        <button type="button" className="btn small" onClick={() => setWanted(wanted + 5 * pageRecords)}>
          Earlier records
        </button>
      )}
      {deleting && (
        <DeleteRecordDialog
          api={api}
          record={deleting}
          onClose={() => setDeleting(null)}
          onDeleted={() => {
            setDeleting(null);
            setRound(round + 1);
            onChanged();
          }}
        />
      )}
    </>
  );
}

/** What one answer of the server may hold. */
const mostOfOneAnswer = 200;
async function readUpTo(
  api: OwnApi,
  key: string,
  wanted: number,
  signal: AbortSignal,
): Promise<{ records: RecordView[]; more: boolean } | Failure> {
  const records: RecordView[] = [];
  for (;;) {
    const limit = Math.min(mostOfOneAnswer, wanted - records.length);
    const answer = await api.records(key, { limit, offset: records.length }, signal);
    if (!answer.ok) return answer.failure;
    records.push(...answer.value.records);
    if (!answer.value.more || records.length >= wanted) return { records, more: answer.value.more };
  }
}

function OneRecord({ record, onDelete }: { record: RecordView; onDelete: (() => void) | undefined }) {
  const madeAt = Date.parse(record.madeAt);
  const receivedAt = Date.parse(record.receivedAt);
  return (
    <li className="me-record">
      <div className="row wrap">
        {!record.deleted && <Mark name={record.error ? 'error' : 'answered'} size={14} said />}
        <time dateTime={record.madeAt} className="sm q2">
          {ownTime.day(madeAt)}, {ownTime.clock(madeAt)}
        </time>
        {record.part !== null && <span className="tag">part {record.part}</span>}
        {record.late ? (
          <span className="tag">made offline, came in after the close, {ownTime.full(receivedAt)}</span>
        ) : (
          receivedAt - madeAt > sameMomentMs && <span className="q3 sm">came in {ownTime.full(receivedAt)}</span>
        )}
        <span className="grow" />
        {onDelete && !record.deleted && (
          <button
            type="button"
            className="btn quiet small"
            aria-label={`Delete the record of ${ownTime.clock(madeAt)}`}
            onClick={onDelete}
          >
            Delete…
          </button>
        )}
      </div>
      {record.deleted ? (
        <p className="q3 sm">Deleted. That something was sent then is all that is left.</p>
      ) : (
        <ValueView lab="" record={record} />
      )}
    </li>
  );
}
