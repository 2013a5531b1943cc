/** Numbers on a line: one mark per record, stacked where they are equal or nearly so, the middle half and median below. */
import { memo, useMemo } from 'react';
import type { RecordView } from '@nbpulse/schema/wire';
import { useModel } from '../class/lab-context.js';
import { median } from '../live/pace.js';
import { cellText } from '../values/table-view.js';

const width = 1_200;
const left = 40;
const right = width - 40;
const mostMarks = 150;
const mostStack = 12;

/** The number a record holds, when it holds a finite one. */
export function numberOf(record: RecordView): number | null {
  const value = record.value;
  if (value === null) return null;
  const raw =
    value.t === 'int' || value.t === 'float'
      ? value.v
      : value.t === 'array' && value.shape.length === 0
        ? value.v[0]
        : undefined;
  const n = raw === '-0' ? 0 : typeof raw === 'string' ? Number(raw) : raw;
  return typeof n === 'number' && Number.isFinite(n) ? n : null;
}

/** Round steps: 1, 2 or 5 times a power of ten, about `wanted` of them. */
export function ticksOf(low: number, high: number, wanted: number): number[] {
  const span = high - low;
  if (!(span > 0)) return [low];
  const power = 10 ** Math.floor(Math.log10(span / wanted));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => span / one <= wanted) ?? 10 * power;
  const first = Math.ceil(low / step);
  const last = Math.floor(high / step);
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

export const NumberPlot = memo(function NumberPlot({ records }: { records: readonly RecordView[] }) {
  const rows = useModel((model) => model.rows);
  const numbers = useMemo(
    () =>
      records
        .flatMap((record) => {
          const n = numberOf(record);
          return n === null ? [] : [{ n, participant: record.participant }];
        })
        .sort((a, b) => a.n - b.n),
    [records],
  );
  const lowest = numbers[0]?.n;
  const highest = numbers[numbers.length - 1]?.n;
  if (lowest === undefined || highest === undefined || numbers.length < 3 || lowest === highest) return null;
  const pad = (highest - lowest) * 0.05;
  const [low, high] = [lowest - pad, highest + pad];
  const x = (n: number): number => left + ((n - low) / (high - low)) * (right - left);

  // Marks that would touch share a stack; a tall stack shrinks its marks.
  const stacks: { n: number; participant: string }[][] = [];
  for (const one of numbers) {
    const stack = stacks[stacks.length - 1];
    const first = stack?.[0];
    if (stack && first && x(one.n) - x(first.n) < 17) stack.push(one);
    else stacks.push([one]);
  }
  const tallest = Math.max(...stacks.map((stack) => stack.length));
  const bars = numbers.length > mostMarks || tallest > mostStack * 2;
  const pitch = Math.min(20, (mostStack * 20) / tallest);
  const base = 34 + Math.min(mostStack * 20, tallest * pitch) + 8;
  const height = base + 74;
  const at = (share: number): number =>
    numbers[Math.min(numbers.length - 1, Math.floor(share * numbers.length))]?.n ?? lowest;
  const middle = median(numbers.map((one) => one.n)) ?? lowest;
  return (
    <figure className="panel plot-panel" tabIndex={0} role="group" aria-label="Where the numbers lie">
      <svg
        className="plot"
        viewBox={`0 0 ${String(width)} ${String(height)}`}
        role="img"
        aria-label={`${String(numbers.length)} numbers from ${cellText(lowest)} to ${cellText(highest)}, median ${cellText(middle)}. The groups below list them.`}
      >
        <path d={`M${String(left)} ${String(base + 0.5)}H${String(right)}`} stroke="var(--line-2)" />
        {ticksOf(low, high, 10).map((tick) => (
          <g key={tick}>
            <path d={`M${String(x(tick))} ${String(base)}v5`} stroke="var(--line-2)" />
            <text x={x(tick)} y={base + 20} textAnchor="middle">
              {cellText(tick).replace('-', '−')}
            </text>
          </g>
        ))}
        {stacks.map((stack) => {
          const centre = stack.reduce((sum, one) => sum + x(one.n), 0) / stack.length;
          const first = stack[0]?.n ?? 0;
          const last = stack[stack.length - 1]?.n ?? 0;
          const top = base - 2 - stack.length * pitch;
          return (
            <g key={first}>
              {bars ? (
                <rect x={centre - 8} y={top} width={16} height={stack.length * pitch} fill="var(--done)" />
              ) : (
                stack.map((one, index) => (
                  <rect
                    key={index}
                    x={centre - 8}
                    y={base - 1 - (index + 1) * pitch}
                    width={16}
                    height={Math.max(2, Math.min(16, pitch - 2))}
                    rx={Math.min(3, pitch / 4)}
                    fill="var(--done)"
                  >
                    <title>{`${rows.get(one.participant)?.participant.name ?? ''}: ${cellText(one.n)}`}</title>
                  </rect>
                ))
              )}
              {stacks.length <= 12 && (
                <text className="lb" x={Math.max(left, Math.min(right, centre))} y={top - 8} textAnchor="middle">
                  {(first === last ? cellText(first) : `${cellText(first)} … ${cellText(last)}`).replaceAll('-', '−')}
                </text>
              )}
            </g>
          );
        })}
        <g transform={`translate(0 ${String(base + 40)})`}>
          <path d={`M${String(x(at(0.1)))} 0H${String(x(at(0.9)))}`} stroke="var(--ink-3)" strokeWidth="1.5" />
          <path d={`M${String(x(at(0.25)))} 0H${String(x(at(0.75)))}`} stroke="var(--ink-2)" strokeWidth="5" />
          <circle cx={x(middle)} cy="0" r="4.5" fill="var(--ink)" stroke="var(--surface)" strokeWidth="1.5" />
          <text x={Math.max(left + 90, Math.min(right - 90, x(middle)))} y="24" textAnchor="middle">
            middle half, median {cellText(middle).replace('-', '−')}
          </text>
        </g>
      </svg>
    </figure>
  );
});
