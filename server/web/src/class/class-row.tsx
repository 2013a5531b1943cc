import { memo, useEffect, useRef } from 'react';
import { isLongWait } from '../live/pace.js';
import type { Cell } from '../live/cell.js';
import { foldedCell, type Column, type Fold } from '../live/fold.js';
import type { CellStatus } from '../live/row-status.js';
import { Link } from '../shell/link.js';
import { Mark, markWords, PresenceMark } from '../shell/marks.js';
import { ago, count } from '../shell/time.js';
import { ActivityStrip } from './activity-strip.js';
import { useInsight, useLab, useModel, useRow } from './lab-context.js';
import { useName } from './names.js';

interface ClassRowProps {
  columns: readonly Column[];
  participant: string;
  index: number;
  /** The column that takes the focus when this row holds the grid's one tab stop. */
  focusColumn: number | null;
  five: boolean;
  split: boolean;
  needsHelp: boolean;
  now: number;
  /** Minutes since the lab opened that the activity strip shows. */
  from: number;
  to: number;
}

export const ClassRow = memo(function ClassRow(props: ClassRowProps) {
  const { participant, columns, index, focusColumn, five, split, needsHelp, now, from, to } = props;
  const { session } = useLab();
  const row = useRow(participant);
  const name = useName(participant);
  const questions = useModel((model) => model.questions);
  const { pace } = useInsight();
  if (!row) return null;
  const sinceMs = row.lastAt === null ? null : Math.max(0, now - row.lastAt);
  const { unverified, sending, openedAt } = row.participant;
  const offline = row.presence === null || row.presence.state === 'offline';
  return (
    <tr
      data-id={participant}
      aria-rowindex={index + 2}
      className={[split ? 'split' : five ? 'five' : '', offline ? 'off' : ''].join(' ').trim() || undefined}
    >
      <th scope="row">
        <div className="nm">
          <PresenceMark presence={row.presence} sending={sending} opened={openedAt !== null} />
          <Link
            className="cut grow"
            to={{ page: 'student', lab: session.lab, participant }}
            data-at={`${String(index)}:-1`}
            tabIndex={focusColumn === -1 ? 0 : -1}
          >
            {name}
          </Link>
          {unverified && (
            <span className="xs q3" title="Joined without a token: anyone could have typed this name">
              unverified
            </span>
          )}
          {!sending && (
            <span className="xs q3" title="This student has switched sending off: what is made now stays with them">
              sending off
            </span>
          )}
          {(row.presence?.waiting ?? 0) > 0 && (
            <span className="xs q3" title="records that wait on the student's side">
              {row.presence?.waiting} waiting
            </span>
          )}
        </div>
      </th>
      {columns.map((column, at) =>
        column.kind === 'fold' ? (
          <FoldCell
            key={column.key}
            at={`${String(index)}:${String(at)}`}
            who={name}
            fold={column.fold}
            statuses={row.statuses}
            pulse={column.fold.parts.reduce(
              (n, part) => n + (row.cells.get(questions[part]?.key ?? '')?.pulse ?? 0),
              0,
            )}
            focusable={focusColumn === at}
          />
        ) : (
          <GridCell
            key={column.key}
            at={`${String(index)}:${String(at)}`}
            who={name}
            question={column.key}
            cell={row.cells.get(column.key)}
            status={row.statuses[column.index] ?? 'not-started'}
            minutes={row.current === column.index && sinceMs !== null ? Math.floor(sinceMs / 60_000) : null}
            hot={
              row.current === column.index &&
              sinceMs !== null &&
              isLongWait(sinceMs, pace.medianMs[column.index] ?? null)
            }
            focusable={focusColumn === at}
          />
        ),
      )}
      <td className="act">
        <ActivityStrip at={row.at} errorAt={row.errorAt} from={from} to={to} />
      </td>
      <td className={`last ${needsHelp ? 'hot' : ''}`}>{sinceMs === null ? '–' : ago(sinceMs)}</td>
    </tr>
  );
});

interface GridCellProps {
  at: string;
  who: string;
  question: string;
  cell: Cell | undefined;
  status: CellStatus;
  /** Since the last record, on the question that the student is on. */
  minutes: number | null;
  hot: boolean;
  focusable: boolean;
}

/** Pulses the element's ground once each time the number counts up. */
function usePulse(pulse: number) {
  const element = useRef<HTMLTableCellElement>(null);
  const pulsed = useRef(pulse);
  useEffect(() => {
    if (pulsed.current === pulse) return;
    pulsed.current = pulse;
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    const timing = { duration: 600, easing: 'cubic-bezier(.2, .7, .2, 1)' };
    // Colours by their variables: to read them here would make the browser work out the page's style on the spot.
    element.current?.animate(
      [{ backgroundColor: 'color-mix(in srgb, var(--accent) 34%, transparent)' }, { backgroundColor: 'transparent' }],
      timing,
    );
    // Small grey text would not stand out from the pulse.
    element.current
      ?.querySelector('small')
      ?.animate([{ color: 'var(--ink)' }, { color: 'var(--ink)', offset: 0.9 }, {}], timing);
  }, [pulse]);
  return element;
}

const GridCell = memo(function GridCell({ at, who, question, cell, status, minutes, hot, focusable }: GridCellProps) {
  const element = usePulse(cell?.pulse ?? 0);
  const small =
    status === 'working'
      ? minutes !== null && minutes > 0
        ? `${String(minutes)}m`
        : ''
      : status === 'error'
        ? (cell?.errorRun ?? 0) > 1
          ? `×${String(cell?.errorRun ?? 0)}`
          : ''
        : (cell?.records ?? 0) > 1
          ? `×${String(cell?.records ?? 0)}`
          : '';
  const loud = (status === 'working' && hot) || (status === 'error' && (cell?.errorRun ?? 0) >= 3);
  return (
    <td ref={element} className="c" role="gridcell" data-at={at} tabIndex={focusable ? 0 : -1}>
      <Mark name={status} />
      {small !== '' && (
        <small aria-hidden="true" className={loud ? 'hot' : undefined}>
          {small}
        </small>
      )}
      <span className="vh">{sayCell(who, question, status, cell, minutes)}</span>
    </td>
  );
});

interface FoldCellProps {
  at: string;
  who: string;
  fold: Fold;
  statuses: readonly CellStatus[];
  pulse: number;
  focusable: boolean;
}
/** The best of its parts, and how many of them are answered. */
const FoldCell = memo(function FoldCell({ at, who, fold, statuses, pulse, focusable }: FoldCellProps) {
  const element = usePulse(pulse);
  const { status, done } = foldedCell(statuses, fold);
  const of = `${String(done)} of ${String(fold.parts.length)}`;
  return (
    <td ref={element} className="c fold" role="gridcell" data-at={at} tabIndex={focusable ? 0 : -1}>
      <Mark name={status} />
      {status !== 'not-started' && <small aria-hidden="true">{of}</small>}
      <span className="vh">
        {who}, question {fold.base}: {markWords[status]}, {of} answered
      </span>
    </td>
  );
});

function sayCell(
  who: string,
  question: string,
  status: CellStatus,
  cell: Cell | undefined,
  minutes: number | null,
): string {
  const more =
    status === 'working' && minutes !== null && minutes > 0
      ? `, ${count(minutes, 'minute')} since the last record`
      : cell
        ? `, ${count(cell.records, 'record')}${cell.errors > 0 ? `, ${count(cell.errors, 'error')}` : ''}: ${cell.last.summary}`
        : '';
  return `${who}, question ${question}: ${markWords[status]}${more}`;
}
