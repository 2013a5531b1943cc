/** The columns of the class page: questions and folds of sub-steps, with what the skyline says of each. */
import { useCallback, useMemo, useState } from 'react';
import type { QuestionView } from '@nbpulse/schema/wire';
import { columnsOf, foldsOf, type Column } from '../live/fold.js';
import { plannedShare, type Pace } from '../live/pace.js';
import { noFoldTally, noTally, type FoldTally, type Tally } from '../live/tally.js';
import { useLab, useModel } from './lab-context.js';

const keptKey = (lab: string): string => `nbpulse-folds-${lab}`;
function kept(lab: string): ReadonlySet<string> {
  try {
    const list: unknown = JSON.parse(localStorage.getItem(keptKey(lab)) ?? '[]');
    return new Set(Array.isArray(list) ? list.filter((one) => typeof one === 'string') : []);
  } catch {
    return new Set();
  }
}

export interface Columns {
  columns: readonly Column[];
  /** Opens or closes the fold of this base key. Kept per lab in this browser. */
  toggleFold: (base: string) => void;
}
export function useColumns(): Columns {
  const { lab } = useLab().session;
  const questions = useModel((model) => model.questions);
  const [open, setOpen] = useState(() => kept(lab));
  const toggleFold = useCallback(
    (base: string): void => {
      setOpen((before) => {
        const next = new Set(before);
        if (!next.delete(base)) next.add(base);
        try {
          localStorage.setItem(keptKey(lab), JSON.stringify([...next]));
        } catch {
          // It holds until the page is closed.
        }
        return next;
      });
    },
    [lab],
  );
  return { columns: useMemo(() => columnsOf(questions, open), [questions, open]), toggleFold };
}

/** Indices of the questions that a column stands for. */
export const partsOf = (column: Column): readonly number[] =>
  column.kind === 'fold' ? column.fold.parts : [column.index];

export interface ColumnFacts {
  column: Column;
  title: string | null;
  tally: Tally;
  /** Of a fold. */
  fold: FoldTally | null;
  halfAt: number | null;
  predictedAt: number | null;
  dueAt: number | null;
  /** The share of the class that the plan expects to have it by now; null without a plan. */
  planned: number | null;
}

const latest = (times: readonly (number | null)[]): number | null =>
  times.includes(null) || times.length === 0 ? null : Math.max(...times.map((at) => at ?? 0));

export function factsOf(
  columns: readonly Column[],
  questions: readonly QuestionView[],
  tallies: readonly Tally[],
  foldTallies: readonly FoldTally[],
  pace: Pace,
  now: number,
): ColumnFacts[] {
  return columns.map((column) => {
    const parts = partsOf(column);
    const fold = column.kind === 'fold' ? (foldTallies[column.foldIndex] ?? noFoldTally) : null;
    const of = (times: readonly (number | null)[]): (number | null)[] => parts.map((part) => times[part] ?? null);
    const due = of(pace.dueAt).filter((at) => at !== null);
    const dueAt = due.length === 0 ? null : Math.max(...due);
    const minutes = parts.reduce((sum, part) => sum + (questions[part]?.targetMinutes ?? 0), 0);
    const halfAt = latest(of(pace.halfAt));
    const told = parts.map((part) => pace.halfAt[part] ?? pace.predictedAt[part] ?? null);
    return {
      column,
      title: column.kind === 'fold' ? null : (questions[column.index]?.title ?? null),
      tally: fold ?? (column.kind === 'question' ? (tallies[column.index] ?? noTally) : noTally),
      fold,
      halfAt,
      predictedAt: halfAt === null ? latest(told) : null,
      dueAt,
      planned: dueAt === null ? null : plannedShare(dueAt, minutes, now),
    };
  });
}

/** Whether this column begins an open fold, which it can close. */
export const closes = (column: Column, questions: readonly { key: string }[]): string | null =>
  column.kind === 'question' && column.part !== null && foldsOf(questions).includes(column.part)
    ? column.part.parts[0] === column.index
      ? column.part.base
      : null
    : null;
