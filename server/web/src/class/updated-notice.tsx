/** After an update of the server a page of the build before says so; whoever looks at it chooses when to load it anew. */
import { useEffect, useState } from 'react';
import type { LabSession } from '../live/lab-session.js';
import { isOutdated } from '../shell/build.js';
import { Icon } from '../shell/icons.js';

/** `over`: as the banner of a lost connection, it covers the toolbar instead of pushing the rows. */
export function UpdatedNotice({ session, over }: { session: LabSession; over: boolean }) {
  const { connection } = session;
  const [updated, setUpdated] = useState(false);
  const [later, setLater] = useState(false);
  useEffect(() => {
    let { phase } = connection.view;
    let ended = false;
    const unsubscribe = connection.subscribe(() => {
      const before = phase;
      phase = connection.view.phase;
      if (before !== 'lost' || phase !== 'live') return;
      // Only a server that was away can be another one.
      void isOutdated().then((is) => {
        if (ended) return;
        setUpdated(is);
        setLater(false);
      });
    });
    return () => {
      ended = true;
      unsubscribe();
    };
  }, [connection]);
  return (
    <div role="status" className={over ? 'over' : undefined}>
      {updated && !later && (
        <div className="banner calm">
          <Icon name="check" />
          <b>nbpulse was updated</b>
          <span className="q2">This page still is the one from before. Nothing that was sent is lost.</span>
          <span className="grow" />
          <button type="button" className="btn small" onClick={() => location.reload()}>
            Load the page again
          </button>
          <button type="button" className="btn quiet small" onClick={() => setLater(true)}>
            Later
          </button>
        </div>
      )}
    </div>
  );
}
