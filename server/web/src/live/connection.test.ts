import { describe, expect, it } from 'vitest';
import type { ClientMessage, ServerMessage } from '@nbpulse/schema/wire';
import { Connection, connectionTimes, type SocketEvents } from './connection.js';
import { minute } from './test-lab.js';

/** Both ends in the hands of the test: sockets, and time. */
function connected() {
  let now = 1_000_000;
  const progress = { records: 0, inStep: true };
  const sockets: { events: SocketEvents; sent: ClientMessage[]; open: boolean }[] = [];
  const received: string[] = [];
  const connection = new Connection({
    open: (events) => {
      const socket = { events, sent: [] as ClientMessage[], open: true };
      sockets.push(socket);
      return {
        send: (text) => socket.sent.push(JSON.parse(text) as ClientMessage),
        close: () => {
          socket.open = false;
        },
      };
    },
    now: () => now,
    random: () => 1,
    hello: () => ({
      v: 1,
      type: 'hello',
      as: { role: 'staff', lab: '11111111-1111-4111-8111-111111111111', since: 4 },
    }),
    receive: (message) => received.push(message.type),
    progress: () => progress,
  });
  const pass = (milliseconds: number): void => {
    for (let step = 0; step < milliseconds; step += 500) {
      now += 500;
      connection.tick();
    }
  };
  const last = () => {
    const socket = sockets[sockets.length - 1];
    if (!socket) throw new Error('no socket was opened');
    return socket;
  };
  const say = (message: ServerMessage): void => last().events.said(JSON.stringify(message));
  const welcome = (): void => {
    last().events.opened();
    say({
      v: 1,
      type: 'welcome',
      serverAt: minute(0),
      rev: 4,
      lab: { id: '11111111-1111-4111-8111-111111111111', name: 'Lab', status: 'open' },
    });
  };
  connection.start();
  return {
    connection,
    sockets,
    received,
    progress,
    pass,
    sleep: (milliseconds: number) => (now += milliseconds),
    last,
    say,
    welcome,
  };
}

describe('Connection', () => {
  it('says hello with the revision that the page has, and is live once welcomed', () => {
    const { connection, last, welcome, received } = connected();
    expect(connection.view.phase).toBe('connecting');
    welcome();
    expect(last().sent[0]).toMatchObject({ type: 'hello', as: { role: 'staff', since: 4 } });
    expect(connection.view).toEqual({ phase: 'live', caughtUp: null });
    expect(received).toEqual(['welcome']);
  });

  it('says nothing for two seconds, shows a square until five, then a banner with the time of what is shown', () => {
    const { connection, pass, welcome, last } = connected();
    welcome();
    const heardAt = 1_000_000;
    last().events.closed();
    expect(connection.view).toMatchObject({ phase: 'lost', notice: 'quiet' });
    pass(connectionTimes.quietMs);
    expect(connection.view).toMatchObject({ phase: 'lost', notice: 'square' });
    pass(connectionTimes.bannerMs - connectionTimes.quietMs);
    expect(connection.view).toMatchObject({ phase: 'lost', notice: 'banner', showing: heardAt });
  });

  it('tries again for ever, at most five seconds apart', () => {
    const { pass, sockets, welcome, last } = connected();
    welcome();
    for (let n = 0; n < 8; n += 1) {
      last().events.closed();
      pass(connectionTimes.longestRetryMs + 500);
    }
    expect(sockets.length).toBe(9);
  });

  it('says for five seconds what it caught up, once the store is in step', () => {
    const { connection, pass, welcome, last, progress } = connected();
    welcome();
    last().events.closed();
    pass(8_000);
    progress.inStep = false;
    welcome();
    expect(connection.view).toEqual({ phase: 'live', caughtUp: null });
    progress.records = 41;
    progress.inStep = true;
    pass(500);
    expect(connection.view).toEqual({ phase: 'live', caughtUp: { records: 41, since: 1_000_000 } });
    // A live server answers pings; without one the socket would count as dead.
    for (let n = 0; n < 6; n += 1) {
      connection.tick();
      last().events.said(JSON.stringify({ v: 1, type: 'pong', at: 0, serverAt: minute(0) }));
      pass(1_000);
    }
    expect(connection.view).toEqual({ phase: 'live', caughtUp: null });
  });

  it('makes no noise about a loss that nobody saw', () => {
    const { connection, pass, welcome, last } = connected();
    welcome();
    last().events.closed();
    pass(1_000);
    welcome();
    expect(connection.view).toEqual({ phase: 'live', caughtUp: null });
  });

  it('asks a silent server for a sign of life, and gives the socket up when none comes', () => {
    const { connection, pass, welcome, last, sockets } = connected();
    welcome();
    pass(connectionTimes.pingEveryMs);
    expect(last().sent.at(-1)).toMatchObject({ type: 'ping' });
    pass(connectionTimes.deadAfterMs);
    expect(sockets[0]?.open).toBe(false);
    expect(connection.view.phase).toBe('lost');
  });

  it('treats the sleep of a laptop as a loss', () => {
    const { connection, sleep, welcome, pass } = connected();
    welcome();
    sleep(3_600_000);
    pass(500);
    expect(connection.view).toMatchObject({ phase: 'lost', showing: 1_000_000 });
  });

  it('stops when the server refuses, and says why', () => {
    const { connection, say, pass, sockets, last } = connected();
    last().events.opened();
    say({ v: 1, type: 'refused', code: 'not-allowed', message: 'This lab belongs to another course.' });
    expect(connection.view).toEqual({
      phase: 'refused',
      code: 'not-allowed',
      message: 'This lab belongs to another course.',
    });
    pass(60_000);
    expect(sockets).toHaveLength(1);
  });

  it('waits as long as a busy server asks', () => {
    const { connection, say, pass, sockets, welcome } = connected();
    welcome();
    say({ v: 1, type: 'refused', code: 'unavailable', message: 'The database is away.', retryAfterMs: 3_000 });
    pass(2_500);
    expect(sockets).toHaveLength(1);
    pass(1_000);
    expect(sockets).toHaveLength(2);
    expect(connection.view.phase).toBe('lost');
  });

  it('leaves out what it does not understand', () => {
    const { connection, last, welcome, received } = connected();
    welcome();
    last().events.said('{"v":1,"type":"from-the-future"}');
    last().events.said('not json');
    expect(received).toEqual(['welcome']);
    expect(connection.view.phase).toBe('live');
  });

  it('hears nothing more from a socket that it gave up', () => {
    const { connection, sockets, welcome, pass } = connected();
    welcome();
    sockets[0]?.events.closed();
    pass(1_000);
    welcome();
    sockets[0]?.events.closed();
    expect(connection.view.phase).toBe('live');
    connection.stop();
    sockets[1]?.events.closed();
    expect(connection.view.phase).toBe('live');
  });
});
