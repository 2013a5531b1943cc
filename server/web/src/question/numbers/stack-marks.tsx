import { memo, useEffect, useRef } from 'react';
import { markShape } from '../../shell/marks.js';
import type { Standing } from './plotted.js';
import { partsOf, type Stack } from './stacks.js';

const fills: Record<Standing, string> = {
  right: 'var(--right)',
  answered: 'var(--done)',
  wrong: 'url(#plot-hatch)',
  reached: 'var(--surface)',
};

interface StackMarksProps {
  stack: Stack;
  base: number;
  pitch: number;
  bars: boolean;
  found: ReadonlySet<string> | null;
}
/** One mark each, from below; of a large class bars by standing. A mark that was not there before falls into its place. */
export const StackMarks = memo(function StackMarks({ stack, base, pitch, bars, found }: StackMarksProps) {
  const known = useRef<ReadonlySet<string> | null>(null);
  const before = known.current;
  useEffect(() => {
    known.current = new Set(stack.marks.map((mark) => mark.id));
  }, [stack]);
  const height = stack.marks.length * pitch;
  // The whole column takes the pointer, and its outline shows the focus.
  const ground = (
    <rect
      className="ground"
      x={stack.x - stack.width / 2 - 2}
      y={base - Math.max(24, height) - 2}
      width={stack.width + 4}
      height={Math.max(24, height) + 2}
      rx="3"
    />
  );
  if (bars || pitch < 5) {
    let y = base;
    return (
      <>
        {ground}
        {partsOf(stack).map(({ standing, n }) => {
          const tall = Math.max(1, n * pitch);
          y -= tall;
          return (
            <rect
              key={standing}
              className={`bar-part ${found ? 'faint' : ''}`}
              x={stack.x - stack.width / 2}
              y={y}
              width={stack.width}
              height={tall}
              fill={fills[standing]}
              stroke={standing === 'reached' ? 'var(--work)' : undefined}
            />
          );
        })}
        {found &&
          stack.marks.map((mark, index) =>
            found.has(mark.participant) ? (
              <circle
                key={mark.id}
                cx={stack.x}
                cy={base - (index + 0.5) * pitch}
                r={Math.max(4, stack.width / 2)}
                fill="none"
                stroke="var(--accent)"
                strokeWidth="2"
              />
            ) : null,
          )}
      </>
    );
  }
  const size = Math.min(16, pitch - 1.5);
  return (
    <>
      {ground}
      {stack.marks.map((mark, index) => (
        <g
          key={mark.id}
          className={`dot ${before && !before.has(mark.id) ? 'falls' : ''} ${found && !found.has(mark.participant) ? 'faint' : ''}`}
          style={{
            transform: `translate(${String(stack.x - size / 2)}px, ${String(base - 2 - (index + 1) * pitch + (pitch - size) / 2)}px) scale(${String(size / 16)})`,
          }}
        >
          <g>{markShape(mark.standing)}</g>
        </g>
      ))}
    </>
  );
});
