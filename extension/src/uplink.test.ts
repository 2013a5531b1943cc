import { limits, type BatchReply, type EventBatch } from '@nbpulse/schema/wire';
import type { Reply } from './api.js';
import { HandClock, settled } from './test/hand-clock.js';
import { Exchange, lab } from './test/line-pair.js';
import { Uplink } from './uplink.js';

const stream = '22222222-2222-4222-8222-222222222222';
const other = '33333333-3333-4333-8333-333333333333';
const event = (seq: number, size = 0): { seq: number; event: unknown } => ({
  seq,
  event: {
    kind: 'record',
    seq,
    question: '1',
    madeAt: '2026-03-02T14:00:00Z',
    value: { t: 'str', v: 'x'.repeat(size) },
  },
});

type Post = (batch: EventBatch) => Promise<Reply<BatchReply>>;
const unreachable: Post = () => Promise.resolve({ ok: false, problem: { code: 'unreachable', message: 'no answer' } });

function uplink(post: Post = unreachable, isBlocked = false) {
  const clock = new HandClock();
  const exchange = new Exchange();
  const posted: EventBatch[] = [];
  const link = new Uplink({
    url: 'wss://class.example.org/api/v1/live',
    token: 'token-of-ada-long-enough',
    isBlocked,
    dial: exchange.dial,
    post: (batch) => {
      posted.push(batch);
      return post(batch);
    },
    clock,
  });
  const saved: number[] = [];
  link.answered.connect((_, reply) => saved.push(...reply.saved));
  return { clock, exchange, link, saved, posted };
}
const seqsOf = (batch: { events: unknown[] } | undefined): number[] =>
  (batch?.events ?? []).map((sent) => (sent as { seq: number }).seq);

describe('the uplink', () => {
  it('says the token first, and nothing else before the welcome', () => {
    const { exchange, link } = uplink();
    link.offer(stream, [event(1)]);
    link.start();
    exchange.last.open();
    expect(exchange.last.heard).toEqual([
      { v: 1, type: 'hello', as: { role: 'participant', token: 'token-of-ada-long-enough' } },
    ]);
    expect(link.state.kind).toBe('dialling');
  });

  it('sends what waits after the welcome, and forgets only what the server saved', () => {
    const { exchange, link, saved } = uplink();
    link.offer(stream, [event(1), event(2)]);
    link.start();
    exchange.last.welcome();
    expect(seqsOf(exchange.last.batches[0]?.batch)).toEqual([1, 2]);
    expect(link.waiting).toBe(2);
    exchange.last.reply(0, { saved: [1] });
    expect(saved).toEqual([1]);
    expect(link.waiting).toBe(1);
  });

  it('sends again what had no answer when the line was cut', async () => {
    const { clock, exchange, link, saved } = uplink();
    link.start();
    exchange.last.welcome();
    link.offer(stream, [event(1), event(2)]);
    exchange.last.cut();
    expect(link.state.kind).toBe('waiting');
    await clock.advance(1_000);
    expect(exchange.ends).toHaveLength(2);
    exchange.last.welcome();
    expect(seqsOf(exchange.last.batches[0]?.batch)).toEqual([1, 2]);
    exchange.last.reply(0);
    expect(saved).toEqual([1, 2]);
    expect(link.waiting).toBe(0);
  });

  it('queues an event once, however many tabs or resends bring it', () => {
    const { exchange, link } = uplink();
    link.start();
    link.offer(stream, [event(1)]);
    link.offer(stream, [event(1)]);
    exchange.last.welcome();
    expect(seqsOf(exchange.last.batches[0]?.batch)).toEqual([1]);
    expect(exchange.last.batches).toHaveLength(1);
  });

  it('keeps streams apart, and batches within the limits', () => {
    const { exchange, link } = uplink();
    const many = Array.from({ length: limits.batchEvents + 5 }, (_, i) => event(i + 1));
    link.offer(stream, many);
    link.offer(other, [event(1)]);
    link.start();
    const end = exchange.last;
    end.welcome();
    expect(seqsOf(end.batches[0]?.batch)).toHaveLength(limits.batchEvents);
    expect(seqsOf(end.batches[1]?.batch)).toHaveLength(5);
    end.reply(0);
    expect(end.batches[2]?.batch.stream).toBe(other);
  });

  it('splits by bytes too, and sends a record of the full size alone', () => {
    const { exchange, link } = uplink();
    const size = 3 * 1024 * 1024;
    link.offer(stream, [event(1, size), event(2, size)]);
    link.start();
    exchange.last.welcome();
    expect(exchange.last.batches.map(({ batch }) => seqsOf(batch))).toEqual([[1], [2]]);
  });

  it('waits as long as a server that says "too fast" asks, then sends the same again', async () => {
    const { clock, exchange, link } = uplink();
    link.start();
    const end = exchange.last;
    end.welcome();
    link.offer(stream, [event(1)]);
    const id = end.batches[0]?.id;
    end.say({
      v: 1,
      type: 'refused',
      ...(id === undefined ? {} : { id }),
      code: 'too-fast',
      message: 'slow down',
      retryAfterMs: 3_000,
    });
    link.offer(stream, [event(2)]);
    await clock.advance(2_900);
    expect(end.batches).toHaveLength(1);
    await clock.advance(200);
    expect(seqsOf(end.batches[1]?.batch)).toEqual([1, 2]);
  });

  it('stops for good when the token is refused', async () => {
    const { clock, exchange, link } = uplink();
    link.start();
    exchange.last.open();
    exchange.last.say({ v: 1, type: 'refused', code: 'bad-token', message: 'Join again.' });
    expect(link.state).toEqual({ kind: 'refused', code: 'bad-token', message: 'Join again.' });
    await clock.advance(120_000);
    expect(exchange.ends).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });

  it('holds what was made after the close, and sends it when the lab opens again', () => {
    const { exchange, link } = uplink();
    link.start();
    const end = exchange.last;
    end.welcome('closed');
    link.offer(stream, [event(1)]);
    end.reply(0, { refused: [{ seq: 1, code: 'lab-closed', message: 'closed' }] });
    expect([link.waiting, link.held]).toEqual([0, 1]);
    end.say({ v: 1, type: 'lab', lab });
    expect(seqsOf(end.batches[1]?.batch)).toEqual([1]);
  });

  it('drops what the server will never take', () => {
    const { exchange, link } = uplink();
    link.start();
    exchange.last.welcome();
    link.offer(stream, [event(1)]);
    exchange.last.reply(0, { refused: [{ seq: 1, code: 'invalid', message: 'no' }] });
    expect([link.waiting, link.held]).toEqual([0, 0]);
  });

  it('goes by HTTP while sockets fail, and tries sockets all the same', async () => {
    const answer: Post = (batch) =>
      Promise.resolve({
        ok: true,
        value: { v: 1, stream: batch.stream, saved: seqsOf(batch), refused: [], receivedAt: '2026-03-02T14:00:01Z' },
      });
    const { clock, exchange, link, saved, posted } = uplink(answer);
    link.offer(stream, [event(1)]);
    link.start();
    exchange.last.cut();
    expect(posted).toHaveLength(0);
    await clock.advance(1_000);
    exchange.last.cut();
    await settled();
    expect(saved).toEqual([1]);
    expect(link.state.kind).toBe('http');
    await clock.advance(2_000);
    expect(exchange.ends).toHaveLength(3);
    exchange.last.welcome();
    expect(link.state.kind).toBe('online');
  });

  it('asks a server that is down once per dial, not once per record', async () => {
    const { clock, exchange, link, posted } = uplink();
    link.start();
    exchange.last.cut();
    await clock.advance(1_000);
    exchange.last.cut();
    for (let seq = 1; seq <= 20; seq += 1) {
      link.offer(stream, [event(seq)]);
      await settled();
    }
    expect(posted).toHaveLength(1);
    expect(link.waiting).toBe(20);
  });

  it('finds out that a line is dead though nobody closed it', async () => {
    const { clock, exchange, link } = uplink();
    link.start();
    exchange.last.welcome();
    await clock.advance(20_000);
    expect(exchange.last.heard.at(-1)).toMatchObject({ type: 'ping' });
    await clock.advance(15_000);
    expect(link.state.kind).toBe('waiting');
    expect(exchange.ends[0]?.isClosed).toBe(true);
  });

  it('dials at once when the browser says that the network is back', async () => {
    const { clock, exchange, link } = uplink();
    link.start();
    for (let failure = 0; failure < 6; failure += 1) {
      exchange.last.cut();
      await clock.advance(30_000);
    }
    exchange.last.cut();
    const dialled = exchange.ends.length;
    link.retryNow();
    expect(exchange.ends).toHaveLength(dialled + 1);
  });

  it('dials nobody from an https page to an http server', async () => {
    const { clock, exchange, link } = uplink(unreachable, true);
    link.start();
    await clock.advance(60_000);
    expect(exchange.ends).toHaveLength(0);
    expect(link.state.kind).toBe('blocked');
  });

  it('honours the time of a limit on the socket, the longer of two, and loses nothing', async () => {
    const { clock, exchange, link, saved } = uplink();
    link.start();
    exchange.last.welcome();
    link.offer(stream, [event(1)]);
    link.offer(other, [event(1)]);
    const [first, second] = exchange.last.batches;
    const refuse = (id: number, retryAfterMs: number): void =>
      exchange.last.say({ v: 1, type: 'refused', id, code: 'too-fast', message: 'slower', retryAfterMs });
    refuse(first?.id ?? 0, 4_000);
    refuse(second?.id ?? 0, 1_000);
    link.offer(stream, [event(2)]);
    await clock.advance(3_900);
    expect(exchange.last.batches).toHaveLength(2);
    await clock.advance(200);
    expect(exchange.last.batches).toHaveLength(4);
    exchange.last.reply(2);
    exchange.last.reply(3);
    expect(saved.sort()).toEqual([1, 1, 2]);
    expect(link.waiting).toBe(0);
  });

  it('honours the time of a limit over HTTP, and loses nothing', async () => {
    const tooFast: Reply<BatchReply> = {
      ok: false,
      problem: { code: 'too-fast', message: 'slower', retryAfterMs: 7_000 },
    };
    let replies = 0;
    const { clock, exchange, link, saved, posted } = uplink((batch) => {
      replies += 1;
      if (replies === 1) return Promise.resolve(tooFast);
      const reply = {
        v: 1 as const,
        stream: batch.stream,
        saved: seqsOf(batch),
        refused: [],
        receivedAt: batch.sentAt,
      };
      return Promise.resolve({ ok: true, value: reply });
    });
    link.start();
    link.offer(stream, [event(1), event(2)]);
    exchange.last.cut();
    // Sockets fail from here on; HTTP is tried after the second.
    while (posted.length === 0) {
      await clock.advance(100);
      if (!exchange.last.isClosed) exchange.last.cut();
    }
    const limitedAt = clock.now();
    while (posted.length === 1) {
      await clock.advance(100);
      if (!exchange.last.isClosed) exchange.last.cut();
    }
    expect(clock.now() - limitedAt).toBeGreaterThanOrEqual(6_900);
    await settled();
    expect(saved).toEqual([1, 2]);
    expect(link.waiting).toBe(0);
  });

  it('sends what was held for a closed lab when it finds it open after a time without a line', async () => {
    const { clock, exchange, link, saved } = uplink();
    link.start();
    exchange.last.welcome('closed');
    link.offer(stream, [event(1)]);
    exchange.last.reply(0, { refused: [{ seq: 1, code: 'lab-closed', message: 'closed' }] });
    expect(link.held).toBe(1);
    exchange.last.cut();
    await clock.advance(1_000);
    exchange.last.welcome('open');
    exchange.last.reply(0);
    expect(saved).toEqual([1]);
    expect(link.held).toBe(0);
  });

  it('forgets passive activity that is not wanted, and counts it nowhere', () => {
    const { exchange, link } = uplink();
    const activity = { seq: 1, event: { kind: 'activity', seq: 1, what: 'cell-run', madeAt: '2026-03-02T14:00:00Z' } };
    link.start();
    exchange.last.welcome();
    link.offer(other, [activity]);
    expect([link.waiting, link.activityWaiting]).toEqual([0, 1]);
    exchange.last.reply(0, { refused: [{ seq: 1, code: 'lab-closed', message: 'closed' }] });
    expect([link.held, link.activityWaiting]).toEqual([0, 0]);
    exchange.last.cut();
    link.offer(other, [{ seq: 2, event: { ...activity.event, seq: 2 } }]);
    expect(link.dropActivity()).toEqual([expect.objectContaining({ stream: other, seq: 2 })]);
    expect(link.activityWaiting).toBe(0);
  });
});
