import 'fake-indexeddb/auto';
import type { MeView, SubmissionView } from '@nbpulse/schema/wire';
import { Outbox } from './outbox.js';
import { Seat } from './seat.js';
import { openStore, type Identity, type Store } from './store.js';
import { HandClock, settled } from './test/hand-clock.js';
import { Exchange, lab } from './test/line-pair.js';

const stream = '22222222-2222-4222-8222-222222222222';
const identity: Identity = {
  server: 'https://class.example.org',
  lab: lab.id,
  labName: 'Lab 4',
  participant: '44444444-4444-4444-8444-444444444444',
  name: 'Ada',
  token: 'token-of-ada-long-enough',
  returnCode: 'TREE-4821',
  joinCode: 'KMNS42QX',
};
const me: MeView = {
  participant: identity.participant,
  name: 'Ada',
  returnCode: 'TREE-4821',
  sending: true,
  lab: { ...lab, closesAt: null, eraseAt: null, activity: false, mayDelete: false, assignments: [] },
  course: { name: 'Machine Learning I', retentionMonths: 12 },
  teachers: [],
  questions: [],
  counts: { records: 0, checkpoints: 0, submissions: 0 },
  submissions: [],
};
const submission = (change: Partial<SubmissionView> = {}): SubmissionView => ({
  id: '55555555-5555-4555-8555-555555555555',
  number: 'S-7F9D2K',
  receivedAt: '2026-03-02T14:00:00Z',
  sha256: 'a'.repeat(64),
  bytes: 2,
  assignment: 'primes',
  status: 'queued',
  note: null,
  queuedAt: '2026-03-02T14:00:00Z',
  startedAt: null,
  endedAt: null,
  progress: null,
  executed: false,
  result: null,
  ...change,
});
const record = (seq: number) => ({
  kind: 'record',
  seq,
  question: '1',
  madeAt: `2026-03-02T14:00:${String(seq).padStart(2, '0')}Z`,
  value: { t: 'int', v: seq },
});

let store: Store;
let name = 0;
const seats: Seat[] = [];
beforeEach(async () => {
  store = await openStore(`seat-${(name += 1)}`);
});
afterEach(() => {
  for (const seat of seats.splice(0)) seat.stop();
  store.close();
});

const near = { base: identity.server, host: 'class.example.org' };
async function sit(answer: () => Response = () => Response.json(me), server = near) {
  const clock = new HandClock();
  const exchange = new Exchange();
  const outbox = new Outbox(store);
  const asked: { url: string; authorization: string | null }[] = [];
  const fetchFrom = ((url: string, init: RequestInit) => {
    asked.push({ url, authorization: new Headers(init.headers).get('authorization') });
    return Promise.resolve(answer());
  }) as unknown as typeof fetch;
  const note = () => Promise.resolve();
  const seat = new Seat({
    server,
    identity,
    outbox,
    dial: exchange.dial,
    clock,
    pageProtocol: 'https:',
    note,
    fetchFrom,
  });
  seats.push(seat);
  await seat.start();
  await settled();
  return { seat, clock, exchange, outbox, asked };
}
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 200 && !(await condition()); turn += 1) await settled();
  expect(await condition()).toBe(true);
}

describe('a seat', () => {
  it('says connecting, then online, and offline with its time once the line stays away', async () => {
    const { seat, clock, exchange } = await sit();
    expect(seat.connection).toEqual({ kind: 'connecting' });
    exchange.last.welcome();
    expect(seat.connection).toEqual({ kind: 'online' });
    const since = clock.now();
    exchange.last.cut();
    expect(seat.connection).toEqual({ kind: 'online' });
    // However many dials fail: offline is counted from the first loss.
    for (let failure = 0; failure < 4; failure += 1) {
      await clock.advance(500);
      if (!exchange.last.isClosed) exchange.last.cut();
    }
    expect(seat.connection).toEqual({ kind: 'offline', since });
    await clock.advance(30_000);
    exchange.last.welcome();
    expect(seat.connection).toEqual({ kind: 'online' });
  });

  it('shows no word about a blip of a second', async () => {
    const { seat, clock, exchange } = await sit();
    exchange.last.welcome();
    exchange.last.cut();
    await clock.advance(700);
    exchange.last.welcome();
    await clock.advance(5_000);
    expect(seat.connection).toEqual({ kind: 'online' });
  });

  it('keeps a copy until the server has the record, then drops it', async () => {
    const { seat, exchange, outbox } = await sit();
    exchange.last.welcome();
    await seat.take(stream, [record(1), record(2)]);
    expect(await outbox.seqs(stream)).toEqual([1, 2]);
    exchange.last.reply(0, { saved: [1] });
    await until(async () => (await outbox.seqs(stream)).join() === '2');
    expect(seat.waiting).toBe(1);
  });

  it('leaves no copy behind when the answer is quicker than the disk', async () => {
    const { seat, exchange, outbox } = await sit();
    exchange.last.welcome();
    const taking = seat.take(stream, [record(1)]);
    exchange.last.reply(0);
    await taking;
    await until(async () => (await outbox.seqs(stream)).length === 0);
  });

  it('takes up the copies of a page that is gone', async () => {
    await new Outbox(store).keepRecords([{ stream, seq: 7, participant: identity.participant, event: record(7) }]);
    const { seat, exchange } = await sit();
    expect(seat.newestWaiting).toEqual([expect.objectContaining({ question: '1', summary: '7' })]);
    exchange.last.welcome();
    expect(exchange.last.batches[0]?.batch.events).toEqual([record(7)]);
  });

  it('counts what was saved at once, and a copy not again', async () => {
    const { seat, exchange } = await sit();
    exchange.last.welcome();
    await settled();
    await seat.take(stream, [record(1), record(2)]);
    exchange.last.reply(0);
    expect(seat.me?.questions).toEqual([expect.objectContaining({ key: '1', status: 'answered', records: 2 })]);
    await seat.take(stream, [record(2)]);
    exchange.last.reply(1);
    expect(seat.me?.questions[0]?.records).toBe(2);
  });

  it('sends its token to its own server, in a header', async () => {
    const { asked } = await sit();
    expect(asked).toEqual([
      { url: 'https://class.example.org/api/v1/me', authorization: 'Bearer token-of-ada-long-enough' },
    ]);
  });

  it('is expired when the server does not know the token, and keeps what waits', async () => {
    const unknown = { error: 'bad-token', message: 'Join again.' };
    const { seat, outbox } = await sit(() => Response.json(unknown, { status: 401 }));
    await seat.take(stream, [record(1)]);
    expect(seat.connection).toEqual({ kind: 'expired', message: 'Join again.' });
    expect(await outbox.seqs(stream)).toEqual([1]);
  });

  it('follows a submission, and never back to an older step', async () => {
    const { seat, exchange } = await sit();
    const end = exchange.last;
    end.welcome();
    const push = (view: SubmissionView): void => end.say({ v: 1, type: 'submission', submission: view });
    const running = { status: 'running' as const, startedAt: '2026-03-02T14:00:01Z' };
    push(submission({ ...running, progress: { done: 7, total: 13 } }));
    push(submission({ ...running, progress: { done: 3, total: 13 } }));
    push(submission());
    expect(seat.results[0]?.progress).toEqual({ done: 7, total: 13 });
    const result = { outcome: 'completed' as const, reason: null, points: 8.5, maxPoints: 10, tests: [] };
    push(submission({ ...running, status: 'done', endedAt: '2026-03-02T14:00:03Z', result }));
    push(submission({ ...running, progress: { done: 12, total: 13 } }));
    expect(seat.results[0]?.result?.points).toBe(8.5);
    push(submission({ queuedAt: '2026-03-02T15:00:00Z' }));
    expect(seat.results[0]?.status).toBe('queued');
  });

  it('drains before leaving: resolves when nothing waits, or when its patience ends', async () => {
    const { seat, clock, exchange } = await sit();
    exchange.last.welcome();
    await seat.take(stream, [record(1)]);
    let isDrained = false;
    void seat.drain(5_000).then(() => (isDrained = true));
    await settled();
    expect(isDrained).toBe(false);
    exchange.last.reply(0);
    await settled();
    expect(isDrained).toBe(true);
    await seat.take(stream, [record(2)]);
    isDrained = false;
    void seat.drain(5_000).then(() => (isDrained = true));
    await clock.advance(5_000);
    expect(isDrained).toBe(true);
  });

  it('keeps back what is made after sending was switched off, and sends it when it is on again', async () => {
    const { seat, clock, exchange, outbox } = await sit();
    exchange.last.welcome();
    await clock.advance(2_500);
    const answers: string[] = [];
    seat.answered.connect((_, reply) => answers.push(...reply.refused.map(({ code }) => code)));
    seat.sending.choose(false);
    // Made at :01, before the switch at :02.5, and at :03, after it.
    await seat.take(stream, [record(1), record(3)]);
    expect(exchange.last.batches.map(({ batch }) => batch.events)).toEqual([[record(1)]]);
    expect(answers).toEqual(['sending-off']);
    expect(seat.held).toBe(1);
    expect(await outbox.seqs(stream)).toEqual([1, 3]);
    seat.sending.choose(true);
    expect(exchange.last.batches.at(-1)?.batch.events).toEqual([record(3)]);
  });

  it('follows the switch of another device', async () => {
    const { seat, exchange } = await sit();
    exchange.last.welcome();
    exchange.last.say({ v: 1, type: 'me', sending: false });
    expect(seat.sending.isOn).toBe(false);
  });

  it('keeps everything for a download when the lab was deleted', async () => {
    const { seat, exchange, outbox } = await sit();
    exchange.last.welcome();
    await seat.take(stream, [record(1), record(2)]);
    exchange.last.say({ v: 1, type: 'refused', code: 'lab-deleted', message: 'This lab was deleted.' });
    expect(seat.connection).toEqual({ kind: 'deleted', message: 'This lab was deleted.' });
    await seat.take(stream, [record(3)]);
    expect(await outbox.seqs(stream)).toEqual([1, 2, 3]);
    const unsent = await seat.unsent();
    expect([unsent.records, unsent.notebooks]).toEqual([3, 0]);
    const file = JSON.parse(await unsent.file.text()) as { name: string; records: { event: unknown }[] };
    expect(file.name).toBe('Ada');
    expect(file.records.map(({ event }) => event)).toEqual([record(1), record(2), record(3)]);
  });

  it('keeps what a deleted lab refused by HTTP or in an answer', async () => {
    const { seat, exchange, outbox } = await sit();
    exchange.last.welcome();
    await seat.take(stream, [record(1)]);
    exchange.last.reply(0, { refused: [{ seq: 1, code: 'lab-deleted', message: 'This lab was deleted.' }] });
    await settled();
    expect(seat.connection.kind).toBe('deleted');
    expect(await outbox.seqs(stream)).toEqual([1]);
  });

  it('takes the kernel’s word for what its own pipe saved', async () => {
    const { seat, exchange, outbox } = await sit();
    exchange.last.welcome();
    exchange.last.cut();
    await seat.take(stream, [record(1)]);
    expect(seat.waiting).toBe(1);
    const saved: number[] = [];
    seat.answered.connect((_, reply) => saved.push(...reply.saved));
    seat.hearKernel(stream, { saved: [1], refused: [] });
    expect(saved).toEqual([1]);
    expect(seat.waiting).toBe(0);
    await until(async () => (await outbox.seqs(stream)).length === 0);
  });

  it('tells passive activity only in a lab that collects it, and forgets what waits when sending goes off', async () => {
    const collecting = { ...me, lab: { ...me.lab, activity: true } };
    const { seat, exchange, outbox } = await sit(() => Response.json(collecting));
    exchange.last.welcome();
    expect(seat.activity.state).toBe('untold');
    seat.activity.accept();
    exchange.last.cut();
    seat.activity.ran({ cell: 'a', source: 'send(x, 1)', error: null });
    await until(async () => (await outbox.records(identity.participant)).length === 1);
    expect(seat.waiting).toBe(0);
    seat.sending.choose(false);
    await until(async () => (await outbox.records(identity.participant)).length === 0);
    expect(seat.activity.state).toBe('off');
  });

  it('says saved by the kernel’s word where the page may not reach the server', async () => {
    const far = { base: 'http://class.example.org', host: 'class.example.org' };
    const { seat, outbox } = await sit(() => Response.json(me), far);
    expect(seat.connection).toEqual({ kind: 'by-kernel' });
    const saved: number[] = [];
    seat.answered.connect((_, reply) => saved.push(...reply.saved));
    await seat.take(stream, [record(1)]);
    expect(await outbox.seqs(stream)).toEqual([]);
    seat.hearKernel(stream, { saved: [1], refused: [] });
    expect(saved).toEqual([1]);
    expect(seat.me?.questions).toEqual([expect.objectContaining({ key: '1', records: 1 })]);
  });
});
