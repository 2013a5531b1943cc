import { useCallback, useEffect, useState } from 'react';
import type { Change } from '@nbpulse/schema/wire';
import { readRecords, type RecordsView } from '../api/labs.js';
import type { Failure } from '../api/request.js';
import { useLab } from '../class/lab-context.js';
import { judgedAfter, withChanges, type Records } from './question-feed.js';

const manyRecords = 1_000;
const mostPauseMs = 2_000;
/** How long a question with so many records waits before it is drawn anew; one with few is drawn at once. */
export const redrawPauseMs = (records: number): number =>
  records < manyRecords ? 0 : Math.min(mostPauseMs, records / 2);

interface Loaded {
  records: Records | null;
  failure: Failure | null;
}

const takesAway = (change: Change): boolean =>
  change.kind === 'record' && (change.record.deleted || change.record.hidden);

/** The records of a question, live. `view` decides what the server is asked for; changes are taken in all the same. */
export function useRecords(question: string, view: RecordsView): Loaded & { again: () => void } {
  const { session } = useLab();
  const [loaded, setLoaded] = useState<Loaded>({ records: null, failure: null });
  const [round, setRound] = useState(0);
  const again = useCallback(() => setRound((before) => before + 1), []);
  useEffect(() => {
    let wanted = true;
    let arrived = false;
    const early: Change[] = [];
    const abort = new AbortController();
    // Follow first, then ask: what commits in between is in one of the two.
    let fresh: Change[] = [];
    let timer: ReturnType<typeof setTimeout> | null = null;
    let size = 0;
    const judgedRev = session.store.model?.questions.find(({ key }) => key === question)?.judgedRev ?? 0;
    const apply = (): void => {
      timer = null;
      const changes = fresh;
      fresh = [];
      setLoaded((before) => {
        if (!before.records) return before;
        const records = withChanges(before.records, question, changes);
        size = records.size;
        return records === before.records ? before : { ...before, records };
      });
    };
    const unfollow = session.store.follow((changes) => {
      if (changes === null) {
        again();
        return;
      }
      // Judged anew, verdicts change without a change of their records: all are read again; what is shown stays until then.
      if (judgedAfter(changes, question) > judgedRev) {
        again();
        return;
      }
      if (!arrived) {
        early.push(...changes);
        return;
      }
      const own = changes.filter(
        (change) =>
          (change.kind === 'record' && change.record.question === question) ||
          (change.kind === 'participant' && change.participant.erasedAt !== null),
      );
      if (own.length === 0) return;
      fresh.push(...own);
      if (view !== 'all' && own.some(takesAway)) {
        // The one before it, which is not here, stands in its place.
        apply();
        again();
      } else if (redrawPauseMs(size) === 0) apply();
      else timer ??= setTimeout(apply, redrawPauseMs(size));
    });
    readRecords(session.lab, question, view, abort.signal)
      .then((answer) => {
        if (!wanted) return;
        if (!answer.ok) {
          // A key that nobody has sent yet has no records; that is not an error.
          if (answer.failure.code === 'not-found')
            setLoaded({ records: withChanges(new Map(), question, early), failure: null });
          else setLoaded((before) => ({ ...before, failure: answer.failure }));
          arrived = answer.failure.code === 'not-found';
          return;
        }
        arrived = true;
        const read: Records = new Map(answer.value.records.map((record) => [record.id, record]));
        size = read.size;
        setLoaded({ records: withChanges(read, question, early), failure: null });
      })
      .catch(() => undefined); // aborted: the page has moved on
    return () => {
      wanted = false;
      unfollow();
      abort.abort();
      if (timer !== null) clearTimeout(timer);
    };
  }, [session, question, view, round, again]);
  return { ...loaded, again };
}
