/**
 * Reads what waits, a little in each turn of the event loop: between two turns the database's answers, other requests and new
 * messages come in, however much one class sends at once. Labs take turns, so a large one does not hold up the others.
 */
export interface Readable {
  /** Something waits, and there is room for what comes of it. */
  wantsReading(): boolean;
  readOne(): void;
  /** This turn is over. */
  wasRead(): void;
}

/** Long enough that turns cost nothing, short enough that nobody notices one. */
const turnMs = 2;

export class Reader {
  /** In the order of their turns. */
  readonly #waiting = new Set<Readable>();
  #scheduled = false;

  wake(one: Readable): void {
    if (!one.wantsReading()) return;
    this.#waiting.add(one);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    // What arrives in this turn of the event loop, from other sockets, is still read in the next.
    setImmediate(() => {
      this.#scheduled = false;
      this.#readForATurn();
    });
  }

  #readForATurn(): void {
    const until = performance.now() + turnMs;
    const read = new Set<Readable>();
    for (const one of this.#waiting) {
      this.#waiting.delete(one);
      one.readOne();
      read.add(one);
      // Added again, it comes at the end of this same loop.
      if (one.wantsReading()) this.#waiting.add(one);
      if (performance.now() >= until) break;
    }
    for (const one of read) one.wasRead();
    if (this.#waiting.size > 0) this.#schedule();
  }
}
