/** Questions down, time across: a mark where each record fell, a bar from the first to the last, flags for checkpoints. */
import { memo, useRef, useState } from 'react';
import type { RecordView, Timeline, TimelineItem } from '@nbpulse/schema/wire';
import { useLab, useModel } from '../class/lab-context.js';
import { markShape, markWords } from '../shell/marks.js';
import { count } from '../shell/time.js';
import { goToLine, mark } from './linked.js';
import { isOut, markOf } from './record-mark.js';
import { timelineId } from './use-timeline.js';

const left = 150;
const right = 1_036;
const rowPx = 22;
const mostMarks = 2_000;
const stepsMinutes = [1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 1_440, 2_880, 10_080];

export const StripChart = memo(function StripChart({ timeline }: { timeline: Timeline }) {
  const { time } = useLab();
  const lab = useModel((model) => model.lab);
  const figure = useRef<HTMLElement>(null);
  const [walked, setWalked] = useState<string | null>(null);
  const records = timeline.items.flatMap((item) => (item.kind === 'record' ? [item.record] : []));
  const times = timeline.items.map((item) => Date.parse(item.at));
  if (times.length === 0) return null;
  const openedAt = Date.parse(lab.openedAt ?? lab.createdAt);
  const first = Math.min(...[times[0] ?? openedAt, openedAt]);
  // A student who came days before the lab opened, or a lab left open for days: what happened is what is shown.
  const from = (times[0] ?? first) - first > 6 * 3_600_000 ? (times[0] ?? first) - 300_000 : first;
  const to = Math.max(...times.slice(-1), from + 10 * 60_000) + 60_000;
  const x = (ms: number): number => left + ((ms - from) / (to - from)) * (right - left);
  const questions = timeline.questions;
  const height = 46 + questions.length * rowPx + 24;
  const minutes = (to - from) / 60_000;
  const step = (stepsMinutes.find((one) => minutes / one <= 9) ?? 20_160) * 60_000;
  const ticks: number[] = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) ticks.push(at);
  const byQuestion = new Map<string, RecordView[]>();
  for (const record of records.slice(-mostMarks)) {
    const own = byQuestion.get(record.question);
    if (own) own.push(record);
    else byQuestion.set(record.question, [record]);
  }
  const shown = records.filter((record) => !isOut(record));
  const said = (['right', 'wrong', 'reached', 'error'] as const).flatMap((name) => {
    const own = shown.filter((record) => markOf(record) === name).length;
    return own === 0 ? [] : [name === 'error' ? count(own, 'error') : `${String(own)} ${name}`];
  });
  const marks = timeline.items
    .filter((item) => item.kind === 'record' || item.kind === 'checkpoint' || item.kind === 'submission')
    .map((item) => ({ id: timelineId(item) }));
  const at = timeline.items.find((item) => timelineId(item) === walked);
  const flags = timeline.items.filter((item) => item.kind === 'checkpoint' || item.kind === 'submission');
  return (
    <figure
      className="panel gantt-panel"
      ref={figure}
      tabIndex={0}
      role="group"
      aria-label="Strip chart. Left and right walk its marks, Enter goes to the line."
      onKeyDown={(event) => {
        const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
        const here = marks.findIndex((one) => one.id === walked);
        const now = marks[here];
        if (event.key === 'Enter' && now) goToLine(now.id);
        else if (by !== 0) {
          const next = marks[here < 0 ? (by > 0 ? 0 : marks.length - 1) : here + by];
          if (next) {
            setWalked(next.id);
            const page = figure.current?.closest('main');
            if (page) mark(page, [next.id]);
          }
        } else return;
        event.preventDefault();
      }}
      onBlur={() => setWalked(null)}
      onClick={(event) => {
        const id = event.target instanceof Element ? event.target.closest('[data-items]') : null;
        if (id) goToLine(id.getAttribute('data-items') ?? '');
      }}
    >
      <svg
        className="gantt"
        viewBox={`0 0 1056 ${String(height)}`}
        role="img"
        aria-label={`When each record fell, by question: ${count(records.length, 'record')} of ${count(byQuestion.size, 'question')}${said.map((one) => `, ${one}`).join('')}. The list below tells the same.`}
      >
        {ticks.map((tick) => (
          <g key={tick}>
            <path d={`M${x(tick).toFixed(1)} 26V${String(height - 20)}`} stroke="var(--line)" />
            <text x={x(tick)} y={height - 5} textAnchor="middle">
              {step >= 86_400_000 ? time.day(tick) : time.short(tick)}
            </text>
          </g>
        ))}
        <text x="8" y="20">
          notebook
        </text>
        {flags.map((item, index) => (
          <svg
            key={index}
            className="at"
            data-items={timelineId(item)}
            x={x(Date.parse(item.at)) - 8}
            y="6"
            width="16"
            height="16"
            viewBox="0 0 16 16"
            fill="none"
            stroke="var(--ink-2)"
            strokeWidth="1.5"
            strokeLinecap="round"
            strokeLinejoin="round"
          >
            <path d={item.kind === 'checkpoint' ? 'M4 14V2.5h7.5L9.5 5.5l2 3H4' : 'M8 12.5v-9M4.5 7 8 3.5 11.5 7'} />
            <title>{`${time.clock(Date.parse(item.at))}: ${flagWords(item)}`}</title>
            <Ring />
          </svg>
        ))}
        {questions.map(({ key, title }, index) => {
          const y = 46 + index * rowPx;
          const own = byQuestion.get(key) ?? [];
          const begin = own[0];
          const end = own[own.length - 1];
          return (
            <g key={key}>
              <text className="k" x="8" y={y + 4}>
                {[...key].length > 6 ? `${[...key].slice(0, 6).join('')}…` : key}
              </text>
              <text className="tt" x="48" y={y + 4}>
                {shortened(title ?? '')}
              </text>
              {begin && end && begin !== end && (
                <rect
                  x={x(Date.parse(begin.madeAt))}
                  y={y - 4}
                  width={Math.max(1, x(Date.parse(end.madeAt)) - x(Date.parse(begin.madeAt)))}
                  height="8"
                  rx="2"
                  fill="var(--done)"
                  opacity=".28"
                />
              )}
              {own.map((record) => (
                <svg
                  key={record.id}
                  className="at"
                  data-items={record.id}
                  x={x(Date.parse(record.madeAt)) - 7}
                  y={y - 7}
                  width="14"
                  height="14"
                  viewBox="0 0 16 16"
                >
                  <title>{`${time.clock(Date.parse(record.madeAt))}: ${recordWords(record)}`}</title>
                  <Ring />
                  {isOut(record) ? outShape : markShape(markOf(record))}
                </svg>
              ))}
            </g>
          );
        })}
      </svg>
      {at && (
        <p className="q2 sm gantt-says" role="status">
          {time.clock(Date.parse(at.at))}, {at.kind === 'record' ? recordWords(at.record) : flagWords(at)}
        </p>
      )}
    </figure>
  );
});

/** Seen round what is pointed at in the list. */
const Ring = () => <rect className="ring" x="0" y="0" width="16" height="16" rx="3.5" />;
const outShape = (
  <rect
    x="2.5"
    y="2.5"
    width="11"
    height="11"
    rx="2"
    fill="none"
    stroke="var(--ink-3)"
    strokeWidth="1.2"
    strokeDasharray="2 2"
  />
);
const recordWords = (record: RecordView): string =>
  record.deleted
    ? `${record.question}, deleted`
    : `${record.question}, ${record.hidden ? 'hidden' : markWords[markOf(record)]}: ${record.summary}`;
const flagWords = (item: TimelineItem): string => (item.kind === 'checkpoint' ? 'Checkpoint' : 'Submission');

const shortened = (text: string): string => ([...text].length > 15 ? `${[...text].slice(0, 14).join('')}…` : text);
