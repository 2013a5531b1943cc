import type { ReactNode } from 'react';
import { useLab } from '../class/lab-context.js';

interface EntryProps {
  at: string;
  mark: ReactNode;
  /** Ids of the timeline's items that this line tells of. */
  items: readonly string[];
  children: ReactNode;
  below?: ReactNode;
}
/** One line of the timeline: when, what kind, and what happened. */
export function Entry({ at, mark, items, children, below }: EntryProps) {
  const { time } = useLab();
  const ms = Date.parse(at);
  return (
    <li data-items={items.join(' ')} tabIndex={-1}>
      <time dateTime={at} title={time.full(ms)}>
        {time.short(ms)}
      </time>
      <span className="m">{mark}</span>
      <div className="what">
        <div className="b">{children}</div>
        {below}
      </div>
    </li>
  );
}
