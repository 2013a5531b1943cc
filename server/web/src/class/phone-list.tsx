/** The class on a phone: one column, 64 px a student, the same marks. */
import { memo, useRef } from 'react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { foldedCell, type Column } from '../live/fold.js';
import { noFoldTally, noTally } from '../live/tally.js';
import { Link } from '../shell/link.js';
import { Mark, markWords, PresenceMark } from '../shell/marks.js';
import { ago } from '../shell/time.js';
import { partsOf, useColumns } from './columns.js';
import { useInsight, useLab, useModel, useNow, useRow } from './lab-context.js';
import { useName } from './names.js';
import { PaceHeadline } from './pace-headline.js';
import { Bar, tallyWords } from './skyline.js';

const rowPx = 68;

export function PhoneList({ order }: { order: readonly string[] }) {
  const { session } = useLab();
  const questions = useModel((model) => model.questions);
  const tallies = useModel((model) => model.tallies);
  const foldTallies = useModel((model) => model.foldTallies);
  const { columns } = useColumns();
  const opened = useModel((model) => model.opened);
  const scroller = useRef<HTMLDivElement>(null);
  // eslint-disable-next-line react-hooks/incompatible-library -- its functions are used in this component only
  const virtual = useVirtualizer({
    count: order.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    overscan: 6,
  });
  return (
    <div className="grid-scroll phone-scroll" ref={scroller}>
      <div className="phone-head">
        <PaceHeadline />
        <nav className="qstrip" aria-label="Questions">
          {columns.map((column) => {
            const tally =
              column.kind === 'fold'
                ? (foldTallies[column.foldIndex] ?? noFoldTally)
                : (tallies[column.index] ?? noTally);
            // A fold leads to its first part; the others stand beside it there.
            const question = questions[partsOf(column)[0] ?? 0]?.key ?? column.key;
            return (
              <Link key={column.key} to={{ page: 'question', lab: session.lab, question }}>
                <Bar tally={tally} whole={opened} />
                <span className="cut">{column.key}</span>
                <span className="vh">{tallyWords(tally)}</span>
              </Link>
            );
          })}
        </nav>
      </div>
      <ul className="phone-list" style={{ height: virtual.getTotalSize() }} aria-label="Students">
        {virtual.getVirtualItems().map((item) => {
          const id = order[item.index];
          return id === undefined ? null : <PhoneRow key={id} participant={id} columns={columns} top={item.start} />;
        })}
      </ul>
    </div>
  );
}

interface PhoneRowProps {
  participant: string;
  columns: readonly Column[];
  top: number;
}
const PhoneRow = memo(function PhoneRow({ participant, columns, top }: PhoneRowProps) {
  const { session } = useLab();
  const row = useRow(participant);
  const name = useName(participant);
  const questions = useModel((model) => model.questions);
  const { needs } = useInsight();
  const now = useNow(10_000);
  if (!row) return null;
  const current = questions[row.current];
  const hot = needs.some((need) => need.participant === participant);
  const status = row.statuses[row.current] ?? 'not-started';
  return (
    <li style={{ top, height: rowPx }}>
      <Link to={{ page: 'student', lab: session.lab, participant }}>
        <span className="row">
          <PresenceMark
            presence={row.presence}
            sending={row.participant.sending}
            opened={row.participant.openedAt !== null}
          />
          <b className="grow cut">{name}</b>
          <span className={`wait ${hot ? 'long' : ''}`}>
            {row.participant.unverified && 'unverified, '}
            {row.participant.openedAt === null
              ? 'never opened'
              : !row.participant.sending
                ? 'sending off'
                : row.lastAt === null
                  ? 'nothing sent'
                  : ago(Math.max(0, now - row.lastAt))}
          </span>
        </span>
        <span className="phone-marks" aria-hidden="true">
          {columns.map((column) => (
            <Mark
              key={column.key}
              name={
                column.kind === 'fold'
                  ? foldedCell(row.statuses, column.fold).status
                  : (row.statuses[column.index] ?? 'not-started')
              }
              size={14}
            />
          ))}
        </span>
        <span className="vh">
          {row.sent} of {questions.length} sent{current ? `, ${markWords[status]} on ${current.key}` : ''}
        </span>
      </Link>
    </li>
  );
});
