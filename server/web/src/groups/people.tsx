/** Who sent these records, by name, the rest folded. */
import { useState } from 'react';
import type { RecordView } from '@nbpulse/schema/wire';
import type { RecordsView } from '../api/labs.js';
import { useLab } from '../class/lab-context.js';
import { useNames } from '../class/names.js';
import { Link } from '../shell/link.js';
import { count } from '../shell/time.js';

const fewPeople = 8;
export function People({ records, view }: { records: readonly RecordView[]; view: RecordsView }) {
  const { session, time } = useLab();
  const names = useNames();
  const [open, setOpen] = useState(false);
  const times = new Map<string, RecordView[]>();
  for (const record of records) {
    const own = times.get(record.participant);
    if (own) own.push(record);
    else times.set(record.participant, [record]);
  }
  const people = [...times];
  const shown = open ? people : people.slice(0, fewPeople);
  return (
    <p className="people">
      {shown.map(([participant, own], index) => {
        const last = own[own.length - 1];
        return (
          <span key={participant}>
            {index > 0 && ', '}
            <Link
              to={{ page: 'student', lab: session.lab, participant }}
              title={last ? `sent ${time.clock(Date.parse(last.madeAt))}` : undefined}
            >
              {names.nameOf(participant, 'somebody who left')}
            </Link>
            {view === 'all' && own.length > 1 && <span className="q3"> ×{own.length}</span>}
            {last?.part != null && <span className="q3"> part {last.part}</span>}
            {own.some((record) => record.late) && (
              <span className="q3" title="Made before the lab closed, without a connection; came in after the close">
                {' '}
                late, made offline
              </span>
            )}
          </span>
        );
      })}
      {people.length > shown.length && (
        <>
          {' '}
          <button type="button" className="btn quiet small" onClick={() => setOpen(true)}>
            and {people.length - shown.length} more
          </button>
        </>
      )}
      {people.length === 1 && shown[0] && shown[0][1].length === 1 && (
        <span className="q3"> {time.short(Date.parse(shown[0][1][0]?.madeAt ?? ''))}</span>
      )}
      {view === 'all' && people.length !== records.length && (
        <span className="q3"> · {count(records.length, 'record')}</span>
      )}
    </p>
  );
}
