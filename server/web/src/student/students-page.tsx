/** Everybody in the lab, to find one by name, by how far they are, or by whether they ever came. */
import { lazy, Suspense, useEffect, useMemo, useRef, useState } from 'react';
import '../styles/student.css';
import { useLab, useModel, useNow } from '../class/lab-context.js';
import { useNames } from '../class/names.js';
import { sorted, sortingWords, type Sorting } from '../live/row-order.js';
import { useKeys } from '../shell/keys.js';
import { Empty } from '../shell/states.js';
import { filters, filterWords, isShown, type StudentFilter } from './student-filter.js';
import { StudentRow } from './student-row.js';

const ClassListDialog = lazy(() =>
  import('./class-list-dialog.js').then((module) => ({ default: module.ClassListDialog })),
);
const firstRows = 300;
const sortings = ['name', 'progress', 'last'] as const satisfies readonly Sorting[];

export function StudentsPage() {
  const { session, teacher } = useLab();
  const members = useModel((model) => model.members);
  const rows = useModel((model) => model.rows);
  const labName = useModel((model) => model.lab.name);
  const questions = useModel((model) => model.questions);
  const now = useNow(10_000);
  const { nameOf } = useNames();
  const [find, setFind] = useState('');
  const [filter, setFilter] = useState<StudentFilter>('all');
  const [sorting, setSorting] = useState<(typeof sortings)[number]>('name');
  const [listing, setListing] = useState(false);
  const [round, setRound] = useState(0);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    document.title = `Students · ${labName} · nbpulse`;
  }, [labName]);
  useKeys({ '/': () => field.current?.focus(), r: () => setRound((before) => before + 1) });
  const order = useMemo(() => {
    const { model } = session.store;
    // `members` is replaced when somebody comes or goes; by progress the order waits for `R`, so that no row moves by itself.
    return model && members.length > 0 && round >= 0 ? sorted(model, sorting, [], nameOf) : [];
  }, [session, members, nameOf, sorting, round]);
  const words = find.trim().toLocaleLowerCase();
  const found = order.filter((id) => {
    const row = rows.get(id);
    return row && isShown(row, filter) && (words === '' || nameOf(id).toLocaleLowerCase().includes(words));
  });
  const never = members.filter((id) => rows.get(id)?.participant.openedAt === null).length;
  const isNarrowed = words !== '' || filter !== 'all';
  return (
    <main className="students-page" id="main" tabIndex={-1}>
      <div className="row wrap students-head">
        <h1 className="grow">
          Students{' '}
          <span className="q3 count">
            {members.length}
            {never > 0 && <span className="sm">, {never} never opened</span>}
          </span>
        </h1>
        {teacher && (
          <button type="button" className="btn" onClick={() => setListing(true)}>
            Class list…
          </button>
        )}
        <label className="vh" htmlFor="filter-students">
          Show
        </label>
        <select
          id="filter-students"
          className="field"
          value={filter}
          onChange={(event) => setFilter(filters.find((one) => one === event.target.value) ?? 'all')}
        >
          {filters.map((one) => (
            <option key={one} value={one}>
              {filterWords[one]}
            </option>
          ))}
        </select>
        <label className="vh" htmlFor="sort-students">
          Sort by
        </label>
        <select
          id="sort-students"
          className="field"
          value={sorting}
          onChange={(event) => setSorting(sortings.find((one) => one === event.target.value) ?? 'name')}
        >
          {sortings.map((one) => (
            <option key={one} value={one}>
              {sortingWords[one]}
            </option>
          ))}
        </select>
        <label className="vh" htmlFor="find-student">
          Find a student
        </label>
        <input
          ref={field}
          id="find-student"
          className="field"
          type="search"
          placeholder="Find"
          value={find}
          onChange={(event) => setFind(event.target.value)}
        />
      </div>
      {members.length === 0 ? (
        <Empty title="Nobody has joined yet">
          <p className="q2">
            Students appear here by themselves when they join with the code.
            {teacher && ' With a class list you also see who has not come.'}
          </p>
        </Empty>
      ) : found.length === 0 ? (
        <Empty title={words === '' ? 'Nobody is like that' : `Nobody is called “${find}”`}>
          <p>
            <button
              type="button"
              className="btn"
              onClick={() => {
                setFind('');
                setFilter('all');
              }}
            >
              Show everybody
            </button>
          </p>
        </Empty>
      ) : (
        <div className="table-scroll wide" tabIndex={0} role="group" aria-label="Students">
          <table className="gb left students">
            <thead>
              <tr>
                <th scope="col">Student</th>
                <th scope="col">Questions</th>
                <th scope="col" className="num">
                  Sent
                </th>
                <th scope="col">Now</th>
                <th scope="col">Last sent</th>
                <th scope="col" className="num wide-only">
                  Submitted
                </th>
                <th scope="col" className="wide-only">
                  Joined
                </th>
              </tr>
            </thead>
            <tbody>
              {found.slice(0, isNarrowed ? 2 * firstRows : firstRows).map((id) => {
                const row = rows.get(id);
                return row && <StudentRow key={id} row={row} name={nameOf(id)} questions={questions} now={now} />;
              })}
            </tbody>
          </table>
        </div>
      )}
      {found.length > (isNarrowed ? 2 * firstRows : firstRows) && (
        <p className="q3 sm" style={{ padding: 12 }}>
          The first {isNarrowed ? 2 * firstRows : firstRows} of {found.length}. Type a name to find others.
        </p>
      )}
      {listing && (
        <Suspense fallback={null}>
          <ClassListDialog onClose={() => setListing(false)} />
        </Suspense>
      )}
    </main>
  );
}
