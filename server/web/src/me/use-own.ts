/**
 * What is stored about this student, kept fresh while the page is seen.
 *
 * The page asks every few seconds instead of holding a socket: a socket would count as a second machine of the student on the
 * teacher's page, and what is looked at here is mostly what was.
 */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { MeView } from '@nbpulse/schema/wire';
import type { Failure } from '../api/request.js';
import type { OwnApi } from './own-api.js';

const lookMs = 10_000;

export interface Own {
  me: MeView | null;
  /** Of the last attempt. With a `me` beside it, what is shown may be old. */
  failure: Failure | null;
  /** Counts up when something stored has changed: lists ask again. */
  version: number;
  look: () => void;
  /** Takes what an action answered. */
  set: (me: MeView) => void;
}

export function useOwn(api: OwnApi): Own {
  const [own, setOwn] = useState<{ me: MeView | null; failure: Failure | null; version: number }>({
    me: null,
    failure: null,
    version: 0,
  });
  /** Answers of questions that were asked before an action would undo it on the screen. */
  const asked = useRef(0);
  const set = useCallback((me: MeView) => {
    asked.current += 1;
    setOwn((before) => taken(before, me));
  }, []);
  const look = useCallback(() => {
    asked.current += 1;
    const mine = asked.current;
    void api.me().then((answer) => {
      if (mine !== asked.current) return;
      setOwn((before) => (answer.ok ? taken(before, answer.value) : { ...before, failure: answer.failure }));
    });
  }, [api]);
  useEffect(() => {
    const lookIfSeen = (): void => {
      if (!document.hidden) look();
    };
    lookIfSeen();
    const timer = setInterval(lookIfSeen, lookMs);
    document.addEventListener('visibilitychange', lookIfSeen);
    addEventListener('online', lookIfSeen);
    return () => {
      asked.current += 1;
      clearInterval(timer);
      document.removeEventListener('visibilitychange', lookIfSeen);
      removeEventListener('online', lookIfSeen);
    };
  }, [look]);
  return { ...own, look, set };
}

interface Known {
  me: MeView | null;
  failure: Failure | null;
  version: number;
}
/** An equal answer keeps the object, so that nothing is drawn anew. */
function taken(before: Known, me: MeView): Known {
  const same = before.me !== null && JSON.stringify(before.me) === JSON.stringify(me);
  if (same) return before.failure === null ? before : { ...before, failure: null };
  return { me, failure: null, version: before.version + 1 };
}
