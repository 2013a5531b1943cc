/** Records of one question in a row: the last one in full, what changed since the one before, and those before it folded. */
import { useState } from 'react';
import type { RecordView } from '@nbpulse/schema/wire';
import { useLab } from '../class/lab-context.js';
import { LineView } from '../notebook/line-view.js';
import { Link } from '../shell/link.js';
import { Mark } from '../shell/marks.js';
import { ago, count } from '../shell/time.js';
import { ValueView } from '../values/value-view.js';
import { Entry } from './entry.js';
import type { RecordItem } from './fold.js';
import { isOut, markOf } from './record-mark.js';
import { errorName, isShort, whatChanged } from './what-changed.js';

const mostEarlier = 50;
const mostInline = 8;

export function RecordsLine({ question, items }: { question: string; items: readonly [RecordItem, ...RecordItem[]] }) {
  const { session, time } = useLab();
  const [open, setOpen] = useState(false);
  const records = items.map((item) => item.record);
  const there = records.filter((record) => !isOut(record));
  const last = there[there.length - 1];
  const lastItem = items[items.length - 1] ?? items[0];
  const former = there[there.length - 2];
  const ids = records.map((record) => record.id);
  const out = items.filter((item) => isOut(item.record));
  const head = (
    <Link className="qk" to={{ page: 'question', lab: session.lab, question }}>
      {question}
    </Link>
  );
  if (!last) {
    return (
      <Entry at={lastItem.at} mark={<Out />} items={ids}>
        {head}
        <OutWords items={out} />
      </Entry>
    );
  }
  const inline = there.length <= mostInline && there.every(isShort);
  const sameErrors = there.filter(
    (one) => one.error && last.error && errorName(one.summary) === errorName(last.summary),
  );
  const spanMs = Date.parse(last.madeAt) - Date.parse(there[0]?.madeAt ?? last.madeAt);
  const changed = former && !inline ? whatChanged(former, last) : null;
  const earlier = items.filter((item) => item.record.id !== last.id);
  return (
    <Entry
      at={last.madeAt}
      mark={<Mark name={markOf(last)} said />}
      items={ids}
      below={
        <>
          {!inline && (
            <div className="shown">
              {changed?.kind === 'lines' ? (
                <LineView difference={changed.difference} name={`What changed in ${question}`} />
              ) : (
                <ValueView lab={session.lab} record={last} />
              )}
            </div>
          )}
          {!inline && earlier.length > 0 && (
            <button type="button" className="btn quiet small fold" aria-expanded={open} onClick={() => setOpen(!open)}>
              {open
                ? 'Fold'
                : changed?.kind === 'lines'
                  ? `The whole of it, and ${count(earlier.length, 'record')} before`
                  : `${count(earlier.length, 'record')} before it`}
            </button>
          )}
          {open && <Earlier items={changed?.kind === 'lines' ? items : earlier} />}
        </>
      }
    >
      {head}
      {inline ? (
        <ol className="hist" aria-label={`Sent to ${question}`}>
          {there.map((record) => (
            <li key={record.id}>
              {there.length > 1 && <Mark name={markOf(record)} size={14} said />}
              {record.tag === 'str' ? <span className="said">“{record.summary}”</span> : <code>{record.summary}</code>}
              {there.length > 1 && <i className="xs">{time.short(Date.parse(record.madeAt))}</i>}
            </li>
          ))}
        </ol>
      ) : (
        <span>
          {last.error ? <b>{errorName(last.summary)}</b> : ''}{' '}
          {last.error && sameErrors.length > 1 ? (
            <span>
              {sameErrors.length} times{spanMs >= 60_000 && ` in ${ago(spanMs)}`}
            </span>
          ) : there.length > 1 ? (
            <span>sent {there.length} times</span>
          ) : null}
          {changed?.kind === 'same' && !last.error && <span className="q3">, the same again</span>}
          {changed?.kind === 'lines' && (
            <span className="q3"> changed since {time.short(Date.parse(former?.madeAt ?? last.madeAt))}</span>
          )}
        </span>
      )}
      {partsOf(there).map((part) => (
        <span className="tag" key={part}>
          part {part}
        </span>
      ))}
      {last.late && <LateTag record={last} />}
      {out.length > 0 && <OutWords items={out} />}
    </Entry>
  );
}

function Earlier({ items }: { items: readonly RecordItem[] }) {
  const { session, time } = useLab();
  return (
    <>
      <ol className="earlier">
        {[...items]
          .reverse()
          .slice(0, mostEarlier)
          .map(({ record, removedBy }) => (
            <li key={record.id}>
              <time dateTime={record.madeAt} className="q3 sm">
                {time.clock(Date.parse(record.madeAt))}
              </time>
              {isOut(record) ? <Out /> : <Mark name={markOf(record)} size={14} said />}
              <div>
                {record.late && <LateTag record={record} />}
                {isOut(record) && <p className="q3 sm">{outWords(record, removedBy)}</p>}
                {!record.deleted && <ValueView lab={session.lab} record={record} />}
              </div>
            </li>
          ))}
      </ol>
      {items.length > mostEarlier && (
        <p className="q3 sm">The {mostEarlier} last; “Every record” of the question has them all.</p>
      )}
    </>
  );
}

/** Parts that records of one line name, the newest first. */
const partsOf = (records: readonly RecordView[]): string[] => [
  ...new Set([...records].reverse().flatMap((record) => record.part ?? [])),
];

function LateTag({ record }: { record: RecordView }) {
  const { time } = useLab();
  return <span className="tag">late, made offline; came in {time.full(Date.parse(record.receivedAt))}</span>;
}

const outWords = (record: RecordView, by: string | null): string => {
  const who = by === null ? '' : by === 'student' ? ' by the student' : ` by ${by}`;
  return `${record.deleted ? 'deleted' : 'hidden'}${who}`;
};

function OutWords({ items }: { items: readonly RecordItem[] }) {
  const words = new Map<string, number>();
  for (const { record, removedBy } of items) {
    const one = outWords(record, removedBy);
    words.set(one, (words.get(one) ?? 0) + 1);
  }
  return [...words].map(([said, n]) => (
    <span className="tag" key={said}>
      {n > 1 ? `${count(n, 'record')} ` : items.length === 1 ? 'a record ' : '1 record '}
      {said}
    </span>
  ));
}

const Out = () => (
  <svg className="mk" width="16" height="16" viewBox="0 0 16 16" role="img" aria-label="taken out">
    <rect x="2.5" y="2.5" width="11" height="11" rx="2" fill="none" stroke="var(--ink-3)" strokeDasharray="2 2" />
  </svg>
);
