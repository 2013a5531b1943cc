/**
 * What the page says about the whole class – pace, who needs help, shared mistakes, alerts, counts of presence – worked out now and
 * then instead of with each record: at most every 2 s while records arrive, and every 10 s because time passes.
 */
import { alertsOf, type Alert } from './alerts.js';
import { needsOf, sharedMistakesOf, type Need, type SharedMistake } from './attention.js';
import type { LabModel } from './lab-model.js';
import type { LabSession } from './lab-session.js';
import { noPace, paceSteps, type Pace } from './pace.js';

export interface Insight {
  pace: Pace;
  needs: readonly Need[];
  shared: readonly SharedMistake[];
  /** All that the rules say now; which of them are shown, and once only, is the alert keeper's. */
  alerts: readonly Alert[];
  presence: {
    here: number;
    idle: number;
    offline: number;
    sendingOff: number;
    neverOpened: number;
    waiting: number;
    waitingWith: number;
  };
  submitted: number;
  /** The server's clock when this was worked out. */
  at: number;
}
const noInsight: Insight = {
  pace: noPace,
  needs: [],
  shared: [],
  alerts: [],
  presence: { here: 0, idle: 0, offline: 0, sendingOff: 0, neverOpened: 0, waiting: 0, waitingWith: 0 },
  submitted: 0,
  at: 0,
};

/** Yields wherever the rest may wait for the next frame. */
function* insightSteps(model: LabModel, now: number): Generator<undefined, Insight> {
  const pace = yield* paceSteps(model, now);
  yield;
  const presence = { here: 0, idle: 0, offline: 0, sendingOff: 0, neverOpened: 0, waiting: 0, waitingWith: 0 };
  let submitted = 0;
  for (const id of model.members) {
    const row = model.rows.get(id);
    const state = row?.presence?.state ?? 'offline';
    if (row?.participant.openedAt === null) presence.neverOpened += 1;
    else if (state === 'offline') presence.offline += 1;
    else presence.here += 1;
    if (state === 'idle') presence.idle += 1;
    if (row?.participant.sending === false) presence.sendingOff += 1;
    const waiting = row?.presence?.waiting ?? 0;
    presence.waiting += waiting;
    if (waiting > 0) presence.waitingWith += 1;
    if (row && row.submissions.length > 0) submitted += 1;
  }
  yield;
  const needs = needsOf(model, pace, now);
  yield;
  const shared = sharedMistakesOf(model);
  yield;
  return { pace, needs, shared, alerts: alertsOf(model, pace, now), presence, submitted, at: now };
}

const soonMs = 2_000;
const laterMs = 10_000;
/** Of a large class on a slow machine it waits longer: no more than this share of the time is spent on it. */
const mostShare = 0.04;
/** Of a frame's 16 ms; the rest of the work goes on in a task of its own, so that input and frames come in between. */
const sliceMs = 5;

export class InsightKeeper {
  current: Insight = noInsight;
  readonly #session: LabSession;
  readonly #listeners = new Set<() => void>();
  #timer: ReturnType<typeof setTimeout> | null = null;
  /** The rest of a computation that has begun. */
  #rest: ReturnType<typeof setTimeout> | null = null;
  #computedAt = 0;
  #pauseMs = soonMs;

  constructor(session: LabSession) {
    this.#session = session;
  }
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  start(): () => void {
    const changed = (): void => {
      if (this.current.at === 0) this.#compute();
      else this.#in(Math.max(0, this.#pauseMs - (Date.now() - this.#computedAt)));
    };
    const unsubscribe = this.#session.store.subscribe(changed);
    changed();
    return () => {
      unsubscribe();
      if (this.#timer !== null) clearTimeout(this.#timer);
      if (this.#rest !== null) clearTimeout(this.#rest);
      this.#timer = this.#rest = null;
      this.#due = Infinity;
    };
  }

  #due = Infinity;
  #in(ms: number): void {
    const due = Date.now() + ms;
    if (this.#timer !== null && this.#due <= due) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#due = due;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#due = Infinity;
      this.#compute();
    }, ms);
  }
  #compute(): void {
    const { model } = this.#session.store;
    this.#computedAt = Date.now();
    if (!model) return;
    this.#in(laterMs);
    if (this.#rest !== null) return;
    // The first time the page waits for it: who needs help decides the order in which the rows first appear.
    this.#work(model, insightSteps(model, this.#session.now()), 0, this.current.at === 0 ? Infinity : sliceMs);
  }
  #work(model: LabModel, steps: Generator<undefined, Insight>, spentMs: number, mostMs: number): void {
    const began = performance.now();
    for (;;) {
      const step = steps.next();
      const tookMs = performance.now() - began;
      if (step.done === true) {
        this.current = step.value;
        this.#pauseMs = Math.min(laterMs, Math.max(soonMs, (spentMs + tookMs) / mostShare));
        for (const listener of this.#listeners) listener();
        return;
      }
      if (tookMs < mostMs) continue;
      this.#rest = setTimeout(() => {
        this.#rest = null;
        // A new snapshot came meanwhile: it starts anew with what that tells.
        if (this.#session.store.model === model) this.#work(model, steps, spentMs + tookMs, mostMs);
        else this.#compute();
      });
      return;
    }
  }
}
