/** Which page: by the address, and by who is signed in. */
import { lazy, Suspense, useCallback, useEffect, useMemo, useState } from 'react';
import type { SessionView } from '@nbpulse/schema/wire';
import { go, routeOf, usePath } from './address.js';
import { readSession } from './api/labs.js';
import type { Failure } from './api/request.js';
import { LabsPage } from './labs/labs-page.js';
import { LabPages } from './class/lab-pages.js';
import { SessionContext, type Signed } from './shell/session.js';
import { Failed, Loading } from './shell/states.js';
import { ToastPlace } from './shell/toast.js';
import { TopBar } from './shell/top-bar.js';
import { SignInPage } from './sign-in/sign-in-page.js';

const LinkPage = lazy(() => import('./sign-in/link-page.js').then((module) => ({ default: module.LinkPage })));

const AssignmentsPage = lazy(() =>
  import('./assignments/assignments-page.js').then((module) => ({ default: module.AssignmentsPage })),
);
const AssignmentPage = lazy(() =>
  import('./assignments/assignment-page.js').then((module) => ({ default: module.AssignmentPage })),
);

type Session =
  | { kind: 'asking' }
  | { kind: 'signed-in'; view: SessionView }
  | { kind: 'nobody' }
  | { kind: 'failed'; failure: Failure };

async function askSession(): Promise<Session> {
  const answer = await readSession();
  if (answer.ok) return { kind: 'signed-in', view: answer.value };
  if (answer.failure.code === 'not-signed-in' || answer.failure.status === 401) return { kind: 'nobody' };
  return { kind: 'failed', failure: answer.failure };
}

export function App() {
  const path = usePath();
  const route = useMemo(() => routeOf(path), [path]);
  const [session, setSession] = useState<Session>({ kind: 'asking' });
  const refresh = useCallback(async () => setSession(await askSession()), []);
  const atLink = route.page === 'link';
  useEffect(() => {
    if (atLink) return;
    let wanted = true;
    void askSession().then((answer) => {
      if (wanted) setSession(answer);
    });
    return () => {
      wanted = false;
    };
  }, [atLink]);
  const signed = useMemo(
    (): Signed | null =>
      session.kind === 'signed-in'
        ? { view: session.view, refresh, signedOut: () => setSession({ kind: 'nobody' }) }
        : null,
    [session, refresh],
  );
  const atSignIn = route.page === 'sign-in';
  useEffect(() => {
    if (signed && atSignIn) go({ page: 'labs' }, 'replace');
  }, [signed, atSignIn]);

  if (route.page === 'link')
    return (
      <Suspense fallback={<Loading words="Loading" lines={3} />}>
        <LinkPage onSignedIn={refresh} />
      </Suspense>
    );
  if (session.kind === 'failed')
    return (
      <main className="page wide">
        <h1 className="vh">nbpulse</h1>
        <Failed part="nbpulse" failure={session.failure} again={() => void refresh()} />
      </main>
    );
  if (session.kind === 'nobody') return <SignInPage onSignedIn={refresh} />;
  if (!signed)
    return (
      <div style={{ padding: '0 20px' }}>
        <Loading words="Loading" lines={6} />
      </div>
    );
  return (
    <SessionContext.Provider value={signed}>
      <ToastPlace>
        {'lab' in route ? (
          <LabPages key={route.lab} route={route} />
        ) : 'course' in route ? (
          <Suspense fallback={<Loading words="Loading" lines={6} />}>
            {route.page === 'assignment' ? (
              <AssignmentPage key={route.slug} course={route.course} slug={route.slug} />
            ) : (
              <AssignmentsPage key={route.course} course={route.course} />
            )}
          </Suspense>
        ) : route.page === 'unknown' || route.page === 'me' ? (
          <>
            <TopBar />
            <main className="mid">
              <h1>There is no page at this address</h1>
              <button type="button" className="btn" onClick={() => go({ page: 'labs' })}>
                To the labs
              </button>
            </main>
          </>
        ) : (
          <LabsPage />
        )}
      </ToastPlace>
    </SessionContext.Provider>
  );
}
