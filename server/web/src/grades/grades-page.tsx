/** Who has what, and why? The table left, the picked submission right. */
import { useCallback, useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import type { GradeTable } from '@nbpulse/schema/wire';
import { useVirtualizer } from '@tanstack/react-virtual';
import '../styles/student.css';
import '../styles/grades.css';
import { readGrades } from '../api/labs.js';
import type { Failure } from '../api/request.js';
import { useLab, useModel } from '../class/lab-context.js';
import { useNames } from '../class/names.js';
import { Link } from '../shell/link.js';
import { Mark } from '../shell/marks.js';
import { Empty, Failed, Loading } from '../shell/states.js';
import { count, points } from '../shell/time.js';
import { Alike } from './alike.js';
import { SubmissionDetail } from './submission-detail.js';
import { submissionWords } from './submission-words.js';
import { passedBy, useFailures } from './use-failures.js';

/** Changes arrive in bursts while a class is graded; one read covers them. */
const rereadMs = 600;
/** As in the styles: one column instead of two. */
const narrow = '(max-width: 1100px)';
const byName = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

export function GradesPage() {
  const { session, teacher } = useLab();
  const labName = useModel((model) => model.lab.name);
  const rows = useModel((model) => model.rows);
  const [table, setTable] = useState<GradeTable | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [picked, setPicked] = useState<{ row: string; column: number } | null>(null);
  const [round, setRound] = useState(0);
  const again = useCallback(() => setRound((before) => before + 1), []);
  useEffect(() => {
    document.title = `Grades · ${labName} · nbpulse`;
  }, [labName]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    const abort = new AbortController();
    const read = (): void => {
      timer = null;
      readGrades(session.lab, abort.signal)
        .then((answer) => {
          if (answer.ok) {
            setTable(answer.value);
            setFailure(null);
          } else setFailure(answer.failure);
        })
        .catch(() => undefined); // aborted: the page has moved on
    };
    read();
    const unfollow = session.store.follow((changes) => {
      const matters =
        changes === null || changes.some((change) => change.kind === 'submission' || change.kind === 'participant');
      if (matters) timer ??= setTimeout(read, rereadMs);
    });
    return () => {
      unfollow();
      abort.abort();
      if (timer !== null) clearTimeout(timer);
    };
  }, [session, round]);
  const { nameOf } = useNames();
  const sorted = useMemo(
    () =>
      table
        ? table.rows
            .map((row) => ({ ...row, name: nameOf(row.participant, row.name) }))
            .sort((a, b) => byName.compare(a.name, b.name))
        : [],
    [table, nameOf],
  );
  const failures = useFailures(session.lab, table);
  const detailPlace = useRef<HTMLElement>(null);
  /** On a narrow page the submission stands below the table, out of sight. */
  const show = (to: { row: string; column: number }): void => {
    setPicked(to);
    if (matchMedia(narrow).matches) requestAnimationFrame(() => detailPlace.current?.scrollIntoView());
  };
  const pickOf = (participant: string, slug: string): void => {
    const column = table?.assignments.findIndex((assignment) => assignment.slug === slug) ?? -1;
    if (column >= 0) show({ row: participant, column });
  };
  const cell = picked ? sorted.find((row) => row.participant === picked.row)?.cells[picked.column] : undefined;
  const submission = cell?.submission ?? null;
  const change =
    submission === null || !picked ? undefined : rows.get(picked.row)?.submissions.find((one) => one.id === submission);

  if (!table)
    return (
      <main className="page wide" id="main" tabIndex={-1}>
        {failure ? (
          teacher ? (
            <>
              <h1 className="vh">Grades</h1>
              <Failed part="Grades" failure={failure} again={again} />
            </>
          ) : (
            <>
              <h1 className="vh">Grades</h1>
              <Empty title="Grades are for teachers of this course">
                <p className="q2">{failure.message}</p>
              </Empty>
            </>
          )
        ) : (
          <div style={{ padding: '0 20px' }}>
            <Loading words="Loading the grades" />
          </div>
        )}
      </main>
    );
  if (table.assignments.length === 0)
    return (
      <main className="page wide" id="main" tabIndex={-1}>
        <h1 className="vh">Grades</h1>
        <Empty title="This lab has no assignment">
          <p className="q2">
            Link one with <code>nbpulse assignment push DIR</code>; what students submit then stands here with its
            grades.
          </p>
        </Empty>
      </main>
    );
  const unsettled = sorted
    .flatMap((row) => row.cells)
    .filter((one) => one.status === 'queued' || one.status === 'running' || one.status === 'retrying').length;
  return (
    <div className="cols">
      <main className="left-side" id="main" tabIndex={-1}>
        <div className="row wrap" style={{ marginBottom: 10 }}>
          <h1>Grades</h1>
          <span className="q3 grow" style={{ paddingLeft: 8 }}>
            {count(sorted.length, 'student')}, {count(table.assignments.length, 'assignment')}
          </span>
          {unsettled > 0 && (
            <span className="q2 sm row" role="status">
              <Mark name="working" size={14} />
              {count(unsettled, 'submission')} being graded
            </span>
          )}
        </div>
        {failure && (
          <p className="q2 sm" role="status">
            Not up to date: {failure.message}
          </p>
        )}
        {sorted.length === 0 ? (
          <Empty title="Nobody has joined yet" />
        ) : (
          <GradesTable table={table} sorted={sorted} picked={picked} onPick={show} onWalk={setPicked} />
        )}
        <p className="q3 sm" style={{ marginTop: 10 }}>
          A dash is not handed in. The best graded submission counts.
        </p>
      </main>
      <aside className="right-side" aria-label="Submission" ref={detailPlace}>
        <div className="stay">
          {submission !== null ? (
            <SubmissionDetail
              key={submission}
              submission={submission}
              change={change}
              passed={passedBy(failures, table.assignments[picked?.column ?? -1]?.slug ?? '')}
            />
          ) : (
            <Empty title={picked ? 'Nothing handed in' : 'Pick a grade'}>
              <p className="q2">
                {picked
                  ? 'There is no submission of this student for this assignment.'
                  : 'The submission stands here: failed tests first, then the rest.'}
              </p>
            </Empty>
          )}
        </div>
      </aside>
      <section className="alike-part" aria-labelledby="alike-head">
        <h2 id="alike-head">Which tests fail, and alike</h2>
        <Alike failures={failures} onPick={pickOf} />
      </section>
    </div>
  );
}

interface GradesTableProps {
  table: GradeTable;
  sorted: GradeTable['rows'];
  picked: { row: string; column: number } | null;
  onPick: (picked: { row: string; column: number }) => void;
  /** By an arrow key. */
  onWalk: (picked: { row: string; column: number }) => void;
}

function GradesTable({ table, sorted, picked, onPick, onWalk }: GradesTableProps) {
  const { session } = useLab();
  const scroller = useRef<HTMLDivElement>(null);
  // eslint-disable-next-line react-hooks/incompatible-library -- its functions are used in this component only
  const virtual = useVirtualizer({
    count: sorted.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => (innerWidth < 700 ? 44 : 24),
    overscan: 12,
    scrollPaddingEnd: 60,
  });
  const walk = (event: KeyboardEvent): void => {
    const at = event.target instanceof HTMLElement ? event.target.dataset['at']?.split(':').map(Number) : undefined;
    const step = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] }[event.key];
    if (!at || !step) return;
    event.preventDefault();
    const row = Math.max(0, Math.min(sorted.length - 1, (at[0] ?? 0) + (step[0] ?? 0)));
    const column = Math.max(0, Math.min(table.assignments.length - 1, (at[1] ?? 0) + (step[1] ?? 0)));
    virtual.scrollToIndex(row);
    const next = sorted[row];
    if (next) onWalk({ row: next.participant, column });
    requestAnimationFrame(() =>
      scroller.current?.querySelector<HTMLElement>(`[data-at="${String(row)}:${String(column)}"]`)?.focus(),
    );
  };
  const items = virtual.getVirtualItems();
  const before = items[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (items[items.length - 1]?.end ?? 0);
  const columns = table.assignments.length + 2;
  return (
    <div className="grades-scroll" ref={scroller}>
      <table className="gb grades" aria-rowcount={sorted.length + 1} onKeyDown={walk}>
        <caption className="vh">Grades, students by assignments</caption>
        <thead>
          <tr>
            <th scope="col">Student</th>
            {table.assignments.map((assignment, column) => {
              const all = sorted.flatMap((row) => row.cells[column]?.points ?? []);
              return (
                <th key={assignment.id} scope="col" title={assignment.title}>
                  <Distribution values={all} most={assignment.points} />
                  {assignment.title}
                  <small>
                    {all.length === 0
                      ? 'none yet'
                      : `mean ${(all.reduce((sum, one) => sum + one, 0) / all.length).toFixed(1)}`}{' '}
                    of {points(assignment.points)}
                  </small>
                </th>
              );
            })}
            <th scope="col">
              Total<small>of {points(table.assignments.reduce((sum, one) => sum + one.points, 0))}</small>
            </th>
          </tr>
        </thead>
        <tbody>
          {before > 0 && <Gap columns={columns} height={before} />}
          {items.map((item) => {
            const row = sorted[item.index];
            if (!row) return null;
            const known = row.cells.flatMap((cell) => cell.points ?? []);
            return (
              <tr key={row.participant} aria-rowindex={item.index + 2}>
                <th scope="row">
                  <Link to={{ page: 'student', lab: session.lab, participant: row.participant }}>{row.name}</Link>
                </th>
                {row.cells.map((cell, column) => {
                  const assignment = table.assignments[column];
                  const current = picked?.row === row.participant && picked.column === column;
                  const low = cell.points !== null && assignment !== undefined && cell.points < assignment.points / 2;
                  return (
                    <td
                      key={assignment?.id ?? column}
                      className={[current ? 'cur' : '', low ? 'lo' : ''].join(' ').trim() || undefined}
                    >
                      {cell.status === 'none' ? (
                        <span className="no">
                          –<span className="vh"> not handed in</span>
                        </span>
                      ) : (
                        <button
                          type="button"
                          data-at={`${String(item.index)}:${String(column)}`}
                          aria-pressed={current}
                          title={
                            cell.note ?? (cell.submissions > 1 ? `${String(cell.submissions)} submissions` : undefined)
                          }
                          onClick={() => onPick({ row: row.participant, column })}
                        >
                          <span className="vh">
                            {row.name}, {assignment?.slug}:{' '}
                          </span>
                          {cell.status === 'done' && cell.points !== null ? (
                            points(cell.points)
                          ) : (
                            <>
                              <Mark name={cell.status === 'ungraded' ? 'answered' : 'working'} size={14} />
                              <span className="vh">{submissionWords(cell.status, cell.outcome)}</span>
                            </>
                          )}
                        </button>
                      )}
                    </td>
                  );
                })}
                <td className="tot">{known.length === 0 ? '' : points(known.reduce((sum, one) => sum + one, 0))}</td>
              </tr>
            );
          })}
          {after > 0 && <Gap columns={columns} height={after} />}
        </tbody>
      </table>
    </div>
  );
}

const Gap = ({ columns, height }: { columns: number; height: number }) => (
  <tr aria-hidden="true">
    <td colSpan={columns} style={{ height, padding: 0, border: 0 }} />
  </tr>
);

const bins = 10;
function Distribution({ values, most }: { values: readonly number[]; most: number }) {
  const heights = Array<number>(bins).fill(0);
  for (const value of values) {
    const bin = Math.max(0, Math.min(bins - 1, Math.ceil((value / most) * bins) - 1));
    heights[bin] = (heights[bin] ?? 0) + 1;
  }
  const tallest = Math.max(1, ...heights);
  return (
    <svg className="hist" width="50" height="20" viewBox="0 0 50 20" aria-hidden="true">
      <path d="M0 19.5h50" stroke="var(--line-2)" />
      {heights.map(
        (n, index) =>
          n > 0 && (
            <rect
              key={index}
              x={index * 5}
              y={19 - (n / tallest) * 18}
              width="4"
              height={(n / tallest) * 18}
              fill="var(--done)"
            />
          ),
      )}
    </svg>
  );
}
