/** A clock that tests move by hand: what is due runs in order, and nothing waits. */
import type { Clock } from '../clock.js';

export class HandClock implements Clock {
  private at = Date.parse('2026-03-02T14:00:00Z');
  private timers: { dueAt: number; run: () => void }[] = [];

  now(): number {
    return this.at;
  }
  after(delayMs: number, run: () => void): () => void {
    const timer = { dueAt: this.at + delayMs, run };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
  }
  /** Moves on, running what falls due; promises settle after each. */
  async advance(byMs: number): Promise<void> {
    const until = this.at + byMs;
    for (;;) {
      const next = this.timers.filter(({ dueAt }) => dueAt <= until).sort((a, b) => a.dueAt - b.dueAt)[0];
      if (!next) break;
      this.timers = this.timers.filter((timer) => timer !== next);
      this.at = Math.max(this.at, next.dueAt);
      next.run();
      await settled();
    }
    this.at = until;
    await settled();
  }
  get pending(): number {
    return this.timers.length;
  }
}

/** Lets every promise that can settle now settle: a macrotask runs after all microtasks. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise<void>((resolve) => setTimeout(resolve));
}
