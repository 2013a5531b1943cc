/**
 * What the page says about the whole class – pace, who needs help, shared errors, counts of presence – worked out now and
 * then instead of with each record: at most every 2 s while records arrive, and every 10 s because time passes.
 */
import { needsOf, sharedErrorsOf, type Need, type SharedError } from './attention.js';
import type { LabModel } from './lab-model.js';
import type { LabSession } from './lab-session.js';
import { paceOf, type Pace } from './pace.js';

export interface Insight {
  pace: Pace;
  needs: readonly Need[];
  shared: readonly SharedError[];
  presence: { here: number; idle: number; offline: number; waiting: number; waitingWith: number };
  submitted: number;
  /** The server's clock when this was worked out. */
  at: number;
}
const noInsight: Insight = {
  pace: { medianMs: [], halfAt: [], most: -1, through: 0 },
  needs: [],
  shared: [],
  presence: { here: 0, idle: 0, offline: 0, waiting: 0, waitingWith: 0 },
  submitted: 0,
  at: 0,
};

function insightOf(model: LabModel, now: number): Insight {
  const pace = paceOf(model);
  const presence = { here: 0, idle: 0, offline: 0, waiting: 0, waitingWith: 0 };
  let submitted = 0;
  for (const id of model.members) {
    const row = model.rows.get(id);
    const state = row?.presence?.state ?? 'offline';
    if (state === 'offline') presence.offline += 1;
    else presence.here += 1;
    if (state === 'idle') presence.idle += 1;
    const waiting = row?.presence?.waiting ?? 0;
    presence.waiting += waiting;
    if (waiting > 0) presence.waitingWith += 1;
    if (row && row.submissions.length > 0) submitted += 1;
  }
  return { pace, needs: needsOf(model, pace, now), shared: sharedErrorsOf(model), presence, submitted, at: now };
}

const soonMs = 2_000;
const laterMs = 10_000;

export class InsightKeeper {
  current: Insight = noInsight;
  readonly #session: LabSession;
  readonly #listeners = new Set<() => void>();
  #timer: ReturnType<typeof setTimeout> | null = null;
  #computedAt = 0;

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
      else this.#in(Math.max(0, soonMs - (Date.now() - this.#computedAt)));
    };
    const unsubscribe = this.#session.store.subscribe(changed);
    changed();
    return () => {
      unsubscribe();
      if (this.#timer !== null) clearTimeout(this.#timer);
      this.#timer = null;
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
    this.current = insightOf(model, this.#session.now());
    for (const listener of this.#listeners) listener();
  }
}
