import { useCallback, useEffect, useState } from 'react';
import type { Answer, Failure } from '../api/request.js';

export interface Listed<T> {
  value: T | null;
  /** With a value beside it, that may be old. */
  failure: Failure | null;
  again: () => void;
}

/** Asks, and asks again when `version` moves on; what was there stays until the new answer is. `ask` keeps its identity. */
export function useList<T>(ask: (signal: AbortSignal) => Promise<Answer<T>>, version: number): Listed<T> {
  const [listed, setListed] = useState<{ value: T | null; failure: Failure | null }>({ value: null, failure: null });
  const [round, setRound] = useState(0);
  const again = useCallback(() => setRound((before) => before + 1), []);
  useEffect(() => {
    const abort = new AbortController();
    ask(abort.signal)
      .then((answer) =>
        setListed((before) =>
          answer.ok ? { value: answer.value, failure: null } : { ...before, failure: answer.failure },
        ),
      )
      .catch(() => undefined); // aborted: asked again, or left
    return () => abort.abort();
  }, [ask, version, round]);
  return { ...listed, again };
}
