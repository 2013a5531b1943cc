import { memo, useEffect, useRef } from 'react';
import { isLongWait } from '../live/pace.js';
import type { Cell, CellStatus } from '../live/row-status.js';
import { Link } from '../shell/link.js';
import { Mark, markWords, PresenceMark } from '../shell/marks.js';
import { ago, count } from '../shell/time.js';
import { ActivityStrip } from './activity-strip.js';
import { useInsight, useLab, useModel, useRow } from './lab-context.js';

interface ClassRowProps {
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
  const { participant, index, focusColumn, five, split, needsHelp, now, from, to } = props;
  const { session } = useLab();
  const row = useRow(participant);
  const questions = useModel((model) => model.questions);
  const { pace } = useInsight();
  if (!row) return null;
  const sinceMs = row.lastAt === null ? null : Math.max(0, now - row.lastAt);
  const { name, unverified } = row.participant;
  const offline = row.presence === null || row.presence.state === 'offline';
  return (
    <tr
      data-id={participant}
      aria-rowindex={index + 2}
      className={[split ? 'split' : five ? 'five' : '', offline ? 'off' : ''].join(' ').trim() || undefined}
    >
      <th scope="row">
        <div className="nm">
          <PresenceMark presence={row.presence} />
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
          {(row.presence?.waiting ?? 0) > 0 && (
            <span className="xs q3" title="records that wait on the student's side">
              {row.presence?.waiting} waiting
            </span>
          )}
        </div>
      </th>
      {questions.map(({ key }, column) => (
        <GridCell
          key={key}
          at={`${String(index)}:${String(column)}`}
          who={name}
          question={key}
          cell={row.cells.get(key)}
          status={row.statuses[column] ?? 'not-started'}
          minutes={row.current === column && sinceMs !== null ? Math.floor(sinceMs / 60_000) : null}
          hot={row.current === column && sinceMs !== null && isLongWait(sinceMs, pace.medianMs[column] ?? null)}
          focusable={focusColumn === column}
        />
      ))}
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

const GridCell = memo(function GridCell({ at, who, question, cell, status, minutes, hot, focusable }: GridCellProps) {
  const element = useRef<HTMLTableCellElement>(null);
  const pulse = cell?.pulse ?? 0;
  const pulsed = useRef(pulse);
  useEffect(() => {
    if (pulsed.current === pulse) return;
    pulsed.current = pulse;
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    const style = getComputedStyle(document.documentElement);
    const [accent, ink] = [style.getPropertyValue('--accent'), style.getPropertyValue('--ink')];
    const timing = { duration: 600, easing: 'cubic-bezier(.2, .7, .2, 1)' };
    element.current?.animate(
      [{ backgroundColor: `color-mix(in srgb, ${accent} 34%, transparent)` }, { backgroundColor: 'transparent' }],
      timing,
    );
    // Small grey text would not stand out from the pulse.
    element.current?.querySelector('small')?.animate([{ color: ink }, { color: ink, offset: 0.9 }, {}], timing);
  }, [pulse]);
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
