import { useState, type ReactNode } from 'react';
import type { CheckpointChange, RecordView, TimelineItem } from '@nbpulse/schema/wire';
import { useLab } from '../class/lab-context.js';
import { Icon } from '../shell/icons.js';
import { Link } from '../shell/link.js';
import { Mark } from '../shell/marks.js';
import { count, size } from '../shell/time.js';
import { ValueView } from '../values/value-view.js';
import type { Line } from './fold.js';
import { SubmissionLine } from './submission-line.js';

interface TimelineLineProps {
  line: Line;
  onOpen: (checkpoint: CheckpointChange) => void;
  checkpoints: readonly TimelineItem[];
}

export function TimelineLine({ line, onOpen, checkpoints }: TimelineLineProps) {
  if (line.kind === 'records') return <RecordsLine question={line.question} records={line.records} />;
  const { item } = line;
  switch (item.kind) {
    case 'joined':
      return (
        <Entry at={item.at} mark={<Icon name="right" />}>
          <b>Joined</b> <span className="q2">with the code</span>
        </Entry>
      );
    case 'dropped':
      return (
        <Entry at={item.at} mark={<Icon name="drop" />}>
          <span className="qk">{item.question}</span>
          <span>
            <b>{count(item.count, 'record')} dropped</b>{' '}
            <span className="q2">
              on the student’s side: its journal was full. The last one of the question was kept.
            </span>
          </span>
        </Entry>
      );
    case 'checkpoint': {
      const all = checkpoints.filter((one) => one.kind === 'checkpoint');
      const number = all.findIndex((one) => one.checkpoint.id === item.checkpoint.id) + 1;
      return (
        <Entry at={item.at} mark={<Icon name="flag" />}>
          <b>Checkpoint {number}</b> <span className="q3">{size(item.checkpoint.bytes)}</span>
          <button type="button" className="btn small" onClick={() => onOpen(item.checkpoint)}>
            Open
          </button>
        </Entry>
      );
    }
    case 'submission':
      return (
        <Entry at={item.at} mark={<Icon name="up" />}>
          <SubmissionLine submission={item.submission} />
        </Entry>
      );
    default:
      return item satisfies never;
  }
}

function Entry({ at, mark, children, below }: { at: string; mark: ReactNode; children: ReactNode; below?: ReactNode }) {
  const { time } = useLab();
  const ms = Date.parse(at);
  return (
    <li>
      <time dateTime={at} title={time.full(ms)}>
        {time.short(ms)}
      </time>
      <span className="m">{mark}</span>
      <div className="what">
        <div className="b">{children}</div>
        {below}
      </div>
    </li>
  );
}

const mostEarlier = 50;

/** Records of one question in a row: the last one in full, those before it folded. */
function RecordsLine({ question, records }: { question: string; records: readonly [RecordView, ...RecordView[]] }) {
  const { session, time } = useLab();
  const [open, setOpen] = useState(false);
  const last = records[records.length - 1] ?? records[0];
  const earlier = records.slice(0, -1);
  const errors = records.filter((record) => record.error).length;
  return (
    <Entry
      at={last.madeAt}
      mark={<Mark name={last.error ? 'error' : 'answered'} said />}
      below={
        <>
          <div className="shown">
            <ValueView lab={session.lab} record={last} />
          </div>
          {earlier.length > 0 && (
            <button
              type="button"
              className="btn quiet small"
              style={{ marginLeft: -8, marginTop: 2 }}
              aria-expanded={open}
              onClick={() => setOpen(!open)}
            >
              {open ? 'Fold' : `${count(earlier.length, 'record')} before it`}
            </button>
          )}
          {open && (
            <ol className="earlier">
              {[...earlier]
                .reverse()
                .slice(0, mostEarlier)
                .map((record) => (
                  <li key={record.id}>
                    <time dateTime={record.madeAt} className="q3 sm">
                      {time.clock(Date.parse(record.madeAt))}
                    </time>
                    <Mark name={record.error ? 'error' : 'answered'} size={14} said />
                    <div>
                      <ValueView lab={session.lab} record={record} />
                    </div>
                  </li>
                ))}
            </ol>
          )}
          {open && earlier.length > mostEarlier && (
            <p className="q3 sm">The {mostEarlier} before it; “Every record” of the question has them all.</p>
          )}
        </>
      }
    >
      <Link className="qk" to={{ page: 'question', lab: session.lab, question }}>
        {question}
      </Link>
      <span className="q3 sm">
        {records.length > 1 && `sent ${String(records.length)} times${errors > 0 ? `, ${count(errors, 'error')}` : ''}`}
        {records.some((record) => record.late) && ' arrived after the close'}
        {last.part !== null && ` part ${last.part}`}
      </span>
    </Entry>
  );
}
