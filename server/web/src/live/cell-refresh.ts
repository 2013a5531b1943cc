/**
 * Reads cells anew of which the log cannot tell what they show now: a question that was judged anew, a record that was hidden,
 * deleted or shown again. Answers are applied by revision, so a newer update is never overwritten by an older answer.
 *
 * States: idle (nothing wanted); waiting (a moment, so that many are asked for together, longer after a failure); reading (one
 * request at a time).
 */
import type { LabCells } from '@nbpulse/schema/wire';
import type { Answer } from '../api/request.js';
import type { CellScope } from './lab-model.js';
import type { LabStore } from './lab-store.js';

const soonMs = 60;
const againMs = 2_000;
/** More cells of one question than this are read as the whole column. */
const mostCells = 6;

interface RefreshParts {
  read: (scope: CellScope) => Promise<Answer<LabCells>>;
  /** Calls once, later; returns what calls it off. */
  later: (act: () => void, ms: number) => () => void;
}

export class CellRefresh {
  readonly #store: LabStore;
  readonly #parts: RefreshParts;
  /** Per question: null for the whole column, else participants. */
  #wanted = new Map<string, Set<string> | null>();
  #reading = false;
  #callOff: (() => void) | null = null;

  constructor(store: LabStore, parts: RefreshParts) {
    this.#store = store;
    this.#parts = parts;
  }

  start(): () => void {
    const unfollow = this.#store.follow((_changes, touched) => {
      // A new snapshot holds them all.
      if (!touched) this.#wanted.clear();
      for (const scope of touched?.unsure ?? []) this.#want(scope);
      if (this.#wanted.size > 0) this.#in(soonMs);
    });
    return () => {
      unfollow();
      this.#callOff?.();
      this.#callOff = null;
      this.#wanted.clear();
    };
  }

  #want({ question, participant }: CellScope): void {
    const known = this.#wanted.get(question);
    if (known === null) return;
    const cells = known ?? new Set<string>();
    if (participant !== null) cells.add(participant);
    this.#wanted.set(question, participant === null || cells.size > mostCells ? null : cells);
  }
  #in(ms: number): void {
    if (this.#reading || this.#callOff) return;
    this.#callOff = this.#parts.later(() => {
      this.#callOff = null;
      void this.#read();
    }, ms);
  }
  async #read(): Promise<void> {
    this.#reading = true;
    let waitMs = soonMs;
    const wanted = this.#wanted;
    this.#wanted = new Map();
    for (const [question, cells] of wanted) {
      for (const participant of cells ?? [null]) {
        const scope = { question, participant };
        const model = this.#store.model;
        const answer = await this.#parts.read(scope);
        if (this.#store.model !== model) continue; // a new snapshot came meanwhile
        if (answer.ok) {
          if (this.#store.readAnew(scope, answer.value.rev, answer.value.cells)) this.#want(scope);
        } else if (answer.failure.code === 'unreachable' || answer.failure.status >= 500) {
          this.#want(scope);
          waitMs = againMs;
        }
      }
    }
    this.#reading = false;
    if (this.#wanted.size > 0) this.#in(waitMs);
  }
}
