import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { event } from '@nbpulse/schema/db';
import { limits, type EventBatch } from '@nbpulse/schema/wire';
import type { ParticipantCaller } from '../access/index.js';
import { useClassroom, type Student } from '../../test/classroom.js';
import { connectSocket } from '../../test/socket-client.js';
import { listen } from '../../test/listen.js';
import { openIngest, type IngestDeps } from './ingest.js';

describe('who sends much', () => {
  const room = useClassroom();
  const batchOf = (stream: string, from: number, count: number, text = 'x'): EventBatch => {
    const sentAt = new Date().toISOString();
    const events = Array.from({ length: count }, (_, index) => ({
      kind: 'record',
      seq: from + index,
      madeAt: sentAt,
      question: '1',
      value: { t: 'str', v: text },
    }));
    return { v: 1, stream, sentAt, events };
  };
  const callerOf = (who: Student, labId = room.lab.id): ParticipantCaller => ({
    kind: 'participant',
    participantId: who.participant,
    deviceId: `device of ${who.participant}`,
    labId,
    name: who.name,
  });
  const ingestWith = (more: Partial<IngestDeps> = {}) =>
    openIngest({ db: room.database.db, blobs: room.app.blobs, announce: () => undefined, ...more });
  const stored = (stream: string) => room.database.db.$count(event, eq(event.streamId, stream));

  it('waits for their own: a class beside a flooding device is answered before its flood is', async () => {
    const flooder = await room.join('Flooder');
    const others = await Promise.all(Array.from({ length: 30 }, (_, index) => room.join(`Student ${index}`)));
    const ingest = ingestWith();
    const flood = randomUUID();
    const answered: string[] = [];
    const flooding = Array.from({ length: 16 }, (_, index) =>
      ingest
        .take(callerOf(flooder), batchOf(flood, 1 + index * limits.batchEvents, limits.batchEvents))
        .then(() => answered.push('flood')),
    );
    const class_ = others.map((who) =>
      ingest.take(callerOf(who), batchOf(randomUUID(), 1, 1)).then(() => answered.push('student')),
    );
    await Promise.all([...flooding, ...class_]);
    // Behind at most two of its sixteen batches, though all of them came first.
    expect(answered.slice(0, answered.lastIndexOf('student')).filter((one) => one === 'flood').length).toBeLessThan(3);
    expect(await stored(flood)).toBe(16 * limits.batchEvents);
    await ingest.close();
  });

  it('is refused as a whole above a bound, with a time, and nothing of it is written; later all of it goes in, once', async () => {
    const ada = await room.join('Ada bounded');
    const [bob, eve] = [
      await room.join('Bob bounded'),
      await room.join('Eve elsewhere', await room.addLab('Elsewhere')),
    ];
    const size = 10_000;
    const text = 'x'.repeat(size);
    const cases: [NonNullable<IngestDeps['holds']>, { ada: number; bob: number }][] = [
      // A device is over its bound after two; what another one holds does not count for it.
      [
        { device: 1.5 * size, lab: 100 * size, all: 100 * size },
        { ada: 2, bob: 2 },
      ],
      // The lab's bound holds for both of its devices, in the order in which they came.
      [
        { device: 100 * size, lab: 2.5 * size, all: 100 * size },
        { ada: 3, bob: 0 },
      ],
      [
        { device: 100 * size, lab: 100 * size, all: 4.5 * size },
        { ada: 4, bob: 1 },
      ],
    ];
    for (const [holds, taken] of cases) {
      const ingest = ingestWith({ holds });
      const streams = { ada: randomUUID(), bob: randomUUID() };
      const send = (who: Student, stream: string) =>
        Promise.all(
          Array.from({ length: 4 }, (_, index) => ingest.take(callerOf(who), batchOf(stream, 1 + index, 1, text))),
        );
      const [adas, bobs] = await Promise.all([send(ada, streams.ada), send(bob, streams.bob)]);
      for (const [answers, stream, count] of [
        [adas, streams.ada, taken.ada],
        [bobs, streams.bob, taken.bob],
      ] as const) {
        expect(answers.filter((answer) => 'reply' in answer)).toHaveLength(count);
        const refusals = answers.flatMap((answer) => ('refused' in answer ? [answer.refused] : []));
        for (const refusal of refusals) {
          expect(refusal.code).toBe('too-fast');
          expect(refusal.retryAfterMs).toBeGreaterThan(0);
        }
        expect(await stored(stream)).toBe(count);
      }
      // All was answered: there is room again, and what was refused goes in.
      for (let seq = 1; seq <= 4; seq++)
        expect(await ingest.take(callerOf(ada), batchOf(streams.ada, seq, 1, text))).toHaveProperty('reply');
      expect(await stored(streams.ada)).toBe(4);
      await ingest.close();
    }
    // A full lab leaves room for another one.
    const ingest = ingestWith({ holds: { device: 100 * size, lab: 0.5 * size, all: 100 * size } });
    const [first, second, other] = await Promise.all([
      ingest.take(callerOf(ada), batchOf(randomUUID(), 1, 1, text)),
      ingest.take(callerOf(bob), batchOf(randomUUID(), 1, 1, text)),
      ingest.take(callerOf(eve, await labOf(eve)), batchOf(randomUUID(), 1, 1, text)),
    ]);
    expect([first, second, other].map((answer) => 'reply' in answer)).toEqual([true, false, true]);
    await ingest.close();
  });

  const labOf = async (who: Student): Promise<string> =>
    ((await (await who.get('/me')).json()) as { lab: { id: string } }).lab.id;

  it('is told on its socket for which batch and for how long, and over HTTP by retry-after; then nothing is lost', async () => {
    const server = await listen(room.app);
    const ada = await room.join('Ada fast');
    const socket = await connectSocket(server.url);
    socket.say({ v: 1, type: 'hello', as: { role: 'participant', token: ada.token } });
    await socket.hears('welcome');
    const stream = randomUUID();
    const batches = limits.deviceEventsBurst / limits.batchEvents + 1;
    const say = (id: number) => {
      const batch = batchOf(stream, 1 + (id - 1) * limits.batchEvents, limits.batchEvents);
      socket.say({ v: 1, type: 'events', id, batch });
    };
    const answer = (id: number) => (message: { id?: number | undefined }) => message.id === id;
    let refused: number | null = null;
    for (let id = 1; refused === null && id <= 3 * batches; id++) {
      say(id);
      await expect
        .poll(() => socket.heard.some((message) => 'id' in message && message.id === id), { timeout: 60_000 })
        .toBe(true);
      const found = socket.heard.find((message) => message.type === 'refused' && message.id === id);
      if (found?.type !== 'refused') continue;
      expect(found).toMatchObject({ code: 'too-fast', retryAfterMs: expect.any(Number) });
      expect(found.retryAfterMs).toBeGreaterThan(0);
      refused = id;
      // Nothing of it was written, and the socket is as good as before.
      expect(await stored(stream)).toBe((id - 1) * limits.batchEvents);
      expect(socket.closedWith).toBeNull();
      const overHttp = await ada.post(`/labs/${room.lab.id}/events`, batchOf(stream, 1_000_001, limits.batchEvents));
      expect(overHttp.status).toBe(429);
      const waitMs = ((await overHttp.json()) as { retryAfterMs: number }).retryAfterMs;
      expect(Number(overHttp.headers.get('retry-after'))).toBe(Math.ceil(waitMs / 1000));
      // The time that it named is enough.
      const sayAgainAt = Date.now() + (found.retryAfterMs ?? 0);
      await expect.poll(() => Date.now(), { timeout: 60_000 }).toBeGreaterThan(sayAgainAt);
      socket.heard.length = 0;
      say(id);
      const reply = await socket.hears('reply', answer(id));
      expect(reply.reply.saved).toHaveLength(limits.batchEvents);
      expect(await stored(stream)).toBe(id * limits.batchEvents);
    }
    expect(refused).not.toBeNull();
    await socket.close();
    await server.goAway();
  }, 180_000);
});
