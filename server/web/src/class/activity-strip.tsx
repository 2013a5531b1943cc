/** A student's records over time: sends above the line, errors below. Drawn in minutes, so that time only moves the view. */
import { memo } from 'react';
import { useModel } from './lab-context.js';

const longestMinutes = 180;
export interface StripRange {
  from: number;
  to: number;
}
/** In steps of five minutes, so that rows do not redraw with each tick; at most the last three hours. */
export function useStripRange(now: number): StripRange & { openedAt: number } {
  const lab = useModel((model) => model.lab);
  const openedAt = Date.parse(lab.openedAt ?? lab.createdAt);
  const end = lab.status === 'closed' && lab.closedAt !== null ? Date.parse(lab.closedAt) : now;
  const to = Math.max(5, Math.ceil((end - openedAt) / 60_000 / 5) * 5);
  return { from: Math.max(0, to - longestMinutes), to, openedAt };
}

const ticks = (at: readonly number[], from: number, up: string): string =>
  at.map((minute) => (minute < from ? '' : `M${minute.toFixed(2)} ${up}`)).join('');

export const ActivityStrip = memo(function ActivityStrip(props: {
  at: readonly number[];
  errorAt: readonly number[];
  from: number;
  to: number;
}) {
  const { at, errorAt, from, to } = props;
  return (
    <svg
      className="spark"
      viewBox={`${String(from)} 0 ${String(to - from)} 22`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <path d={`M${String(from)} 11.5H${String(to)}`} stroke="var(--line)" vectorEffect="non-scaling-stroke" />
      <path d={ticks(at, from, '11V3')} stroke="var(--ink-2)" strokeWidth="1.5" vectorEffect="non-scaling-stroke" />
      <path
        d={ticks(errorAt, from, '12v6')}
        stroke="var(--wrong)"
        strokeWidth="1.5"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
});

export function StripAxis({
  from,
  to,
  openedAt,
  clock,
}: StripRange & { openedAt: number; clock: (ms: number) => string }) {
  const steps = [0, 1 / 3, 2 / 3, 1];
  return (
    <div className="act-x">
      {steps.map((step, index) => (
        <span
          key={step}
          style={{
            left: `${String(step * 100)}%`,
            transform: index === 0 ? 'none' : index === steps.length - 1 ? 'translateX(-100%)' : undefined,
          }}
        >
          {clock(openedAt + (from + (to - from) * step) * 60_000)}
        </span>
      ))}
    </div>
  );
}
