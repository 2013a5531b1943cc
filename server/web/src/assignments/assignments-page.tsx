/** The assignments of a course: which version of each grades, and whether something is to be mended. */
import { useCallback, useEffect, useState } from 'react';
import type { AssignmentView } from '@nbpulse/schema/wire';
import '../styles/labs.css';
import '../styles/assignments.css';
import type { Failure } from '../api/request.js';
import { Link } from '../shell/link.js';
import { Mark } from '../shell/marks.js';
import { timesOf, useSigned } from '../shell/session.js';
import { Empty, Failed, Loading } from '../shell/states.js';
import { points } from '../shell/time.js';
import { TopBar } from '../shell/top-bar.js';
import { readAssignments } from './api.js';
import { checkMark, checkWords, gradingWords } from './check-words.js';
import { NoWorker } from './no-worker.js';

/** While checks run, which take some seconds. */
const rereadMs = 1_500;

export function AssignmentsPage({ course }: { course: string }) {
  const [list, setList] = useState<readonly AssignmentView[] | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [round, setRound] = useState(0);
  const again = useCallback(() => setRound((before) => before + 1), []);
  useEffect(() => {
    document.title = 'Assignments · nbpulse';
  }, []);
  const waits = list?.some((one) => one.check === 'waiting' || !one.workerThere) ?? false;
  useEffect(() => {
    const abort = new AbortController();
    const read = (): void => {
      readAssignments(course, abort.signal)
        .then((answer) => {
          if (answer.ok) {
            setList(answer.value.assignments);
            setFailure(null);
          } else setFailure(answer.failure);
        })
        .catch(() => undefined); // aborted: the page has moved on
    };
    read();
    const timer = waits ? setInterval(read, rereadMs) : null;
    return () => {
      abort.abort();
      if (timer !== null) clearInterval(timer);
    };
  }, [course, round, waits]);
  return (
    <>
      <TopBar />
      <main id="main" className="assignment" tabIndex={-1}>
        <h1>Assignments</h1>
        {list === null ? (
          failure ? (
            <Failed part="The assignments" failure={failure} again={again} />
          ) : (
            <Loading words="Loading the assignments" />
          )
        ) : list.length === 0 ? (
          <Empty title="No assignment yet">
            <p className="q2">
              Push a folder with its template and tests: <code>nbpulse assignment push DIR</code>. It is checked, and
              then stands here.
            </p>
          </Empty>
        ) : (
          <>
            {list.some((one) => !one.workerThere) && <NoWorker />}
            <AssignmentTable list={list} course={course} />
          </>
        )}
      </main>
    </>
  );
}

function AssignmentTable({ list, course }: { list: readonly AssignmentView[]; course: string }) {
  const { view } = useSigned();
  const time = timesOf(view, course);
  return (
    <table className="labs assignments">
      <thead>
        <tr>
          <th scope="col">Assignment</th>
          <th scope="col" style={{ width: 80 }}>
            Points
          </th>
          <th scope="col" style={{ width: 150 }}>
            Due
          </th>
          <th scope="col" style={{ width: 190 }}>
            Newest version
          </th>
        </tr>
      </thead>
      <tbody>
        {list.map((one) => (
          <tr key={one.id}>
            <td>
              <Link className="nm" to={{ page: 'assignment', course, slug: one.slug }}>
                {one.title}
              </Link>
              <div className="q3 sm">{gradingWords(one)}</div>
            </td>
            <td>
              {points(one.points)}
              <span className="narrow-only"> points</span>
            </td>
            <td>
              <span className="narrow-only">due </span>
              {one.dueAt === null ? <span className="q3">–</span> : time.full(Date.parse(one.dueAt))}
            </td>
            <td>
              <span className="st">
                <Mark name={checkMark(one.check)} size={14} />
                Version {one.version}, {checkWords(one.check, one.workerThere)}
              </span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
