/** Everything below one lab: its live data, the frame round its pages, and which of them is shown. */
import { lazy, Suspense, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { roleReaches } from '@nbpulse/schema/wire';
import { go, pathOf, type Route } from '../address.js';
import { AlertKeeper } from '../live/alert-keeper.js';
import { announcementsOf } from '../live/announcements.js';
import { InsightKeeper } from '../live/insight.js';
import { LabSession } from '../live/lab-session.js';
import { NameKeeper } from '../live/names.js';
import { OrderKeeper } from '../live/order-keeper.js';
import { useKeys } from '../shell/keys.js';
import { PartMissing } from '../shell/part-missing.js';
import { courseOf, timesOf, useSigned } from '../shell/session.js';
import { Empty, Failed, Loading } from '../shell/states.js';
import { TopBar, type Tab } from '../shell/top-bar.js';
import { ClassPage } from './class-page.js';
import { ConnectionBanner, LiveClock } from './connection-notice.js';
import { LabContext, useConnection, type LabTools } from './lab-context.js';
import { LoadingGrid } from './loading-grid.js';
import { UpdatedNotice } from './updated-notice.js';

const QuestionPage = lazy(() =>
  import('../question/question-page.js').then((module) => ({ default: module.QuestionPage })),
);
const StudentPage = lazy(() =>
  import('../student/student-page.js').then((module) => ({ default: module.StudentPage })),
);
const StudentsPage = lazy(() =>
  import('../student/students-page.js').then((module) => ({ default: module.StudentsPage })),
);
const RecordsPage = lazy(() =>
  import('../records/records-page.js').then((module) => ({ default: module.RecordsPage })),
);
const GradesPage = lazy(() => import('../grades/grades-page.js').then((module) => ({ default: module.GradesPage })));

type LabRoute = Extract<Route, { lab: string }>;
const tabOf: Record<LabRoute['page'], Tab> = {
  class: 'class',
  questions: 'questions',
  question: 'questions',
  students: 'students',
  student: 'students',
  records: 'records',
  grades: 'grades',
};

interface Made {
  session: LabSession;
  insight: InsightKeeper;
  order: OrderKeeper;
  names: NameKeeper;
  alerts: AlertKeeper;
}
function make(lab: string, onSignedOut: () => void): Made {
  const session = new LabSession(lab, onSignedOut);
  const insight = new InsightKeeper(session);
  const names = new NameKeeper(lab, session.store);
  const alerts = new AlertKeeper(lab, insight);
  return { session, insight, names, alerts, order: new OrderKeeper(session, insight, names, 'help') };
}

export function LabPages({ route }: { route: LabRoute }) {
  const { view, signedOut } = useSigned();
  const [made] = useState(() => make(route.lab, signedOut));
  const { session, insight, order, names, alerts } = made;
  const [said, setSaid] = useState('');
  useEffect(() => {
    const ends = [
      names.start(),
      session.start(),
      insight.start(),
      alerts.start(),
      order.start(),
      announcementsOf(session, names, alerts, setSaid),
    ];
    return () => {
      for (const end of ends.reverse()) end();
    };
  }, [session, insight, order, names, alerts]);
  const phase = useSyncExternalStore(session.store.subscribe, () => session.store.phase);
  const failure = useSyncExternalStore(session.store.subscribe, () => session.store.failure);
  const lab = useSyncExternalStore(session.store.subscribe, () => session.store.model?.lab);
  const connection = useConnection(session);
  const busy = useSyncExternalStore(session.store.subscribe, () => session.store.busy);
  const role = courseOf(view, lab?.course)?.role;
  const tools = useMemo(
    (): LabTools => ({
      ...made,
      time: timesOf(view, lab?.course),
      teacher: role === undefined || roleReaches(role, 'teacher'),
    }),
    [made, view, lab?.course, role],
  );
  useKeys({
    a: names.toggle,
    'g c': () => go({ page: 'class', lab: route.lab }),
    'g q': () => go({ page: 'questions', lab: route.lab }),
    'g s': () => go({ page: 'students', lab: route.lab }),
    'g r': () => go({ page: 'records', lab: route.lab }),
    'g g': () => go({ page: 'grades', lab: route.lab }),
  });
  useEffect(() => {
    if (phase === 'failed' && failure?.code === 'not-signed-in') signedOut();
  }, [phase, failure, signedOut]);

  const fills = route.page === 'class';
  const over = tabOf[route.page] === 'class' || tabOf[route.page] === 'questions';
  const stale = connection.phase === 'lost' && connection.notice === 'banner';
  return (
    <LabContext.Provider value={tools}>
      <div className={`frame ${fills ? 'fills' : ''} ${stale ? 'stale' : ''} ${busy ? 'busy' : ''}`}>
        <a
          className="skip"
          href="#main"
          onClick={(event) => {
            event.preventDefault();
            document.getElementById('main')?.focus();
          }}
        >
          To the content
        </a>
        <TopBar lab={lab} labId={route.lab} tab={tabOf[route.page]}>
          <LiveClock session={session} phase={phase} />
        </TopBar>
        <UpdatedNotice session={session} over={over} />
        <ConnectionBanner session={session} over={over} />
        {phase === 'deleted' ? (
          <main className="mid" id="main" tabIndex={-1}>
            <h1>This lab has been deleted</h1>
            <p className="q2">Its records, submissions and grades are gone.</p>
            <button type="button" className="btn" onClick={() => go({ page: 'labs' })}>
              To the labs
            </button>
          </main>
        ) : connection.phase === 'refused' ? (
          <main className="mid" id="main" tabIndex={-1}>
            <h1>The server does not show this lab to this page</h1>
            <p className="q2">{connection.message}</p>
            <div className="row">
              <button type="button" className="btn" onClick={() => location.reload()}>
                Load the page again
              </button>
              <button type="button" className="btn quiet" onClick={() => go({ page: 'labs' })}>
                To the labs
              </button>
            </div>
          </main>
        ) : phase === 'failed' && failure ? (
          <main className="page wide" id="main" tabIndex={-1}>
            <h1 className="vh">Lab</h1>
            {failure.code === 'not-found' ? (
              <Empty title="There is no such lab">
                <p className="q2">{failure.message}</p>
                <div className="row">
                  <button type="button" className="btn" onClick={() => go({ page: 'labs' })}>
                    To the labs
                  </button>
                </div>
              </Empty>
            ) : (
              <Failed part="This lab" failure={failure} again={() => void session.store.load()} />
            )}
          </main>
        ) : phase === 'loading' ? (
          route.page === 'class' ? (
            <LoadingGrid />
          ) : (
            <main className="page wide" id="main" tabIndex={-1} style={{ padding: '0 20px' }}>
              <Loading words="Loading the lab" />
            </main>
          )
        ) : (
          <Suspense
            fallback={
              <main id="main" style={{ padding: '0 20px' }}>
                <Loading words="Loading" />
              </main>
            }
          >
            <PartMissing key={route.page}>
              <LabPage route={route} />
            </PartMissing>
          </Suspense>
        )}
        <div className="vh" role="status" aria-live="polite">
          {said}
        </div>
      </div>
    </LabContext.Provider>
  );
}

function LabPage({ route }: { route: LabRoute }) {
  // A new page takes the focus to its content; the first one leaves it where the browser put it.
  const path = pathOf(route);
  const shown = useRef(path);
  useEffect(() => {
    if (shown.current === path) return;
    shown.current = path;
    document.getElementById('main')?.focus({ preventScroll: true });
  }, [path]);
  switch (route.page) {
    case 'class':
      return <ClassPage />;
    case 'questions':
      return <QuestionPage question={null} />;
    case 'question':
      return <QuestionPage key={route.question} question={route.question} />;
    case 'students':
      return <StudentsPage />;
    case 'student':
      return <StudentPage key={route.participant} participant={route.participant} />;
    case 'records':
      return <RecordsPage />;
    case 'grades':
      return <GradesPage />;
    default:
      return route satisfies never;
  }
}
