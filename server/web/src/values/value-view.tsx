/** One answer, drawn by its type. What a student sent is hostile: it becomes text, a picture, or a sandboxed frame. */
import { memo, useEffect, useState } from 'react';
import { decodeText, summaryOf, type RecordView, type Value } from '@nbpulse/schema/wire';
import { apiUrl } from '../address.js';
import { readRecord } from '../api/labs.js';
import type { Failure } from '../api/request.js';
import '../styles/values.css';
import { size } from '../shell/time.js';
import { CodeView } from './code-view.js';
import { Picture } from './picture.js';
import { pythonText } from './python-text.js';
import { shapeText, TableView } from './table-view.js';
import { AnsiText } from './traceback.js';

interface ValueViewProps {
  lab: string;
  record: RecordView;
}

/** Values that travel without their content are fetched when they come into view, once. */
const fetched = new Map<string, Promise<Value | Failure | null>>();
const mostFetched = 500;
function fetchValue(lab: string, record: string): Promise<Value | Failure | null> {
  const known = fetched.get(record);
  if (known) return known;
  const asked = readRecord(lab, record).then((answer) => {
    if (answer.ok) return answer.value.value;
    fetched.delete(record);
    return answer.failure;
  });
  if (fetched.size >= mostFetched) fetched.delete(fetched.keys().next().value ?? '');
  fetched.set(record, asked);
  return asked;
}

export const ValueView = memo(function ValueView({ lab, record }: ValueViewProps) {
  if (record.deleted) return <span className="q3">deleted</span>;
  if (record.value === null) return <FetchedValue key={record.id} lab={lab} record={record} />;
  return <Shown lab={lab} record={record} value={record.value} />;
});

function FetchedValue({ lab, record }: ValueViewProps) {
  const [element, setElement] = useState<HTMLElement | null>(null);
  const [value, setValue] = useState<Value | Failure | null>(null);
  useEffect(() => {
    if (!element) return;
    let wanted = true;
    const observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        observer.disconnect();
        void fetchValue(lab, record.id).then((got) => {
          if (wanted) setValue(got);
        });
      },
      { rootMargin: '300px' },
    );
    observer.observe(element);
    return () => {
      wanted = false;
      observer.disconnect();
    };
  }, [element, lab, record.id]);
  if (value !== null && 't' in value) return <Shown lab={lab} record={record} value={value} />;
  return (
    <div ref={setElement} className="value-waits">
      <code>{record.summary}</code>
      {value !== null && <p className="err">{value.message}</p>}
    </div>
  );
}

function Shown({ lab, record, value }: ValueViewProps & { value: Value }) {
  switch (value.t) {
    case 'str':
      return (
        <div className="value-text">
          {decodeText(value)}
          {value.cut && <CutNote length={value.cut.length} />}
        </div>
      );
    case 'code':
      return (
        <div className="value-code">
          <CodeView source={decodeText(value.src)} name={`${value.kind} ${value.name}`} />
        </div>
      );
    case 'array':
      return value.shape.length <= 1 && value.v.length <= 8 && !value.dtype.startsWith('complex') ? (
        <span className="value-line">
          <code>{summaryOf(value)}</code>{' '}
          <span className="q3 sm">{`${value.dtype}, shape ${shapeText(value.shape)}`}</span>
        </span>
      ) : (
        <TableView value={value} />
      );
    case 'frame':
      return <TableView value={value} />;
    case 'image':
      return <Picture lab={lab} sha256={value.sha256} words={`Picture, ${record.summary}`} />;
    case 'error':
      return (
        <div className="value-error">
          <p>
            <b>{value.cls.split('.').pop()}</b>: {decodeText(value.message)}
          </p>
          {value.tb && <Traceback text={decodeText(value.tb)} />}
        </div>
      );
    case 'rich':
      return (
        <iframe
          className="value-rich"
          title={`Output of ${value.cls}`}
          sandbox="allow-scripts"
          loading="lazy"
          referrerPolicy="no-referrer"
          src={apiUrl(`labs/${encodeURIComponent(lab)}/records/${record.id}/render`)}
        />
      );
    case 'repr':
      return (
        <div>
          <p className="q3 sm">{value.cls}</p>
          <pre className="value-repr" tabIndex={0} role="group" aria-label={value.cls}>
            {decodeText(value.text)}
          </pre>
        </div>
      );
    case 'bytes':
      return (
        <code className="value-line">
          bytes, {size(value.n)}, sha256 {value.sha256.slice(0, 12)}…
        </code>
      );
    case 'list':
    case 'tuple':
    case 'set':
    case 'frozenset':
    case 'dict':
    case 'object': {
      const text = pythonText(value);
      return text.includes('\n') ? (
        <pre className="value-repr" tabIndex={0} role="group" aria-label="value">
          {text}
        </pre>
      ) : (
        <code className="value-line">{text}</code>
      );
    }
    case 'none':
    case 'bool':
    case 'int':
    case 'float':
    case 'complex':
    case 'datetime':
    case 'date':
    case 'time':
    case 'timedelta':
      return <code className="value-line big">{summaryOf(value)}</code>;
    default:
      return value satisfies never;
  }
}

function Traceback({ text }: { text: string }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        className="btn quiet small"
        style={{ marginLeft: -8 }}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        {open ? 'Hide the traceback' : 'Traceback'}
      </button>
      {open && <AnsiText text={text} name="Traceback" />}
    </>
  );
}
const CutNote = ({ length }: { length: number }) => (
  <span className="q3 sm"> … cut; it has {length.toLocaleString('en')} characters in all</span>
);
