/** The events, oldest first. What comes in below while somebody reads further up is counted, and never moves what they read. */
import { useEffect, useRef, useState, type RefObject } from 'react';
import type { CheckpointChange, Timeline } from '@nbpulse/schema/wire';
import { Icon } from '../shell/icons.js';
import { foldedOf } from './fold.js';
import { TimelineLine } from './timeline-line.js';
import { timelineId } from './use-timeline.js';

interface LinesProps {
  timeline: Timeline;
  checkpoints: readonly CheckpointChange[];
  onOpen: (checkpoint: CheckpointChange) => void;
}

/** A very long timeline shows its end first; what was before comes when asked for. */
const lastLines = 200;

export function Lines({ timeline, checkpoints, onOpen }: LinesProps) {
  const [all, setAll] = useState(false);
  const end = useRef<HTMLDivElement>(null);
  const fresh = useNews(timeline, end);
  const lines = foldedOf(timeline.items);
  const from = all ? 0 : Math.max(0, lines.length - lastLines);
  return (
    <>
      {from > 0 && (
        <button type="button" className="btn" style={{ marginTop: 16 }} onClick={() => setAll(true)}>
          Show {from} earlier lines
        </button>
      )}
      {lines.length === 0 && (
        <p className="q2 says">
          {timeline.participant.openedAt === null
            ? 'On the class list, but nobody has come by this name yet.'
            : 'Nothing has been sent yet. Records appear here by themselves.'}
        </p>
      )}
      <ol className="tl" aria-label="Timeline">
        {lines.slice(from).map((line, index) => (
          <TimelineLine
            key={from + index}
            line={line}
            who={timeline.participant}
            onOpen={onOpen}
            checkpoints={checkpoints}
          />
        ))}
      </ol>
      <div ref={end} className="tl-end" />
      {fresh > 0 && (
        <button
          type="button"
          className="btn news float"
          onClick={() => end.current?.scrollIntoView({ block: 'end', behavior: 'instant' })}
        >
          <Icon name="down" /> {fresh} new
        </button>
      )}
    </>
  );
}

/** How many items came since the end of the list was last in sight. */
function useNews(timeline: Timeline, end: RefObject<HTMLElement | null>): number {
  const { items } = timeline;
  const [seen, setSeen] = useState<ReadonlySet<string>>(() => new Set(items.map(timelineId)));
  useEffect(() => {
    const element = end.current;
    if (!element) return;
    // Observed anew with each change: an end that is in sight has then seen what came.
    const observer = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) setSeen(new Set(items.map(timelineId)));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [end, items]);
  return items.filter((item) => !seen.has(timelineId(item))).length;
}
