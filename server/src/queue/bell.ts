/** Wakes everybody who waits for a job. Whoever asked for the next ring before looking misses none that comes while it looks. */
export interface Bell {
  readonly closed: boolean;
  ring(): void;
  /** The next ring from now on; `within` resolves when it came, when the time is over, or when `gone` is aborted. */
  next(): { within(ms: number, gone?: AbortSignal): Promise<void> };
  /** Rings for the last time. */
  close(): void;
}

export function makeBell(): Bell {
  let rings = 0;
  let closed = false;
  const waiting = new Set<() => void>();
  const ring = (): void => {
    rings += 1;
    for (const wakeUp of [...waiting]) wakeUp();
  };
  return {
    get closed() {
      return closed;
    },
    ring,
    next() {
      const heard = rings;
      return {
        within: (ms, gone) =>
          new Promise((resolve) => {
            if (rings !== heard || closed || gone?.aborted === true) {
              resolve();
              return;
            }
            const done = (): void => {
              clearTimeout(timer);
              waiting.delete(done);
              gone?.removeEventListener('abort', done);
              resolve();
            };
            const timer = setTimeout(done, ms);
            waiting.add(done);
            gone?.addEventListener('abort', done, { once: true });
          }),
      };
    },
    close() {
      closed = true;
      ring();
    },
  };
}
