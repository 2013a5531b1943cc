import { useCallback, useEffect, useState } from 'react';
import type { Change, ParticipantView, Timeline, TimelineItem } from '@nbpulse/schema/wire';
import { readTimeline } from '../api/labs.js';
import type { Failure } from '../api/request.js';
import { useLab } from '../class/lab-context.js';

const anewAfterMs = 250;

export const timelineId = (item: TimelineItem): string => {
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
    case 'sending-off':
      return 'sending-off';
    default:
      return item satisfies never;
  }
};
function itemOf(change: Change, participant: string): TimelineItem | null {
  switch (change.kind) {
    case 'record':
      return change.record.participant === participant
        ? { kind: 'record', at: change.record.madeAt, record: change.record, removedBy: null }
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

const isErased = (participant: ParticipantView): boolean => participant.erasedAt !== null;

/** Items with what changed: each replaces the one with its id. Oldest first. */
export function withItems(
  items: readonly TimelineItem[],
  changes: readonly Change[],
  participant: string,
): readonly TimelineItem[] {
  if (
    changes.some((one) => one.kind === 'participant' && one.participant.id === participant && isErased(one.participant))
  )
    return [];
  const fresh = changes.flatMap((change) => itemOf(change, participant) ?? []);
  if (fresh.length === 0) return items;
  const all = new Map(items.map((item) => [timelineId(item), item]));
  for (const item of fresh) all.set(timelineId(item), item);
  return [...all.values()].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

/** What no single change tells whole: verdicts of a question judged anew, who removed a record, sending switched off or on. */
export function asksAnew(changes: readonly Change[], participant: string, questions: Timeline['questions']): boolean {
  return changes.some((change) => {
    switch (change.kind) {
      case 'record':
        return change.record.participant === participant && (change.record.deleted || change.record.hidden);
      case 'participant':
        return change.participant.id === participant;
      case 'question': {
        const known = questions.find((one) => one.key === change.question.key);
        return known?.judgedRev !== change.question.judgedRev || known.title !== change.question.title;
      }
      default:
        return false;
    }
  });
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
    let timer: ReturnType<typeof setTimeout> | undefined;
    // Of many changes at once, one look.
    const soon = (): void => {
      timer ??= setTimeout(() => setRound((before) => before + 1), anewAfterMs);
    };
    const unfollow = session.store.follow((changes) => {
      if (changes === null) setRound((before) => before + 1);
      else if (!arrived) early.push(...changes);
      else
        setLoaded((before) => {
          if (!before.timeline) return before;
          if (asksAnew(changes, participant, before.timeline.questions)) soon();
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
      clearTimeout(timer);
      abort.abort();
    };
  }, [session, participant, round]);
  return { ...loaded, again };
}
