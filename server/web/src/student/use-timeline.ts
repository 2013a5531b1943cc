import { useCallback, useEffect, useState } from 'react';
import type { Change, Timeline, TimelineItem } from '@nbpulse/schema/wire';
import { readTimeline } from '../api/labs.js';
import type { Failure } from '../api/request.js';
import { useLab } from '../class/lab-context.js';

const timelineId = (item: TimelineItem): string => {
  switch (item.kind) {
    case 'joined':
      return 'joined';
    case 'record':
      return item.record.id;
    case 'checkpoint':
      return item.checkpoint.id;
    case 'submission':
      return item.submission.id;
    case 'dropped':
      return `dropped ${item.at} ${item.question}`;
    default:
      return item satisfies never;
  }
};
function itemOf(change: Change, participant: string): TimelineItem | null {
  switch (change.kind) {
    case 'record':
      return change.record.participant === participant
        ? { kind: 'record', at: change.record.madeAt, record: change.record }
        : null;
    case 'checkpoint':
      return change.checkpoint.participant === participant
        ? { kind: 'checkpoint', at: change.checkpoint.madeAt, checkpoint: change.checkpoint }
        : null;
    case 'submission':
      return change.submission.participant === participant
        ? { kind: 'submission', at: change.submission.receivedAt, submission: change.submission }
        : null;
    case 'dropped':
      return change.participant === participant
        ? { kind: 'dropped', at: change.madeAt, question: change.question, count: change.count }
        : null;
    default:
      return null;
  }
}

/** Items with what changed: each replaces the one with its id. Oldest first. */
export function withItems(
  items: readonly TimelineItem[],
  changes: readonly Change[],
  participant: string,
): readonly TimelineItem[] {
  const fresh = changes.flatMap((change) => itemOf(change, participant) ?? []);
  if (fresh.length === 0) return items;
  const all = new Map(items.map((item) => [timelineId(item), item]));
  for (const item of fresh) all.set(timelineId(item), item);
  return [...all.values()].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

interface Loaded {
  timeline: Timeline | null;
  failure: Failure | null;
}
export function useTimeline(participant: string): Loaded & { again: () => void } {
  const { session } = useLab();
  const [loaded, setLoaded] = useState<Loaded>({ timeline: null, failure: null });
  const [round, setRound] = useState(0);
  const again = useCallback(() => setRound((before) => before + 1), []);
  useEffect(() => {
    let wanted = true;
    let arrived = false;
    const early: Change[] = [];
    const abort = new AbortController();
    const unfollow = session.store.follow((changes) => {
      if (changes === null) setRound((before) => before + 1);
      else if (!arrived) early.push(...changes);
      else
        setLoaded((before) => {
          if (!before.timeline) return before;
          const items = withItems(before.timeline.items, changes, participant);
          return items === before.timeline.items
            ? before
            : { ...before, timeline: { ...before.timeline, items: [...items] } };
        });
    });
    readTimeline(session.lab, participant, abort.signal)
      .then((answer) => {
        if (!wanted) return;
        if (!answer.ok) {
          setLoaded((before) => ({ ...before, failure: answer.failure }));
          return;
        }
        arrived = true;
        const items = withItems(answer.value.items, early, participant);
        setLoaded({ timeline: { ...answer.value, items: [...items] }, failure: null });
      })
      .catch(() => undefined); // aborted: the page has moved on
    return () => {
      wanted = false;
      unfollow();
      abort.abort();
    };
  }, [session, participant, round]);
  return { ...loaded, again };
}
