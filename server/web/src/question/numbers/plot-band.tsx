/** What is expected, over the plot: a line and the tolerance round it. Both ends are sliders, for pointer and keyboard. */
import { tickStep } from 'd3-array';
import { useRef, type KeyboardEvent, type PointerEvent } from 'react';
import type { PlotLayout } from './plot-layout.js';
import { numberText } from './plotted.js';

export interface Band {
  centre: number;
  /** How far off is still right. */
  half: number;
  /** Null: it is only shown. */
  change: ((half: number) => void) | null;
}

/** To the digits that a step of this size needs, so that a drag leaves no tail of digits. */
export function inSteps(n: number, step: number): number {
  const digits = Math.max(0, -Math.floor(Math.log10(step)));
  return Number((Math.round(n / step) * step).toFixed(Math.min(20, digits)));
}

export function PlotBand({ band, layout }: { band: Band; layout: PlotLayout }) {
  const { axis, base, top, left, right } = layout;
  const svg = useRef<SVGGElement>(null);
  if (!axis) return null;
  const [low, high] = [band.centre - band.half, band.centre + band.half];
  const [from, to, line] = [axis.x(low), axis.x(high), axis.x(band.centre)];
  const step = tickStep(axis.at(left), axis.at(right), 400) || 1e-3;
  const words = `expected ${numberText(band.centre)}${band.half > 0 ? ` ± ${numberText(band.half)}` : ''}`;
  const half = words.length * 3.7;
  const set = (next: number): void => band.change?.(Math.max(0, inSteps(next, step)));
  const key = (event: KeyboardEvent, outward: 'ArrowLeft' | 'ArrowRight'): void => {
    const inward = outward === 'ArrowLeft' ? 'ArrowRight' : 'ArrowLeft';
    const by =
      event.key === outward || event.key === 'ArrowUp'
        ? 1
        : event.key === inward || event.key === 'ArrowDown'
          ? -1
          : event.key === 'PageUp'
            ? 10
            : event.key === 'PageDown'
              ? -10
              : null;
    if (by === null && event.key !== 'Home') return;
    event.preventDefault();
    set(by === null ? 0 : band.half + by * step);
  };
  const drag = (event: PointerEvent<SVGElement>): void => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const box = svg.current?.ownerSVGElement?.getBoundingClientRect();
    if (!box) return;
    set(Math.abs(axis.at(((event.clientX - box.left) / box.width) * layout.width) - band.centre));
  };
  return (
    <g className="band" ref={svg}>
      <rect x={from} y={top} width={Math.max(0, to - from)} height={base - top} fill="var(--accent-tint)" />
      <path d={`M${String(line)} ${String(top)}V${String(base)}`} stroke="var(--accent)" strokeWidth="1.5" />
      <text
        className="expected"
        x={Math.max(half, Math.min(layout.width - half, line))}
        y="16"
        textAnchor="middle"
        aria-hidden="true"
      >
        {words}
      </text>
      {(
        [
          ['Tolerance, lower end', from, 'ArrowLeft'],
          ['Tolerance, upper end', to, 'ArrowRight'],
        ] as const
      ).map(([name, x, outward]) => (
        <g
          key={name}
          className={band.change ? 'handle' : undefined}
          role={band.change ? 'slider' : undefined}
          tabIndex={band.change ? 0 : undefined}
          aria-label={band.change ? name : undefined}
          aria-valuenow={band.change ? band.half : undefined}
          aria-valuemin={band.change ? 0 : undefined}
          aria-valuetext={band.change ? `± ${numberText(band.half)}` : undefined}
          onKeyDown={(event) => key(event, outward)}
          onPointerDown={(event) => {
            if (band.change) event.currentTarget.setPointerCapture(event.pointerId);
          }}
          onPointerMove={drag}
        >
          <path
            d={`M${String(x)} ${String(top)}V${String(base)}`}
            stroke="var(--accent)"
            strokeDasharray="3 3"
            strokeWidth="1.5"
          />
          {band.change && (
            <>
              <rect className="grip" x={x - 12} y={top} width="24" height={base - top} />
              <rect
                className="knob"
                x={x + (outward === 'ArrowLeft' ? -5 : -2)}
                y={base - 150 > top ? base - 150 : top + 6}
                width="7"
                height="28"
                rx="2.5"
              />
            </>
          )}
        </g>
      ))}
    </g>
  );
}
