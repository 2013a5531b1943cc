import { describe, expect, it, vi } from 'vitest';
import { Calm } from './calm.js';
import { LabStore } from './lab-store.js';
import { emptyState, LogByHand, record } from './test-lab.js';

/** A store that flushes at once, and a clock and timers that go on when the test says so. */
async function calmOver() {
  const log = new LogByHand();
  let now = 0;
  let due: { at: number; act: () => void }[] = [];
  const store = new LabStore({
    readState: () => Promise.resolve({ ok: true, value: emptyState({ rev: 0 }) }),
    readLog: (since) => Promise.resolve({ ok: true, value: log.since(since) }),
    schedule: (flush) => flush(),
    now: () => now,
  });
  await store.load();
  const calm = new Calm(store, {
    now: () => now,
    later: (act, ms) => {
      const one = { at: now + ms, act };
      due.push(one);
      return () => (due = due.filter((other) => other !== one));
    },
  });
  const end = calm.start();
  const told = vi.fn();
  calm.subscribe(told);
  return {
    store,
    told,
    end,
    timers: () => due.length,
    send: (n: number): void => {
      const update = log.commit(
        ...Array.from({ length: n }, () => ({ kind: 'record' as const, record: record('ada', '1', 3) })),
      );
      store.receive({ v: 1, type: 'update', ...update });
    },
    pass: (ms: number): void => {
      now += ms;
      const ripe = due.filter(({ at }) => at <= now);
      due = due.filter(({ at }) => at > now);
      for (const { act } of ripe) act();
    },
  };
}

describe('Calm', () => {
  it('tells of each change at once while few come', async () => {
    const { send, pass, told } = await calmOver();
    for (let n = 1; n <= 5; n += 1) {
      pass(100);
      send(1);
      expect(told).toHaveBeenCalledTimes(n);
    }
  });

  it('tells twice a second while many come, and of the last of them too', async () => {
    const { store, send, pass, told } = await calmOver();
    for (let n = 0; n < 20; n += 1) {
      pass(50);
      send(61);
    }
    expect(store.busy).toBe(true);
    expect(told.mock.calls.length).toBeLessThanOrEqual(3);
    told.mockClear();
    pass(500);
    expect(told).toHaveBeenCalledOnce();
    pass(5_000);
    expect(told).toHaveBeenCalledOnce();
  });

  it('leaves no timer behind', async () => {
    const { send, timers, end } = await calmOver();
    send(61);
    send(61);
    expect(timers()).toBe(1);
    end();
    expect(timers()).toBe(0);
  });
});
