/** How long the class takes, from first records alone; recomputed now and then, not with each record. */
import type { QuestionView } from '@nbpulse/schema/wire';
import type { LabModel, Row } from './lab-model.js';

export interface Pace {
  /** Per question: median milliseconds from the record before to the first of this one; null below three students. */
  medianMs: readonly (number | null)[];
  /** Per question: when half of the class had sent it; null until then. */
  halfAt: readonly (number | null)[];
  /** Index of the question that most students are on; −1 when nobody is on any. */
  most: number;
  /** Students past the last question. */
  through: number;
}

const leastStudents = 3;
export function median(sorted: readonly number[]): number | null {
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  if (upper === undefined) return null;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}
const ascending = (a: number, b: number): number => a - b;

/** Milliseconds from the previous new question (or joining) to the first record of each question. */
function durationsOf(row: Row, questions: readonly QuestionView[]): { index: number; ms: number; firstAt: number }[] {
  const firsts: { index: number; firstAt: number }[] = [];
  questions.forEach(({ key }, index) => {
    const cell = row.cells.get(key);
    if (cell) firsts.push({ index, firstAt: cell.firstAt });
  });
  firsts.sort((a, b) => a.firstAt - b.firstAt);
  return firsts.map((one, place) => ({
    ...one,
    ms: Math.max(0, one.firstAt - (firsts[place - 1]?.firstAt ?? row.joinedAt)),
  }));
}

export function paceOf(model: LabModel): Pace {
  const durations = model.questions.map((): number[] => []);
  const firsts = model.questions.map((): number[] => []);
  const on = model.questions.map(() => 0);
  let through = 0;
  for (const id of model.members) {
    const row = model.rows.get(id);
    if (!row) continue;
    if (row.current >= 0) on[row.current] = (on[row.current] ?? 0) + 1;
    else if (row.sent > 0) through += 1;
    for (const { index, ms, firstAt } of durationsOf(row, model.questions)) {
      durations[index]?.push(ms);
      firsts[index]?.push(firstAt);
    }
  }
  const half = Math.ceil(model.members.length / 2);
  const largest = Math.max(0, ...on);
  return {
    medianMs: durations.map((list) => (list.length < leastStudents ? null : median(list.sort(ascending)))),
    halfAt: firsts.map((list) => (half === 0 ? null : (list.sort(ascending)[half - 1] ?? null))),
    most: largest === 0 ? -1 : on.indexOf(largest),
    through,
  };
}

/** A wait counts as long past twice the class's median and eight minutes. */
export const isLongWait = (ms: number, medianMs: number | null): boolean =>
  ms >= 8 * 60_000 && (medianMs === null ? ms >= 15 * 60_000 : ms >= 2 * medianMs);
