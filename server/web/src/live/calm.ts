/**
 * Tells of the store's changes, but at most twice a second while records come fast. For what says something about the whole class: each
 * record changes it, and nobody reads a count that runs.
 */
import type { LabStore } from './lab-store.js';

const pauseMs = 500;

interface CalmParts {
  now: () => number;
  /** Calls once, later; returns what calls it off. */
  later: (act: () => void, ms: number) => () => void;
}

export class Calm {
  readonly #store: LabStore;
  readonly #parts: CalmParts;
  readonly #listeners = new Set<() => void>();
  #toldAt = -Infinity;
  #callOff: (() => void) | null = null;

  constructor(store: LabStore, parts: CalmParts) {
    this.#store = store;
    this.#parts = parts;
  }
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  start(): () => void {
    const unsubscribe = this.#store.subscribe(() => this.#follow());
    return () => {
      unsubscribe();
      this.#callOff?.();
      this.#callOff = null;
    };
  }

  #follow(): void {
    const waitMs = this.#store.busy ? this.#toldAt + pauseMs - this.#parts.now() : 0;
    if (waitMs <= 0) this.#tell();
    else this.#callOff ??= this.#parts.later(() => this.#tell(), waitMs);
  }
  #tell(): void {
    this.#callOff?.();
    this.#callOff = null;
    this.#toldAt = this.#parts.now();
    for (const listener of this.#listeners) listener();
  }
}
