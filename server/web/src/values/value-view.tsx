/** One answer, drawn by its type. What a student sent is hostile: it becomes text, a picture, or a sandboxed frame. */
import { memo, useEffect, useState, type ReactNode } from 'react';
import { decodeText, summaryOf, type RecordView, type Value } from '@nbpulse/schema/wire';
import type { Failure } from '../api/request.js';
import '../styles/values.css';
import { size } from '../shell/time.js';
import { CodeView } from './code-view.js';
import { Picture } from './picture.js';
import { pythonText } from './python-text.js';
import { RichView } from './rich-view.js';
import { shapeText, TableView } from './table-view.js';
import { AnsiText } from './traceback.js';
import { useValueSource } from './value-source.js';
import { wholeValue } from './whole-value.js';

interface ValueViewProps {
  lab: string;
  record: RecordView;
  /** Draws the value in another way than its type has; null: as its type has. */
  draw?: ((value: Value) => ReactNode) | undefined;
}

export const ValueView = memo(function ValueView({ lab, record, draw }: ValueViewProps) {
  if (record.deleted) return <span className="q3">deleted</span>;
  if (record.value === null) return <FetchedValue key={record.id} lab={lab} record={record} draw={draw} />;
  return draw?.(record.value) ?? <Shown lab={lab} record={record} value={record.value} />;
});

function FetchedValue({ lab, record, draw }: ValueViewProps) {
  const [element, setElement] = useState<HTMLElement | null>(null);
  const [value, setValue] = useState<Value | Failure | null>(null);
  const source = useValueSource(lab);
  useEffect(() => {
    if (!element) return;
    let wanted = true;
    const observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        observer.disconnect();
        void wholeValue(source, record.id).then((got) => {
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
  }, [element, source, record.id]);
  if (value !== null && 't' in value) return draw?.(value) ?? <Shown lab={lab} record={record} value={value} />;
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
      return <RichView lab={lab} record={record.id} value={value} />;
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
      if (value.t === 'object' && value.text)
        return <Printed text={decodeText(value.text)} cls={value.cls} parts={text} />;
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

/** An estimator: as it prints; its parameters and what fitting found on demand. */
function Printed({ text, cls, parts }: { text: string; cls: string; parts: string }) {
  return (
    <div>
      <p className="q3 sm">{cls}</p>
      <pre className="value-repr" tabIndex={0} role="group" aria-label={cls}>
        {text}
      </pre>
      <details className="value-parts">
        <summary>Parameters and what fitting found</summary>
        <pre className="value-repr" tabIndex={0} role="group" aria-label="parameters">
          {parts}
        </pre>
      </details>
    </div>
  );
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
