import { useLab } from '../../class/lab-context.js';
import { useNames } from '../../class/names.js';
import { Link } from '../../shell/link.js';
import { Mark } from '../../shell/marks.js';
import { count } from '../../shell/time.js';
import type { PlotLayout } from './plot-layout.js';
import { numberText } from './plotted.js';
import { partsOf, type Stack } from './stacks.js';

const mostNames = 14;
const cardPx = 260;

interface PlotCardProps {
  stack: Stack;
  layout: PlotLayout;
  /** Stays until it is closed; else it goes with the pointer or the focus. */
  pinned: boolean;
  each: 'student' | 'record';
  close: () => void;
}
/** Who stands in this stack. Below the axis, so that it covers no mark. */
export function PlotCard({ stack, layout, pinned, each, close }: PlotCardProps) {
  const { session } = useLab();
  const { nameOf } = useNames();
  const texts = [...new Set(stack.marks.map((mark) => mark.text))];
  const value =
    texts.length === 1 ? (texts[0] ?? '') : `${numberText(stack.from ?? 0)} to ${numberText(stack.to ?? 0)}`;
  const shown = stack.marks.slice(0, pinned ? stack.marks.length : mostNames);
  const left = Math.max(0, Math.min(layout.width - cardPx, stack.x - cardPx / 2));
  return (
    <div
      className={`plot-card ${pinned ? 'pinned' : ''}`}
      style={{
        left: `${String(left / 16)}rem`,
        top: `${String((layout.base + 8) / 16)}rem`,
        width: `${String(cardPx / 16)}rem`,
      }}
      role={pinned ? 'group' : undefined}
      aria-label={pinned ? `Who sent ${value}` : undefined}
      aria-hidden={pinned ? undefined : true}
    >
      <p className="row">
        <b className="mono">{value}</b>
        <span className="q3">{count(stack.marks.length, each)}</span>
        <span className="grow" />
        {pinned && (
          <button type="button" className="btn quiet small" onClick={close} aria-label="Close">
            ×
          </button>
        )}
      </p>
      <p className="row wrap sm q2">
        {partsOf(stack).map(({ standing, n }) => (
          <span key={standing}>
            <Mark name={standing} size={12} /> {n} {standing}
          </span>
        ))}
      </p>
      <p className="who sm">
        {shown.map((mark, index) => (
          <span key={mark.id}>
            {index > 0 && ', '}
            {pinned ? (
              <Link to={{ page: 'student', lab: session.lab, participant: mark.participant }}>
                {nameOf(mark.participant)}
              </Link>
            ) : (
              nameOf(mark.participant)
            )}
            {texts.length > 1 && <span className="q3"> {mark.text}</span>}
          </span>
        ))}
        {stack.marks.length > shown.length && ` and ${String(stack.marks.length - shown.length)} more`}
      </p>
    </div>
  );
}
