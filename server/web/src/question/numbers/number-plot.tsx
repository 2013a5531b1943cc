/**
 * Numbers on a line: one mark per student, stacked where equal, or bars for a large class. What is expected lies over it as a line
 * and a band. Arrows walk the stacks; each tells who they are.
 */
import { memo, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { useNames } from '../../class/names.js';
import { count } from '../../shell/time.js';
import { NumberTable } from './number-table.js';
import { PlotBand, type Band } from './plot-band.js';
import { PlotCard } from './plot-card.js';
import { layoutsOfOnePlot, quantileWords, type PlotLayout } from './plot-layout.js';
import { numberText, type Plotted } from './plotted.js';
import { StackMarks } from './stack-marks.js';
import type { Stack } from './stacks.js';

/** A label further above its stack than this is led to it by a line. */
const farPx = 20;

interface NumberPlotProps {
  marks: readonly Plotted[];
  band: Band | null;
  /** When a name is looked for: whose marks stay in full colour. */
  found: ReadonlySet<string> | null;
  /** What a mark is: a student, or of every record a record. */
  each: 'student' | 'record';
}

/** In units of the drawing: a wide screen's larger type makes everything in it larger. */
function useWidth(): [(element: HTMLElement | null) => void, number] {
  const [element, setElement] = useState<HTMLElement | null>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    if (!element) return;
    const read = (): void => {
      const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
      setWidth(Math.max(300, Math.floor(element.clientWidth / rem)));
    };
    read();
    const observer = new ResizeObserver(read);
    observer.observe(element);
    return () => observer.disconnect();
  }, [element]);
  return [setElement, width];
}

export const NumberPlot = memo(function NumberPlot({ marks, band, found, each }: NumberPlotProps) {
  const { nameOf } = useNames();
  const [frame, width] = useWidth();
  const [layoutOf] = useState(layoutsOfOnePlot);
  const centre = band?.centre;
  const layout = useMemo(() => {
    const also = centre === undefined ? [] : [centre];
    return layoutOf({
      marks,
      also,
      width: width || 1_200,
      expected: centre !== undefined,
      who: nameOf,
      people: (n) => count(n, each),
    });
  }, [layoutOf, marks, centre, width, nameOf, each]);
  const stacks = useMemo(() => [...layout.stacks, ...layout.edgeStacks].sort((a, b) => a.x - b.x), [layout]);
  const [shown, setShown] = useState<{ key: string; pinned: boolean } | null>(null);
  const [walked, setWalked] = useState<string | null>(null);
  const current = stacks.find((stack) => stack.key === walked) ?? stacks[0];
  const open = shown && stacks.find((stack) => stack.key === shown.key);
  const figure = useRef<HTMLElement | null>(null);
  const walk = (event: KeyboardEvent, stack: Stack): void => {
    const at = stacks.indexOf(stack);
    const to =
      event.key === 'ArrowRight'
        ? at + 1
        : event.key === 'ArrowLeft'
          ? at - 1
          : event.key === 'Home'
            ? 0
            : event.key === 'End'
              ? stacks.length - 1
              : null;
    if (to !== null) {
      event.preventDefault();
      const next = stacks[Math.max(0, Math.min(stacks.length - 1, to))];
      if (!next) return;
      setWalked(next.key);
      figure.current?.querySelector<SVGGElement>(`[data-stack="${CSS.escape(next.key)}"]`)?.focus();
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      setShown((before) => (before?.key === stack.key && before.pinned ? null : { key: stack.key, pinned: true }));
    } else if (event.key === 'Escape' && shown) {
      event.stopPropagation();
      setShown(null);
    }
  };
  const words = [
    layout.axis?.words ?? '',
    layout.bars ? `${marks.length.toLocaleString('en')} ${each}s: bars instead of marks.` : '',
  ].filter(Boolean);
  return (
    <figure
      className="panel number-plot"
      aria-label="Where the numbers lie"
      ref={(element) => {
        figure.current = element;
        frame(element);
      }}
      onPointerLeave={() => setShown((before) => (before?.pinned ? before : null))}
    >
      {width > 0 && (
        <svg
          className="plot"
          viewBox={`0 0 ${String(layout.width)} ${String(layout.height)}`}
          role="group"
          aria-label={`${count(marks.length, 'number')}; ${layout.quantiles ? quantileWords(layout.quantiles) : 'each stack is named'}. Arrow keys walk the stacks.`}
        >
          <Hatch />
          {layout.axis && <AxisLine layout={layout} />}
          {band && layout.axis && <PlotBand band={band} layout={layout} />}
          {stacks.map((stack) => (
            <g
              key={stack.key}
              data-stack={stack.key}
              className="stack"
              role="button"
              tabIndex={stack === current ? 0 : -1}
              aria-expanded={open === stack}
              aria-label={stackWords(stack, each, nameOf)}
              onFocus={() => {
                setWalked(stack.key);
                setShown((before) => (before?.pinned ? before : { key: stack.key, pinned: false }));
              }}
              onBlur={() => setShown((before) => (before?.pinned ? before : null))}
              onPointerEnter={() => setShown((before) => (before?.pinned ? before : { key: stack.key, pinned: false }))}
              onClick={() =>
                setShown((before) =>
                  before?.pinned && before.key === stack.key ? null : { key: stack.key, pinned: true },
                )
              }
              onKeyDown={(event) => walk(event, stack)}
            >
              <StackMarks stack={stack} base={layout.base} pitch={layout.pitch} bars={layout.bars} found={found} />
            </g>
          ))}
          {layout.edgeStacks.map(({ edge, x }) => (
            <g key={edge}>
              <path d={`M${String(x - 22)} ${String(layout.base + 0.5)}h44`} stroke="var(--line-2)" />
              <text x={x} y={layout.base + 20} textAnchor="middle">
                {edge}
              </text>
            </g>
          ))}
          {layout.labels.map((label) => (
            <g key={label.key} className="label" aria-hidden="true">
              {label.above > farPx && (
                <path
                  d={`M${String(label.x)} ${String(label.top + label.height + 2)}v${String(label.above - 6)}`}
                  stroke="var(--line-2)"
                />
              )}
              <text className="lb" x={label.left + label.width / 2} y={label.top + 14} textAnchor="middle">
                {label.value}
              </text>
              <text x={label.left + label.width / 2} y={label.top + 29} textAnchor="middle">
                {label.words}
              </text>
            </g>
          ))}
          {layout.quantiles && layout.axis && <Middle layout={layout} />}
        </svg>
      )}
      {words.length > 0 && <figcaption className="q3 sm">{words.join(' ')}</figcaption>}
      {open && <PlotCard stack={open} layout={layout} pinned={shown.pinned} each={each} close={() => setShown(null)} />}
      <NumberTable marks={marks} each={each} />
    </figure>
  );
});

function stackWords(stack: Stack, each: string, nameOf: (participant: string) => string): string {
  const texts = [...new Set(stack.marks.map((mark) => mark.text))];
  const value =
    texts.length === 1 ? (texts[0] ?? '') : `${numberText(stack.from ?? 0)} to ${numberText(stack.to ?? 0)}`;
  const standings = (['right', 'answered', 'wrong', 'reached'] as const).flatMap((standing) => {
    const n = stack.marks.filter((mark) => mark.standing === standing).length;
    return n === 0 ? [] : [n === stack.marks.length ? standing : `${String(n)} ${standing}`];
  });
  const people = stack.marks.slice(0, 8).map((mark) => nameOf(mark.participant));
  const more = stack.marks.length - people.length;
  return `${value}: ${count(stack.marks.length, each)}, ${standings.join(', ')}. ${people.join(', ')}${more > 0 ? ` and ${String(more)} more` : ''}`;
}

/** Wrong is hatched in bars, so that it is told from right without colour. */
const Hatch = () => (
  <defs>
    <pattern id="plot-hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
      <rect width="6" height="6" fill="var(--wrong-tint)" />
      <rect width="3.5" height="6" fill="var(--wrong)" />
    </pattern>
  </defs>
);

function AxisLine({ layout }: { layout: PlotLayout }) {
  const { axis, base, left, right } = layout;
  if (!axis) return null;
  return (
    <g>
      <path d={`M${String(left - 8)} ${String(base + 0.5)}H${String(right + 8)}`} stroke="var(--line-2)" />
      {axis.ticks.map((tick) => (
        <g key={`${tick.text} ${String(tick.x)}`}>
          <path d={`M${String(tick.x)} ${String(base)}v5`} stroke="var(--line-2)" />
          <text x={tick.x} y={base + 20} textAnchor="middle">
            {tick.text}
          </text>
        </g>
      ))}
      {axis.breaks.map((x) => (
        <g key={x}>
          <path d={`M${String(x - 5)} ${String(base - 7)}h10v15h-10z`} fill="var(--surface)" />
          <path
            d={`M${String(x - 6)} ${String(base + 8)}l5 -15M${String(x + 1)} ${String(base + 8)}l5 -15`}
            stroke="var(--ink-3)"
            strokeWidth="1.4"
          />
        </g>
      ))}
    </g>
  );
}

/** The middle half and the median, below the axis, with their numbers in words. */
function Middle({ layout }: { layout: PlotLayout }) {
  const { axis, base, quantiles, left, right } = layout;
  if (!axis || !quantiles) return null;
  const x = (n: number): string => String(axis.x(n));
  const words = quantileWords(quantiles);
  const half = words.length * 3.3;
  const centre = Math.max(left + half - 20, Math.min(right - half + 20, axis.x(quantiles.median)));
  return (
    <g transform={`translate(0 ${String(base + 42)})`} aria-hidden="true">
      <path d={`M${x(quantiles.tenth)} 0H${x(quantiles.ninetieth)}`} stroke="var(--ink-3)" strokeWidth="1.5" />
      <path d={`M${x(quantiles.low)} 0H${x(quantiles.high)}`} stroke="var(--ink-2)" strokeWidth="5" />
      <circle cx={x(quantiles.median)} cy="0" r="4.5" fill="var(--ink)" stroke="var(--surface)" strokeWidth="1.5" />
      <text x={centre} y="24" textAnchor="middle">
        {words}
      </text>
    </g>
  );
}
