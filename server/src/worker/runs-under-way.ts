/** The jobs that a worker runs at this moment, and what their ends tell about its engine. */
import type { JobEnd } from './job-run.js';

export class RunsUnderWay {
  readonly #runs = new Set<Promise<void>>();
  #isSuspect = false;
  #broken: { error: unknown } | undefined;
  /** When the last one ended; of none, when this was made. From `performance.now()`. */
  idleSinceMs = performance.now();

  get count(): number {
    return this.#runs.size;
  }

  /** @param run never ends in a way that nobody hears of: `throwIfBroken` tells a rejection. */
  add(run: Promise<JobEnd>): void {
    const watched: Promise<void> = run
      .then(
        (end) => {
          if (end === 'host-fault') this.#isSuspect = true;
        },
        (error: unknown) => {
          this.#broken ??= { error };
        },
      )
      .then(() => {
        this.#runs.delete(watched);
        this.idleSinceMs = performance.now();
      });
    this.#runs.add(watched);
  }

  /** Until one of them has ended. */
  async next(): Promise<void> {
    await Promise.race(this.#runs);
  }

  async all(): Promise<void> {
    await Promise.all(this.#runs);
  }

  /** Whether one of them ended by a fault of this host since the last `trust`. */
  isSuspect(): boolean {
    return this.#isSuspect;
  }

  trust(): void {
    this.#isSuspect = false;
  }

  /** @throws what a run threw that is no end of a run. */
  throwIfBroken(): void {
    if (this.#broken) throw this.#broken.error;
  }
}
