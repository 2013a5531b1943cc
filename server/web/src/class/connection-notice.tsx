/** The connection in the top bar and, when it is lost for longer, in a banner. */
import { useEffect, useState } from 'react';
import type { LabSession } from '../live/lab-session.js';
import type { LabStore } from '../live/lab-store.js';
import { Icon } from '../shell/icons.js';
import { count } from '../shell/time.js';
import { useConnection, useLab } from './lab-context.js';

export function LiveClock({ session, phase }: { session: LabSession; phase: LabStore['phase'] }) {
  const { time } = useLab();
  const view = useConnection(session);
  const [now, setNow] = useState(() => session.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(session.now()), 1_000);
    return () => clearInterval(timer);
  }, [session]);
  if (phase === 'deleted' || phase === 'failed' || view.phase === 'refused') return null;
  if (view.phase === 'lost' && view.notice !== 'quiet')
    return (
      <span className="live lost">
        <span className="vh">Connection lost, showing </span>
        <time>{time.clock(view.showing + session.connection.skewMs)}</time>
      </span>
    );
  if (phase === 'loading' || view.phase === 'connecting') return <span className="live waiting">Connecting</span>;
  return (
    <span className="live">
      Live <time>{time.clock(now)}</time>
    </span>
  );
}

/** `over`: it covers the toolbar below instead of pushing the page, so that no row moves under the hand. */
export function ConnectionBanner({ session, over }: { session: LabSession; over: boolean }) {
  const { time } = useLab();
  const view = useConnection(session);
  const { skewMs } = session.connection;
  const clock = (ms: number): string => time.clock(ms + skewMs);
  const lost = view.phase === 'lost' && view.notice === 'banner';
  const back = view.phase === 'live' ? view.caughtUp : null;
  return (
    <div role="status" className={over ? 'over' : undefined}>
      {lost && (
        <div className="banner">
          <Icon name="wifi" />
          <b>Reconnecting, showing {clock(view.showing)}</b>
          <span className="q2" aria-hidden="true">
            {view.nextTryInS === null || view.nextTryInS === 0
              ? 'trying now'
              : `next try in ${String(view.nextTryInS)} s`}
          </span>
          <span className="grow" />
          <button type="button" className="btn small" onClick={() => session.connection.tryNow()}>
            Try now
          </button>
        </div>
      )}
      {back && (
        <div className="banner calm">
          <Icon name="check" />
          <span>
            Caught up: {back.records === 0 ? 'no new records' : count(back.records, 'record')} since {clock(back.since)}
            . Nothing was lost.
          </span>
        </div>
      )}
    </div>
  );
}
