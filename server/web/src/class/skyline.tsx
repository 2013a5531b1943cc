/** One bar per question: from below right, answered, wrong, error, reached, working, as shares of the class; the plan as a step line. */
import { memo } from 'react';
import type { Tally } from '../live/tally.js';

const layers = [
  ['right', 'b-r'],
  ['answered', 'b-a'],
  ['wrong', 'b-w'],
  ['error', 'b-e'],
  ['reached', 'b-t'],
  ['working', 'b-k'],
] as const;

export function tallyWords(tally: Tally): string {
  const parts = layers.flatMap(([name]) => (tally[name] > 0 ? [`${String(tally[name])} ${name}`] : []));
  return parts.length === 0 ? 'nothing yet' : parts.join(', ');
}

interface BarProps {
  tally: Tally;
  whole: number;
}
export const Bar = memo(
  function Bar({ tally, whole }: BarProps) {
    return (
      <div className="bar" aria-hidden="true">
        {layers.map(
          ([name, look]) =>
            tally[name] > 0 && (
              <i
                key={name}
                className={look}
                style={{ height: `${String((tally[name] / Math.max(1, whole)) * 100)}%` }}
              />
            ),
        )}
      </div>
    );
  },
  (a, b) => a.whole === b.whole && layers.every(([name]) => a.tally[name] === b.tally[name]),
);

/** Where the plan says the class would be now; `before` is the column to the left. Absent without a plan. */
export const PlanStep = memo(function PlanStep({ share, before }: { share: number | null; before: number | null }) {
  if (share === null) return null;
  const low = Math.min(share, before ?? share);
  const rise = Math.abs(share - (before ?? share));
  return (
    <>
      <u aria-hidden="true" style={{ bottom: `${String(share * 100)}%` }} />
      {rise > 0 && (
        <s
          aria-hidden="true"
          style={{ bottom: `${String(low * 100)}%`, height: `calc(${String(rise * 100)}% + 1.5px)` }}
        />
      )}
    </>
  );
});
