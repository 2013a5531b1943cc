/** Time as live sees it, so that tests move it by hand. */
export interface Clock {
  now(): number;
  /** Calls `run` once after so long. @returns what cancels it */
  after(ms: number, run: () => void): () => void;
}

export const systemClock: Clock = {
  now: Date.now,
  after(ms, run) {
    const timer = setTimeout(run, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
