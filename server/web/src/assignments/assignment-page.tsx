/** One assignment: which version grades, what the check of each found, and what that means for what is handed in. */
import { useCallback, useEffect, useState } from 'react';
import type { AssignmentDetail, AssignmentVersionView } from '@nbpulse/schema/wire';
import '../styles/assignments.css';
import type { Failure } from '../api/request.js';
import { Link } from '../shell/link.js';
import { Mark } from '../shell/marks.js';
import { timesOf, useSigned } from '../shell/session.js';
import { Failed, Loading } from '../shell/states.js';
import { count } from '../shell/time.js';
import { useToast } from '../shell/toast.js';
import { TopBar } from '../shell/top-bar.js';
import { checkAgain, readAssignment } from './api.js';
import { CheckReport } from './check-report.js';
import { NoWorker } from './no-worker.js';
import { checkMark, checkWords, gradingWords } from './check-words.js';

/** While a check runs, which takes some seconds. */
const rereadMs = 1_500;

export function AssignmentPage({ course, slug }: { course: string; slug: string }) {
  const [detail, setDetail] = useState<AssignmentDetail | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [round, setRound] = useState(0);
  const toast = useToast();
  const again = useCallback(() => setRound((before) => before + 1), []);
  useEffect(() => {
    document.title = `${detail?.title ?? slug} · nbpulse`;
  }, [detail?.title, slug]);
  const waits = detail?.check === 'waiting' || detail?.workerThere === false;
  useEffect(() => {
    const abort = new AbortController();
    const read = (): void => {
      readAssignment(course, slug, abort.signal)
        .then((answer) => {
          if (answer.ok) {
            setDetail(answer.value);
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
  }, [course, slug, round, waits]);

  const onAgain = async (): Promise<void> => {
    const answer = await checkAgain(course, slug);
    if (answer.ok) setDetail(answer.value);
    else toast({ words: answer.failure.message, wrong: true });
  };

  return (
    <>
      <TopBar />
      <main id="main" className="assignment" tabIndex={-1}>
        {detail ? (
          <Shown course={course} detail={detail} onAgain={() => void onAgain()} />
        ) : failure ? (
          <>
            <h1 className="vh">{slug}</h1>
            <Failed part="This assignment" failure={failure} again={again} />
          </>
        ) : (
          <Loading words="Loading the assignment" />
        )}
      </main>
    </>
  );
}

function Shown({ course, detail, onAgain }: { course: string; detail: AssignmentDetail; onAgain: () => void }) {
  const { view } = useSigned();
  const time = timesOf(view, course);
  const [newest, ...earlier] = detail.versions;
  const mayAskAgain = detail.check === 'failed' || detail.check === 'not-done' || detail.check === 'unchecked';
  return (
    <>
      <p className="q3 sm">
        <Link to={{ page: 'assignments', course }}>Assignments</Link>
      </p>
      <div className="row wrap">
        <h1>{detail.title}</h1>
        <span className="q3 grow">
          {count(detail.points, 'point')}, version {detail.version}
          {newest && `, pushed ${time.full(Date.parse(newest.pushedAt))}`}
        </span>
      </div>
      {!detail.workerThere && <NoWorker />}
      <div className={`verdict ${detail.check}`} role="status">
        <Mark name={checkMark(detail.check)} size={20} />
        <div className="grow">
          <b>
            Version {detail.version} is {checkVerdict(detail, newest?.check?.solution === null)}
          </b>
          <p className="q2">{gradingWords(detail, detail.waiting)}</p>
          {newest?.problem != null && <p className="said">{newest.problem}</p>}
        </div>
        {mayAskAgain && (
          <button type="button" className="btn" onClick={onAgain}>
            Check again
          </button>
        )}
      </div>
      {detail.check === 'waiting' ? (
        <p className="q2">
          {detail.workerThere ? 'A worker runs' : 'As soon as a worker is there it runs'} the solution three times and
          the bare template once. This page follows by itself.
        </p>
      ) : (
        newest?.check && <CheckReport check={newest.check} />
      )}
      {earlier.length > 0 && <Earlier versions={earlier} gradedBy={detail.gradedBy} course={course} />}
    </>
  );
}

function checkVerdict({ check, workerThere }: AssignmentDetail, unsolved: boolean): string {
  switch (check) {
    case 'passed':
      return unsolved
        ? 'not proved: the bare template gets no point, and there is no solution that gets them all'
        : 'good: the solution gets every point, the bare template none';
    case 'failed':
      return 'stopped by its check';
    case 'waiting':
      return workerThere ? 'being checked' : 'not checked yet';
    case 'not-done':
      return 'not checked, by a fault on our side';
    case 'unchecked':
      return 'from before there were checks';
    default:
      return check satisfies never;
  }
}

function Earlier({
  versions,
  gradedBy,
  course,
}: {
  versions: readonly AssignmentVersionView[];
  gradedBy: number | null;
  course: string;
}) {
  const { view } = useSigned();
  const time = timesOf(view, course);
  return (
    <section className="findings">
      <h2>Earlier versions</h2>
      {versions.map((version) => (
        <details key={version.number} className="earlier">
          <summary>
            <Mark name={checkMark(version.state)} size={14} />
            Version {version.number}
            <span className="q3">
              {checkWords(version.state)}, {time.full(Date.parse(version.pushedAt))}
              {version.number === gradedBy ? ', grades now' : ''}
              {version.check ? `, ${String(version.check.findings.length)} found` : ''}
            </span>
          </summary>
          {version.problem !== null && <p className="said">{version.problem}</p>}
          {version.check && <CheckReport check={version.check} />}
        </details>
      ))}
    </section>
  );
}
