import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { LabLog, LabState, ServerMessage } from '@nbpulse/schema/wire';
import type { Answer } from '../api/request.js';
import { LabStore } from './lab-store.js';
import { activity, collecting, emptyState, LogByHand, minute, record, type Update } from './test-lab.js';

const says = (update: Update): ServerMessage => ({ v: 1, type: 'update', ...update });
const welcome = (rev: number): ServerMessage => ({
  v: 1,
  type: 'welcome',
  serverAt: minute(0),
  rev,
  lab: { id: 'lab', name: 'Lab 4', status: 'open' },
});
const sent = (who: string, question: string) => ({ kind: 'record' as const, record: record(who, question, 3) });

/** A store whose frames come when the test says so. */
function storeOver(log: LogByHand) {
  const frames: (() => void)[] = [];
  let now = 0;
  const readLog = vi.fn((since: number): Promise<Answer<LabLog>> =>
    Promise.resolve({ ok: true, value: log.since(since) }),
  );
  const readState = vi.fn((): Promise<Answer<LabState>> =>
    Promise.resolve({ ok: true, value: emptyState({ rev: log.rev }) }),
  );
  const store = new LabStore({ readLog, readState, schedule: (flush) => frames.push(flush), now: () => now });
  const frame = (): void => {
    for (const flush of frames.splice(0)) flush();
  };
  return { store, readLog, readState, frame, pass: (milliseconds: number) => (now += milliseconds) };
}
const records = (store: LabStore): number =>
  [...(store.model?.rows.values() ?? [])]
    .flatMap((row) => [...row.cells.values()])
    .reduce((n, cell) => n + cell.records, 0);

describe('LabStore', () => {
  let log: LogByHand;
  beforeEach(() => {
    log = new LogByHand();
  });

  it('applies what arrived at the next frame, not before', async () => {
    const { store, frame } = storeOver(log);
    await store.load();
    store.receive(says(log.commit(sent('ada', '1'))));
    expect(records(store)).toBe(0);
    frame();
    expect(records(store)).toBe(1);
    expect(store.rev).toBe(1);
  });

  it('wakes no part of the page for cells that run', async () => {
    const { store, frame, readState } = storeOver(log);
    readState.mockResolvedValueOnce({ ok: true, value: collecting() });
    await store.load();
    store.receive(says(log.commit({ kind: 'activity', activity: activity('ada', '2', 1) })));
    frame();
    const woken = vi.fn();
    store.subscribe(woken);
    for (let at = 2; at < 300; at += 1)
      store.receive(says(log.commit({ kind: 'activity', activity: activity('ada', '2', at) })));
    frame();
    expect(woken).not.toHaveBeenCalled();
    expect(store.rev).toBe(log.rev);
    store.receive(says(log.commit({ kind: 'activity', activity: activity('ada', '3a', 300) })));
    frame();
    expect(woken).toHaveBeenCalledOnce();
  });

  it('applies updates of one frame in the order of the log', async () => {
    const { store, frame, readLog } = storeOver(log);
    await store.load();
    const [first, second] = [log.commit(sent('ada', '1')), log.commit(sent('ada', '2'))];
    store.receive(says(second));
    store.receive(says(first));
    store.receive(says(first));
    frame();
    expect(records(store)).toBe(2);
    expect(readLog).not.toHaveBeenCalled();
  });

  it('reads the log when an update is missing, page by page, while later ones wait', async () => {
    const { store, frame, readLog } = storeOver(log);
    await store.load();
    for (let n = 0; n < 5; n += 1) log.commit(sent('ada', '1'));
    const last = log.commit(sent('emmy', '2'));
    store.receive(says(last));
    frame();
    await vi.waitFor(() => expect(store.rev).toBe(6));
    frame();
    expect(readLog.mock.calls.map(([since]) => since)).toEqual([0, 2, 4]);
    expect(records(store)).toBe(6);
    expect(store.inStep).toBe(true);
  });

  it('waits out a server that is away, then asks again', async () => {
    const { store, frame, readLog } = storeOver(log);
    await store.load();
    log.commit(sent('ada', '1'));
    const second = log.commit(sent('ada', '1'));
    readLog.mockResolvedValueOnce({ ok: false, failure: { code: 'unreachable', message: '', status: 0 } });
    store.receive(says(second));
    frame();
    await vi.waitFor(() => expect(readLog).toHaveBeenCalledTimes(1));
    await vi.waitFor(() => {
      store.check();
      expect(store.inStep).toBe(false);
    });
    await vi.waitFor(() => {
      store.check();
      expect(records(store)).toBe(2);
    });
    frame();
    expect(store.inStep).toBe(true);
  });

  it('fetches what a welcome promised and no update brought', async () => {
    const { store, readLog } = storeOver(log);
    await store.load();
    log.commit(sent('ada', '1'));
    store.receive(welcome(1));
    expect(store.inStep).toBe(false);
    store.check();
    await vi.waitFor(() => expect(store.inStep).toBe(true));
    expect(readLog).toHaveBeenCalledOnce();
    expect(records(store)).toBe(1);
  });

  it('reads the snapshot anew when the server says so, or knows less than the page', async () => {
    const { store, readState } = storeOver(log);
    log.rev = 7;
    await store.load();
    store.receive({ v: 1, type: 'reload', reason: 'too far behind' });
    await vi.waitFor(() => expect(readState).toHaveBeenCalledTimes(2));
    log.rev = 3;
    store.receive(welcome(3));
    await vi.waitFor(() => expect(store.rev).toBe(3));
  });

  it('tells followers each change once, and that a snapshot replaced everything', async () => {
    const { store, frame } = storeOver(log);
    const followed: (number | null)[] = [];
    store.follow((changes) => followed.push(changes === null ? null : changes.length));
    await store.load();
    const update = log.commit(sent('ada', '1'), sent('kurt', '1'));
    store.receive(says(update));
    store.receive(says(update));
    frame();
    expect(followed).toEqual([null, 2]);
  });

  it('pulses a cell at most once in two seconds, and none when many change in one frame', async () => {
    const { store, frame, pass } = storeOver(log);
    await store.load();
    const pulse = (): number | undefined => store.model?.rows.get('ada')?.cells.get('1')?.pulse;
    const send = (n: number): void => {
      store.receive(says(log.commit(...Array.from({ length: n }, () => sent('ada', '1')))));
      frame();
    };
    send(1);
    expect(pulse()).toBe(1);
    pass(1_000);
    send(1);
    expect(pulse()).toBe(1);
    pass(1_500);
    send(1);
    expect(pulse()).toBe(2);
    pass(5_000);
    send(41);
    expect(pulse()).toBe(2);
  });

  it('pulses nothing while more comes than anybody could follow, however little it is in one frame', async () => {
    const { store, frame, pass } = storeOver(log);
    await store.load();
    const pulse = (who: string): number | undefined => store.model?.rows.get(who)?.cells.get('1')?.pulse;
    for (let n = 0; n < 3; n += 1) {
      store.receive(says(log.commit(...Array.from({ length: 25 }, () => sent('ada', '1')))));
      frame();
      pass(100);
    }
    expect(store.busy).toBe(true);
    store.receive(says(log.commit(sent('kurt', '1'))));
    frame();
    expect(pulse('kurt')).toBe(0);
    pass(1_500);
    store.receive(says(log.commit(sent('kurt', '1'))));
    frame();
    expect(pulse('kurt')).toBe(1);
  });

  it('says what failed when there is no snapshot, and shows it once there is one', async () => {
    const { store, readState } = storeOver(log);
    readState.mockResolvedValueOnce({
      ok: false,
      failure: { code: 'not-found', message: 'There is no such lab.', status: 404 },
    });
    await store.load();
    expect(store.phase).toBe('failed');
    expect(store.failure?.message).toBe('There is no such lab.');
    await store.load();
    expect(store.phase).toBe('ready');
    expect(store.failure).toBeNull();
  });

  it('knows when its lab was deleted', async () => {
    const { store, frame } = storeOver(log);
    await store.load();
    store.receive({ v: 1, type: 'update', from: 0, to: 1, changes: [{ kind: 'lab-deleted', rev: 1 }] });
    frame();
    expect(store.phase).toBe('deleted');
  });
});
