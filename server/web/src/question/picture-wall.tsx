/** Pictures as sent, equal ones together. A click opens one large; arrows walk. */
import { useState } from 'react';
import type { RecordView } from '@nbpulse/schema/wire';
import { useLab, useModel } from '../class/lab-context.js';
import { Dialog } from '../shell/dialog.js';
import { Link } from '../shell/link.js';
import { count } from '../shell/time.js';
import { Picture } from '../values/picture.js';
import { nameOf, type Group } from './question-feed.js';

const shaOf = (record: RecordView | undefined): string | null =>
  record?.value?.t === 'image' ? record.value.sha256 : null;

export function PictureWall({ groups }: { groups: readonly Group[] }) {
  const { session, time } = useLab();
  const rows = useModel((model) => model.rows);
  const [open, setOpen] = useState<number | null>(null);
  const nameOfPerson = (record: RecordView): string =>
    rows.get(record.participant)?.participant.name ?? 'somebody who left';
  const walls = groups.filter((group) => shaOf(group.records[0]) !== null);
  const shown = open === null ? undefined : walls[open];
  const step = (by: number): void => setOpen((at) => (at === null ? null : (at + by + walls.length) % walls.length));
  return (
    <>
      <ul className="wall">
        {walls.map((group, index) => {
          const first = group.records[0];
          const sha256 = shaOf(first);
          if (!first || sha256 === null) return null;
          const names = group.records.map(nameOfPerson);
          const words = names.length === 1 ? (names[0] ?? '') : `${String(names.length)} alike: ${names.join(', ')}`;
          return (
            <li key={nameOf(group)}>
              <button type="button" className="pic" onClick={() => setOpen(index)} aria-label={`${words}, open large`}>
                <Picture lab={session.lab} sha256={sha256} words="" />
                <span className="cut">
                  {names.length > 1 && <b>{names.length} alike </b>}
                  {names.length > 1 ? names.join(', ') : names[0]}
                </span>
              </button>
            </li>
          );
        })}
      </ul>
      {shown && (
        <Dialog title={count(shown.records.length, 'picture')} onClose={() => setOpen(null)} className="large-picture">
          <div
            onKeyDown={(event) => {
              if (event.key === 'ArrowRight') step(1);
              else if (event.key === 'ArrowLeft') step(-1);
            }}
          >
            <Picture
              key={shaOf(shown.records[0])}
              lab={session.lab}
              sha256={shaOf(shown.records[0]) ?? ''}
              words={shown.records[0]?.summary ?? ''}
            />
            <p className="q2" style={{ marginTop: 12 }}>
              {shown.records.map((record, index) => (
                <span key={record.id}>
                  {index > 0 && ', '}
                  <Link to={{ page: 'student', lab: session.lab, participant: record.participant }}>
                    {nameOfPerson(record)}
                  </Link>{' '}
                  <span className="q3">{time.short(Date.parse(record.madeAt))}</span>
                </span>
              ))}
            </p>
            <div className="foot">
              <button type="button" className="btn" onClick={() => step(-1)} disabled={walls.length < 2}>
                Previous<kbd>←</kbd>
              </button>
              <button type="button" className="btn" onClick={() => step(1)} disabled={walls.length < 2} autoFocus>
                Next<kbd>→</kbd>
              </button>
              <span className="grow" />
              <button type="button" className="btn" onClick={() => setOpen(null)}>
                Close
              </button>
            </div>
          </div>
        </Dialog>
      )}
    </>
  );
}
