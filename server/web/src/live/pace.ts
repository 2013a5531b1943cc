/**
 * How long the class takes, against the plan where there is one; recomputed now and then, not with each record. The class is who has
 * opened the notebook.
 *
 * A plan gives questions minutes; question *k* is due once the minutes up to and with it have passed since the lab opened, and *due*
 * means that half the class has it. So the plan expects nobody to have a question twice its minutes before the end of its time is
 * over – a share that rises evenly from one time of its minutes before it is due to one after – and the class is behind by how late
 * the last question was that half of it has, or by how overdue the first one is that half of it has not.
 */
import type { LabView, QuestionView } from '@nbpulse/schema/wire';
import type { LabModel } from './lab-model.js';
import type { Row } from './row.js';

export interface Pace {
  /** Per question: median milliseconds from the record before to the first of this one; null below three students. */
  medianMs: readonly (number | null)[];
  /** Per question: when half of the class had sent it; null until then. */
  halfAt: readonly (number | null)[];
  /** Per question: when half of the class will have sent it at the median student's pace; null when it has, or cannot be told yet. */
  predictedAt: readonly (number | null)[];
  /** When half of the class had, or will have, the last question. */
  finishAt: number | null;
  /** Per question: when the plan has it due; null where the plan says nothing. */
  dueAt: readonly (number | null)[];
  /** Behind the plan, negative when ahead; null without a plan. */
  behindMs: number | null;
  /** Index of the question that the plan is on now; −1 when it is over, or there is none. */
  planned: number;
  /** Index of the question that most students are on; −1 when nobody is on any. */
  most: number;
  /** Students past the last question. */
  through: number;
}
export const noPace: Pace = {
  medianMs: [],
  halfAt: [],
  predictedAt: [],
  finishAt: null,
  dueAt: [],
  behindMs: null,
  planned: -1,
  most: -1,
  through: 0,
};

const minuteMs = 60_000;
const leastStudents = 3;
export function median(sorted: ArrayLike<number>): number | null {
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  if (upper === undefined) return null;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}
const ascending = (a: number, b: number): number => a - b;

/** When the lab's own clock began: its opening. */
const openedAtOf = (lab: LabView): number => Date.parse(lab.openedAt ?? lab.createdAt);
/** When this student began: came to the notebook, or found the lab open there. */
export const beganAt = (lab: LabView, row: Row): number =>
  Math.max(Date.parse(row.participant.openedAt ?? row.participant.joinedAt), openedAtOf(lab));

/** Per question when it is due; null for those without minutes, and for all before the lab opens. */
export function dueTimes(lab: LabView, questions: readonly QuestionView[]): (number | null)[] {
  let at = lab.openedAt === null ? null : Date.parse(lab.openedAt);
  return questions.map(({ targetMinutes }) => {
    if (at === null || targetMinutes === null) return null;
    at += targetMinutes * minuteMs;
    return at;
  });
}
/** The share of the class, 0 to 1, that the plan expects to have a question which is due then and takes so many minutes. */
export const plannedShare = (dueAt: number, minutes: number, now: number): number =>
  Math.max(0, Math.min(1, 0.5 + (now - dueAt) / (2 * minutes * minuteMs)));

/** So many rows are looked at between two places where the work may be put off. */
const rowsAtOnce = 250;

/** Of each question, one number for each student who has it. Of a class of 2,000 these are 60,000: no object for each. */
class Sample {
  readonly #values: Float64Array;
  #length = 0;
  constructor(most: number) {
    this.#values = new Float64Array(most);
  }
  get length(): number {
    return this.#length;
  }
  push(value: number): void {
    this.#values[this.#length] = value;
    this.#length += 1;
  }
  /** Typed arrays sort by themselves, without a function that is called for every pair. */
  sorted(): Float64Array {
    return this.#values.subarray(0, this.#length).sort();
  }
}

/** All at once; `paceSteps` is the same with pauses. */
export function paceOf(model: LabModel, now: number): Pace {
  const steps = paceSteps(model, now);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** Yields wherever the rest may wait for the next frame; rows that change meanwhile count as they are when it is their turn. */
export function* paceSteps(model: LabModel, now: number): Generator<undefined, Pace> {
  const { lab, questions, members } = model;
  const durations = questions.map(() => new Sample(members.length));
  const firsts = questions.map(() => new Sample(members.length));
  const on = questions.map(() => 0);
  let [through, here, twoAnswered] = [0, 0, 0];
  // The questions that one student has, in the order in which they were sent first.
  const order = new Int32Array(questions.length);
  const firstAt = new Float64Array(questions.length);
  let seen = 0;
  for (const id of members) {
    seen += 1;
    if (seen % rowsAtOnce === 0) yield;
    const row = model.rows.get(id);
    if (!row || row.participant.openedAt === null) continue;
    here += 1;
    if (row.current >= 0) on[row.current] = (on[row.current] ?? 0) + 1;
    else if (row.sent > 0) through += 1;
    let n = 0;
    for (let index = 0; index < questions.length; index += 1) {
      const cell = row.cells.get(questions[index]?.key ?? '');
      // The template's own answer is nobody's.
      if (!cell || row.statuses[index] === 'reached') continue;
      let place = n;
      while (place > 0 && (firstAt[place - 1] ?? 0) > cell.firstAt) {
        firstAt[place] = firstAt[place - 1] ?? 0;
        order[place] = order[place - 1] ?? 0;
        place -= 1;
      }
      firstAt[place] = cell.firstAt;
      order[place] = index;
      n += 1;
    }
    if (n >= 2) twoAnswered += 1;
    let before = n === 0 ? 0 : beganAt(lab, row);
    for (let place = 0; place < n; place += 1) {
      const at = firstAt[place] ?? 0;
      const index = order[place] ?? 0;
      durations[index]?.push(Math.max(0, at - before));
      firsts[index]?.push(at);
      before = at;
    }
  }
  yield;
  const half = Math.ceil(here / 2);
  const largest = Math.max(0, ...on);
  const medianMs = durations.map((list) => (list.length < leastStudents ? null : median(list.sorted())));
  yield;
  const halfAt = firsts.map((list) => (half === 0 ? null : (list.sorted()[half - 1] ?? null)));
  const dueAt = dueTimes(lab, questions);
  const told = here > 0 && twoAnswered * 3 >= here && lab.status === 'open';
  const predictedAt = told ? predicted(model, medianMs, halfAt, now) : questions.map(() => null);
  return {
    medianMs,
    halfAt,
    predictedAt,
    finishAt: questions.length === 0 ? null : (predictedAt.at(-1) ?? halfAt.at(-1) ?? null),
    dueAt,
    behindMs: here === 0 ? null : behind(halfAt, dueAt, now),
    planned: dueAt.findIndex((at) => at !== null && at > now),
    most: largest === 0 ? -1 : on.indexOf(largest),
    through,
  };
}

/** Goes on from the last question that half the class has, at the median student's pace. Never in the past. */
function predicted(
  { lab, questions }: LabModel,
  medianMs: readonly (number | null)[],
  halfAt: readonly (number | null)[],
  now: number,
): (number | null)[] {
  const known = medianMs.filter((ms) => ms !== null).sort(ascending);
  const ratios = questions
    .flatMap(({ targetMinutes }, index) => {
      const ms = medianMs[index] ?? null;
      return targetMinutes === null || ms === null ? [] : [ms / (targetMinutes * minuteMs)];
    })
    .sort(ascending);
  const ratio = median(ratios) ?? 1;
  const usual = median(known);
  let at = openedAtOf(lab);
  return questions.map(({ targetMinutes }, index) => {
    const had = halfAt[index] ?? null;
    if (had !== null) {
      at = Math.max(at, had);
      return null;
    }
    const takes = medianMs[index] ?? (targetMinutes === null ? usual : targetMinutes * minuteMs * ratio);
    if (takes === null) return null;
    at = Math.max(at + takes, now);
    return at;
  });
}

function behind(halfAt: readonly (number | null)[], dueAt: readonly (number | null)[], now: number): number | null {
  const plan = dueAt.flatMap((due, index) => (due === null ? [] : [{ due, had: halfAt[index] ?? null }]));
  if (plan.length === 0) return null;
  const next = plan.findIndex(({ had }) => had === null);
  const last = plan[next === -1 ? plan.length - 1 : next - 1];
  const lastLate = last?.had == null ? 0 : last.had - last.due;
  const due = plan[next]?.due;
  return due === undefined ? lastLate : Math.max(lastLate, now - due);
}

const longWaitMs = 8 * minuteMs;
const longWithoutMedianMs = 15 * minuteMs;
/** A wait counts as long past twice the class's median and eight minutes. */
export const isLongWait = (ms: number, medianMs: number | null): boolean =>
  ms >= longWaitMs && (medianMs === null ? ms >= longWithoutMedianMs : ms >= 2 * medianMs);
