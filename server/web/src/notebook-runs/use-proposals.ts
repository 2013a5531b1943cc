/** The proposals of one run, read anew whenever the run takes a step, and while it waits: whether a worker is there. */
import { useCallback, useEffect, useState } from 'react';
import type { NotebookRunProposals, NotebookRunView } from '@nbpulse/schema/wire';
import type { Failure } from '../api/request.js';
import { readProposals } from './run-calls.js';

const askEachMs = 10_000;

export interface Proposals {
  /** Null while they are on their way. */
  found: NotebookRunProposals | null;
  failure: Failure | null;
  again: () => void;
}

export function useProposals(lab: string, run: NotebookRunView | undefined): Proposals {
  const [found, setFound] = useState<NotebookRunProposals | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [asked, setAsked] = useState(0);
  const id = run?.id;
  const state = run?.state;
  useEffect(() => {
    if (id === undefined) return;
    const gone = new AbortController();
    const read = (): void => {
      readProposals(lab, id, gone.signal).then(
        (answer) => {
          setFailure(answer.ok ? null : answer.failure);
          if (answer.ok) setFound(answer.value);
        },
        () => undefined,
      );
    };
    read();
    const timer = state === 'waiting' ? setInterval(read, askEachMs) : undefined;
    return () => {
      clearInterval(timer);
      gone.abort();
    };
  }, [lab, id, state, asked]);
  return {
    found: found !== null && found.run.id === id && found.run.state === state ? found : null,
    failure,
    again: useCallback(() => setAsked((n) => n + 1), []),
  };
}
