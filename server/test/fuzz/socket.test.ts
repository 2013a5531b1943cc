/** The live socket: random bytes, mutated messages, the wrong order, too much, too slowly, and sockets that are reset half-way. */
import { connect } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { limits } from '@nbpulse/schema/wire';
import { publicUrl } from '../classroom.js';
import { connectSocket } from '../socket-client.js';
import { hostileJson, hostileText, nested } from './hostile.js';
import { secret, useFuzzRoom } from './room.js';
import { fuzz, fuzzTimeoutMs } from './runs.js';

const room = useFuzzRoom();
const quietMs = 3_000;

type Say = string | Uint8Array;

/** What a client of ours says; B's stream and ids are in it where its own would be. */
function validMessage(): fc.Arbitrary<Record<string, unknown>> {
  const ids = fc.constantFrom(...room.ids.filter((id) => /^[0-9a-f-]{36}$/.test(id)));
  const stream = fc.oneof({ arbitrary: ids, weight: 2 }, { arbitrary: fc.uuid(), weight: 1 });
  const at = new Date().toISOString();
  const event = fc.record({
    kind: fc.constantFrom('record', 'record', 'dropped', 'activity', 'other'),
    seq: fc.oneof(
      { arbitrary: fc.integer({ min: 1, max: 9 }), weight: 12 },
      { arbitrary: fc.constantFrom(0, -1, 2 ** 31), weight: 1 },
    ),
    madeAt: fc.constantFrom(at, '1970-01-01T00:00:00Z', '9999-12-31T23:59:59Z', 'now'),
    question: fc.constantFrom('1', '2b', '', ' ', 'x'.repeat(65), '\0'),
    value: fc.oneof(
      fc.constantFrom(
        { t: 'int', v: 1 },
        { t: 'str', v: 'a\0' },
        { t: 'list', v: [], n: -1 },
        { t: 'image', mime: 'image/png', sha256: room.ids[5], n: 1, of: '' },
      ),
      hostileJson,
    ),
    count: fc.constant(1),
    what: fc.constant('cell-run'),
  });
  return fc.oneof(
    {
      arbitrary: fc.record({
        v: fc.constant(1),
        type: fc.constant('events'),
        id: fc.nat(5),
        batch: fc.record({
          v: fc.constant(1),
          stream,
          sentAt: fc.constant(at),
          events: fc.array(event, { minLength: 1, maxLength: 4 }),
        }),
      }),
      weight: 6,
    },
    {
      arbitrary: fc.constantFrom('active', 'idle').map((state) => ({ v: 1, type: 'presence', state, waiting: 0 })),
      weight: 1,
    },
    { arbitrary: fc.constant({ v: 1, type: 'ping', at: 1 }), weight: 1 },
  );
}

/** One field of it, at any depth, is something else, missing, or there twice. */
const mutated = (message: Record<string, unknown>): fc.Arbitrary<Record<string, unknown>> =>
  fc.tuple(fc.nat(30), hostileJson, fc.constantFrom('replace', 'remove')).map(([place, instead, how]) => {
    const copy = structuredClone(message);
    const fields: [Record<string, unknown>, string][] = [];
    const walk = (at: unknown): void => {
      if (typeof at !== 'object' || at === null) return;
      for (const key of Object.keys(at)) {
        fields.push([at as Record<string, unknown>, key]);
        walk((at as Record<string, unknown>)[key]);
      }
    };
    walk(copy);
    const [holder, key] = fields[place % fields.length]!;
    if (how === 'remove') Reflect.deleteProperty(holder, key);
    else holder[key] = instead;
    return copy;
  });

/** Mostly a greeting, then what is of the protocol, then perhaps what is not, which ends it. */
function conversation(): fc.Arbitrary<Say[]> {
  const valid = validMessage();
  const text = (message: unknown): Say => JSON.stringify(message);
  const hello = fc
    .constantFrom(...room.attackers)
    .map((one) => text({ v: 1, type: 'hello', as: { role: 'participant', token: one.token } }));
  const staff = fc.constantFrom(...room.ids).map((lab) => text({ v: 1, type: 'hello', as: { role: 'staff', lab } }));
  const wrong: fc.Arbitrary<Say> = fc.oneof(
    { arbitrary: valid.chain(mutated).map(text), weight: 8 },
    { arbitrary: fc.oneof(hello, staff), weight: 2 },
    { arbitrary: fc.uint8Array({ maxLength: 100 }), weight: 1 },
    { arbitrary: hostileText, weight: 1 },
    { arbitrary: hostileJson.map(text), weight: 1 },
    {
      arbitrary: fc.constantFrom(nested(50_000), `{"v":1,"type":"events","id":1,"batch":${nested(20_000)}}`, '{"v":1,'),
      weight: 1,
    },
  );
  return fc
    .tuple(
      fc.oneof(
        { arbitrary: hello, weight: 4 },
        { arbitrary: staff, weight: 1 },
        { arbitrary: valid.map(text), weight: 1 },
      ),
      fc.array(valid.map(text), { maxLength: 8 }),
      fc.array(wrong, { maxLength: 2 }),
    )
    .map(([first, then, last]) => [first, ...then, ...last]);
}

/** Says all of it at once on one socket; `patient`: the rest when the first was answered. @returns what the server said, when it has closed or is quiet */
async function converse(says: Say[], headers: Record<string, string>, patient = false): Promise<string[]> {
  const socket = new WebSocket(`${room.url.replace('http', 'ws')}/api/v1/live`, { headers });
  const heard: string[] = [];
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  const opened = await new Promise<boolean>((resolve) => {
    socket.once('open', () => resolve(true));
    socket.once('close', () => resolve(false));
  });
  if (!opened) return heard;
  // The answer to the last of them: everything before has been seen by then.
  const last = new Promise<void>((resolve) => {
    socket.on('message', (data: Buffer) => {
      heard.push(data.toString());
      if (heard.at(-1)?.includes('"at":424242')) resolve();
    });
  });
  const [first, ...rest] = says;
  if (first !== undefined) socket.send(first);
  if (patient) await Promise.race([closed, new Promise((resolve) => socket.once('message', resolve))]);
  for (const one of rest) socket.send(one);
  socket.send(JSON.stringify({ v: 1, type: 'ping', at: 424242 }));
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([closed, last, new Promise((resolve) => (timer = setTimeout(resolve, quietMs)))]);
  clearTimeout(timer);
  socket.close();
  await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 1_000))]);
  socket.terminate();
  return heard;
}

/** What a raw client does to the port. */
async function raw(act: (socket: ReturnType<typeof connect>) => void | Promise<void>): Promise<void> {
  const { hostname, port } = new URL(room.url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.once('connect', resolve));
  await act(socket);
}
const handshake = (headers = ''): string =>
  `GET /api/v1/live HTTP/1.1\r\nhost: ${new URL(room.url).host}\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n${headers}\r\n`;

describe('the live socket', () => {
  it('hears anything in any order, and tells nobody what is B’s', { timeout: fuzzTimeoutMs }, async () => {
    const heardOf = new Map<string, number>();
    const headers = fc.constantFrom(
      {},
      {},
      { cookie: room.stranger.cookie, origin: publicUrl },
      { cookie: room.assistant, origin: publicUrl },
      { origin: 'https://elsewhere.example' },
    );
    await fuzz(
      'the live socket',
      60,
      fc.asyncProperty(
        fc.array(fc.tuple(conversation(), headers, fc.constantFrom(true, true, false)), { minLength: 4, maxLength: 4 }),
        async (conversations) => {
          const all = await Promise.all(
            conversations.map(([says, given, patient]) => converse(says, given as Record<string, string>, patient)),
          );
          for (const text of all.flat()) {
            const { type, code } = JSON.parse(text) as { type: string; code?: string };
            const name = code === undefined ? type : `${type} ${code}`;
            heardOf.set(name, (heardOf.get(name) ?? 0) + 1);
            expect(text.includes(secret), `what is B’s was told: ${text.slice(0, 300)}`).toBe(false);
            expect(code, 'the database was there all the time').not.toBe('unavailable');
          }
        },
      ),
    );
    process.stdout.write(
      `${[...heardOf]
        .sort()
        .map(([name, times]) => `${name} ×${times}`)
        .join(', ')}\n`,
    );
    expect(heardOf.get('reply') ?? 0).toBeGreaterThan(0);
  });

  it('says that B’s stream is B’s, and keeps what B sent', async () => {
    const socket = await connectSocket(room.url);
    socket.say({ v: 1, type: 'hello', as: { role: 'participant', token: room.attackers[0]!.token } });
    await socket.hears('welcome');
    const at = new Date().toISOString();
    const event = { kind: 'record', seq: 1, madeAt: at, question: '1', value: { t: 'int', v: 666 } };
    socket.say({ v: 1, type: 'events', id: 1, batch: { v: 1, stream: room.ids[3]!, sentAt: at, events: [event] } });
    const { reply } = await socket.hears('reply');
    expect(reply).toMatchObject({ saved: [], refused: [{ seq: 1, code: 'not-yours' }] });
    await socket.close();
  });

  it('closes what says too much at once', { timeout: fuzzTimeoutMs }, async () => {
    const heard = await converse(['x'.repeat(limits.socketMessageBytes + 1)], {});
    expect(heard).toEqual([]);
    await converse([Buffer.alloc(limits.socketMessageBytes + 1)], {});
  });

  it(
    'outlives sockets that are reset at any moment, stay half-said or send no frame',
    { timeout: fuzzTimeoutMs },
    async () => {
      const moments: ((socket: ReturnType<typeof connect>) => void | Promise<void>)[] = [
        (socket) => void socket.write(handshake().slice(0, 60), () => socket.resetAndDestroy()),
        (socket) => void socket.write(handshake(), () => socket.resetAndDestroy()),
        (socket) => void socket.write(handshake(`cookie: ${room.stranger.cookie}\r\n`), () => socket.resetAndDestroy()),
        (socket) => void socket.write(handshake().replace('websocket', 'h2c'), () => socket.resetAndDestroy()),
        (socket) => void socket.write(handshake().replace('/live', '/%ff'), () => socket.resetAndDestroy()),
        async (socket) => {
          socket.write(handshake());
          await new Promise((resolve) => socket.once('data', resolve));
          // A frame that announces 2^63 bytes, one that is not masked, one of a reserved kind.
          for (const bytes of [
            [0x81, 0xff, 0x7f, 255, 255, 255, 255, 255, 255, 255],
            [0x81, 0x01, 0x41],
            [0xf3, 0x80, 0, 0, 0, 0],
          ]) {
            socket.write(Buffer.from(bytes));
          }
          await new Promise((resolve) => socket.once('close', resolve).resume());
        },
        async (socket) => {
          socket.write(handshake());
          await new Promise((resolve) => socket.once('data', resolve));
          socket.write(Buffer.from([0x81, 0xfe, 0x10]));
          socket.resetAndDestroy();
        },
      ];
      await fuzz(
        'sockets that break',
        25,
        fc.asyncProperty(fc.array(fc.constantFrom(...moments), { minLength: 5, maxLength: 5 }), async (acts) => {
          await Promise.all(acts.map(raw));
        }),
      );
      const socket = await connectSocket(room.url);
      socket.say({ v: 1, type: 'hello', as: { role: 'participant', token: room.attackers[1]!.token } });
      await socket.hears('welcome');
      await socket.close();
    },
  );

  it('answers a request for another protocol', async () => {
    let said = '';
    await raw(async (socket) => {
      socket.setEncoding('latin1').on('data', (text: string) => (said += text));
      socket.write(handshake().replace('websocket', 'h2c'));
      await new Promise((resolve) => socket.once('close', resolve));
    });
    expect(said).toContain('400 Bad Request');
  });

  it('serves others while a hundred sockets say nothing', { timeout: fuzzTimeoutMs }, async () => {
    // As many as a class: each is a socket that says nothing.
    const silent = await Promise.all(Array.from({ length: 100 }, () => connectSocket(room.url)));
    const socket = await connectSocket(room.url);
    socket.say({ v: 1, type: 'hello', as: { role: 'participant', token: room.attackers[2]!.token } });
    await socket.hears('welcome');
    await Promise.all([...silent, socket].map((one) => one.close()));
  });
});
