import { activityEvent } from '@nbpulse/schema/wire';
import { Activity } from './activity.js';
import type { EventHead } from './custodian.js';
import { HandClock } from './test/hand-clock.js';

function activity(isTold = true) {
  const events: EventHead[] = [];
  const streams = new Set<string>();
  const lab = { isCollected: true, waiting: 0, noted: 0 };
  const watch = new Activity({
    isCollected: () => lab.isCollected,
    isTold,
    waiting: () => lab.waiting,
    take: (stream, event) => {
      streams.add(stream);
      events.push(event);
    },
    noteTold: () => Promise.resolve((lab.noted += 1)),
    changed: () => undefined,
    clock: new HandClock(),
  });
  return { watch, events, streams, lab };
}

describe('passive activity', () => {
  it('tells which cell ran, its question and the class of an error, and nothing else', () => {
    const { watch, events, streams } = activity();
    watch.ran({ cell: 'a1', source: 'secret = 42\nsend(secret, "2b")', error: null });
    watch.ran({ cell: 'b2', source: '[][3]', error: 'IndexError' });
    expect(events).toEqual([
      { kind: 'activity', seq: 1, madeAt: '2026-03-02T14:00:00.000Z', what: 'cell-run', question: '2b', cell: 'a1' },
      { kind: 'activity', seq: 2, madeAt: '2026-03-02T14:00:00.000Z', what: 'error', cell: 'b2', error: 'IndexError' },
    ]);
    expect(streams.size).toBe(1);
    for (const event of events) expect(activityEvent.safeParse(event).success).toBe(true);
  });

  it('begins only when the student has been told', () => {
    const { watch, events, lab } = activity(false);
    expect(watch.state).toBe('untold');
    watch.ran({ cell: 'a', source: 'x', error: null });
    expect(events).toEqual([]);
    watch.accept();
    expect(lab.noted).toBe(1);
    watch.ran({ cell: 'a', source: 'x', error: null });
    expect(events).toHaveLength(1);
  });

  it('stops at once when the lab or the student turns it off', () => {
    const { watch, events, lab } = activity();
    lab.isCollected = false;
    expect(watch.state).toBe('off');
    watch.ran({ cell: 'a', source: 'x', error: null });
    expect(events).toEqual([]);
  });

  it('is bounded while the server is away', () => {
    const { watch, events, lab } = activity();
    lab.waiting = 500;
    watch.ran({ cell: 'a', source: 'x', error: null });
    expect(events).toEqual([]);
  });

  it('leaves out what does not fit: a key that is none, an error that is no name', () => {
    const { watch, events } = activity();
    watch.ran({ cell: 'x'.repeat(65), source: `send(1, "${'k'.repeat(65)}")`, error: 'my secret: 42' });
    expect(events).toEqual([expect.objectContaining({ what: 'error' })]);
    expect(Object.keys(events[0] ?? {}).sort()).toEqual(['kind', 'madeAt', 'seq', 'what']);
  });
});
