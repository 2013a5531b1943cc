/** Groups of equal answers: a row each, with its count, the answer itself, and who sent it. */
import { memo, useState } from 'react';
import type { RecordView } from '@nbpulse/schema/wire';
import type { RecordsView } from '../api/labs.js';
import { useLab, useModel } from '../class/lab-context.js';
import { Link } from '../shell/link.js';
import { Mark } from '../shell/marks.js';
import { count } from '../shell/time.js';
import { ValueView } from '../values/value-view.js';
import { nameOf, type Group } from './question-feed.js';

/** A class of thousands has long tails of single answers; they come on demand. */
const firstGroups = 60;

export function GroupList({ groups, view }: { groups: readonly Group[]; view: RecordsView }) {
  const [all, setAll] = useState(false);
  const shown = all ? groups : groups.slice(0, firstGroups);
  return (
    <>
      <ul className="groups">
        {shown.map((group) => (
          <GroupRow key={nameOf(group)} group={group} view={view} />
        ))}
      </ul>
      {shown.length < groups.length && (
        <button type="button" className="btn" onClick={() => setAll(true)}>
          Show all {groups.length} groups
        </button>
      )}
    </>
  );
}

const GroupRow = memo(function GroupRow({ group, view }: { group: Group; view: RecordsView }) {
  const { session } = useLab();
  const newest = group.records[group.records.length - 1];
  if (!newest) return null;
  const n = group.records.length;
  return (
    <li className={`grp ${isShort(newest) ? 'short' : ''}`}>
      <span className="m">
        <Mark name={group.section === 'error' ? 'error' : 'answered'} size={18} said />
      </span>
      <span className="n">{n}</span>
      <div className="what">
        <ValueView lab={session.lab} record={newest} />
        <People records={group.records} view={view} />
      </div>
    </li>
  );
});

/** A single number or word stands beside the names instead of above them. */
function isShort(record: RecordView): boolean {
  const { value } = record;
  if (value === null) return false;
  if (value.t === 'str') return record.summary.length <= 24 && !value.v.includes('\n');
  return ['none', 'bool', 'int', 'float', 'complex', 'date', 'datetime', 'time', 'timedelta'].includes(value.t)
    ? record.summary.length <= 24
    : false;
}

const fewPeople = 8;
function People({ records, view }: { records: readonly RecordView[]; view: RecordsView }) {
  const { session, time } = useLab();
  const rows = useModel((model) => model.rows);
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
              {rows.get(participant)?.participant.name ?? 'somebody who left'}
            </Link>
            {view === 'all' && own.length > 1 && <span className="q3"> ×{own.length}</span>}
            {own.some((record) => record.late) && <span className="q3"> late</span>}
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
