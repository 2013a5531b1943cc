import { createHash, randomUUID } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { blobUse, event, eventConflict, lab } from '@nbpulse/schema/db';
import { batchReply, limits, type BatchReply, type Value } from '@nbpulse/schema/wire';
import { reportFaultsTo } from '../http/index.js';
import { useClassroom, type Student } from '../../test/classroom.js';

describe('sending events', () => {
  const room = useClassroom();
  const at = (offsetMs = 0) => new Date(Date.now() + offsetMs).toISOString();
  const record = (seq: number, value: unknown, more: Record<string, unknown> = {}) => ({
    kind: 'record',
    seq,
    madeAt: at(),
    question: '1',
    value,
    ...more,
  });
  const int = (v: number): Value => ({ t: 'int', v });

  async function send(who: Student, stream: string, events: unknown[], more: Record<string, unknown> = {}) {
    return who.post(`/labs/${room.lab.id}/events`, { v: 1, stream, sentAt: at(), events, ...more });
  }
  async function saved(who: Student, stream: string, events: unknown[]): Promise<BatchReply> {
    const response = await send(who, stream, events);
    expect(response.status).toBe(200);
    return batchReply.parse(await response.json());
  }
  const stored = (stream: string) =>
    room.database.db.select().from(event).where(eq(event.streamId, stream)).orderBy(event.seq);

  it('answers with the numbers that are committed', async () => {
    const ada = await room.join('Ada');
    const stream = randomUUID();
    const reply = await saved(ada, stream, [
      record(1, int(5)),
      record(2, { t: 'str', v: 'hi' }),
      record(3, { t: 'float', v: 'nan' }),
    ]);
    expect(reply).toMatchObject({ stream, saved: [1, 2, 3], refused: [] });
    const rows = await stored(stream);
    expect(rows.map((row) => row.summary)).toEqual(['5', 'hi', 'nan']);
    expect(new Set(rows.map((row) => row.rev)).size).toBe(1);
  });

  it('takes the same event twice as one, and says saved both times', async () => {
    const ada = await room.join('Ada twice');
    const stream = randomUUID();
    const same = record(1, int(5));
    await saved(ada, stream, [same]);
    // Keys in another order: a page rebuilt the event.
    const rebuilt = Object.fromEntries(Object.entries(same).reverse());
    expect((await saved(ada, stream, [rebuilt, same])).saved).toEqual([1, 1]);
    expect(await stored(stream)).toHaveLength(1);
  });

  it('keeps another body under a taken number beside the first, and refuses it', async () => {
    const ada = await room.join('Ada conflict');
    const stream = randomUUID();
    await saved(ada, stream, [record(1, int(5))]);
    const reply = await saved(ada, stream, [record(1, int(6)), record(2, int(7))]);
    expect(reply.saved).toEqual([2]);
    expect(reply.refused).toMatchObject([{ seq: 1, code: 'conflict' }]);
    expect((await stored(stream)).map((row) => row.body)).toEqual([int(5), int(7)]);
    const kept = await room.database.db.select().from(eventConflict).where(eq(eventConflict.streamId, stream));
    expect(kept.map((row) => row.body)).toEqual([int(6)]);
  });

  it('refuses a stream of somebody else', async () => {
    const [ada, bob] = [await room.join('Ada owner'), await room.join('Bob thief')];
    const stream = randomUUID();
    await saved(ada, stream, [record(1, int(1))]);
    expect((await saved(bob, stream, [record(2, int(2))])).refused).toMatchObject([{ seq: 2, code: 'not-yours' }]);
    expect(await stored(stream)).toHaveLength(1);
  });

  it('judges each event alone: a bad one never fails its neighbours', async () => {
    const ada = await room.join('Ada bad rows');
    const stream = randomUUID();
    const deep: unknown = Array.from({ length: 200 }).reduce<unknown>(
      (inner) => ({ t: 'list', v: [inner], n: 1 }),
      int(1),
    );
    const reply = await saved(ada, stream, [
      record(1, int(1)),
      record(2, { t: 'no such tag' }),
      record(3, int(1), { question: 'x'.repeat(10_000) }),
      record(4, { t: 'str', v: 'a\0b' }),
      record(5, { t: 'str', v: 'half \ud800 pair' }),
      record(6, deep),
      record(7, int(1), { madeAt: 'yesterday' }),
      record(8, { t: 'str', v: 'a\\0b', esc: true }),
      { kind: 'unheard-of', seq: 9 },
      record(10, int(10)),
    ]);
    expect(reply.saved).toEqual([1, 8, 10]);
    expect(reply.refused.map((one) => [one.seq, one.code])).toEqual(
      [2, 3, 4, 5, 6, 7, 9].map((seq) => [seq, 'invalid']),
    );
  });

  it('refuses alone what is nested so deep that no stack holds it', async () => {
    const eve = await room.join('Eve deep');
    const levels = 50_000;
    const batch = {
      v: 1,
      stream: randomUUID(),
      sentAt: at(),
      events: [record(1, int(1)), record(2, 'DEEP'), record(3, int(3))],
    };
    const text = JSON.stringify(batch).replace('"DEEP"', '['.repeat(levels) + ']'.repeat(levels));
    const response = await eve.request('POST', `/labs/${room.lab.id}/events`, {
      bytes: new TextEncoder().encode(text),
      headers: { 'content-type': 'application/json' },
    });
    expect(response.status).toBe(200);
    const reply = batchReply.parse(await response.json());
    expect(reply).toMatchObject({ saved: [1, 3], refused: [{ seq: 2, code: 'invalid' }] });
  });

  it('writes the rest when the database refuses one row', async () => {
    const reports: string[] = [];
    const restore = reportFaultsTo((line) => reports.push(line));
    // A rule of the database that the schema knows nothing of stands for whatever it may refuse one day.
    const { db } = room.database;
    await db.execute(sql`alter table event add constraint no_thirteens check (body <> '{"t": "int", "v": 13}'::jsonb)`);
    const ada = await room.join('Ada thirteen');
    const stream = randomUUID();
    const reply = await saved(
      ada,
      stream,
      [11, 12, 13, 14, 15].map((v, index) => record(index + 1, int(v))),
    ).finally(() => db.execute(sql`alter table event drop constraint no_thirteens`).finally(restore));
    expect(reports).toHaveLength(1);
    expect(reply.saved).toEqual([1, 2, 4, 5]);
    expect(reply.refused).toMatchObject([{ seq: 3, code: 'invalid' }]);
    expect((await stored(stream)).map((row) => row.summary)).toEqual(['11', '12', '14', '15']);
  });

  it('refuses a value over the limit, and says how large it is', async () => {
    const ada = await room.join('Ada large');
    const stream = randomUUID();
    const reply = await saved(ada, stream, [
      record(1, { t: 'str', v: 'x'.repeat(limits.valueBytes) }),
      record(2, int(2)),
    ]);
    expect(reply.saved).toEqual([2]);
    expect(reply.refused).toMatchObject([{ seq: 1, code: 'too-large', message: expect.stringContaining('1.0 MB') }]);
  });

  it('refuses a batch over the limit before it reads all of it', async () => {
    const ada = await room.join('Ada huge');
    const response = await send(ada, randomUUID(), [record(1, { t: 'str', v: 'x'.repeat(limits.batchBytes) })]);
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ error: 'too-large', message: expect.stringContaining('4 MiB') });
  });

  it('refuses a batch with an event that has no number, as a whole', async () => {
    const ada = await room.join('Ada unnumbered');
    const stream = randomUUID();
    const response = await send(ada, stream, [record(1, int(1)), { kind: 'record' }]);
    expect(response.status).toBe(400);
    expect(await stored(stream)).toEqual([]);
  });

  it('stores a picture as a blob and keeps only its hash', async () => {
    const ada = await room.join('Ada picture');
    const stream = randomUUID();
    const bytes = Buffer.from('not really a png, which nobody looks at');
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const image = { t: 'image', mime: 'image/png', of: 'PIL.Image', n: bytes.byteLength, sha256 };
    const b64 = bytes.toString('base64');
    const reply = await saved(ada, stream, [
      record(1, { ...image, b64 }),
      record(2, { ...image, b64: Buffer.from('other bytes').toString('base64') }),
      record(3, { t: 'list', n: 1, v: [{ ...image, b64 }] }),
      record(4, image),
    ]);
    expect(reply.saved).toEqual([1, 3]);
    expect(reply.refused.map((one) => one.seq)).toEqual([2, 4]);
    const rows = await stored(stream);
    expect(rows[0]?.body).toEqual(image);
    expect(await room.app.blobs.get(sha256)).toEqual(bytes);
    const uses = await room.database.db.select().from(blobUse).where(eq(blobUse.sha256, sha256));
    expect(new Set(uses.map((use) => use.ownerId))).toEqual(new Set(rows.map((row) => row.id)));

    const served = await ada.get(`/me/blobs/${sha256}`);
    expect(Buffer.from(await served.arrayBuffer())).toEqual(bytes);
    expect(served.headers.get('content-type')).toBe('image/png');
    expect(served.headers.get('content-security-policy')).toContain('sandbox');
    expect(served.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('gives equal answers equal hashes', async () => {
    const ada = await room.join('Ada equal');
    const stream = randomUUID();
    const two: Value[] = [
      int(2),
      { t: 'float', v: 2 },
      { t: 'int', v: 2, dtype: 'int64' },
      { t: 'complex', re: 2, im: 0 },
    ];
    await saved(
      ada,
      stream,
      two.map((value, index) => record(index + 1, value)),
    );
    expect(new Set((await stored(stream)).map((row) => row.answerHash)).size).toBe(1);
  });

  it('moves the client’s clock onto ours, never past the receipt, never back within a stream', async () => {
    const ada = await room.join('Ada clock');
    const stream = randomUUID();
    const slowMs = 3_600_000;
    const before = Date.now();
    const response = await send(
      ada,
      stream,
      [
        record(1, int(1), { madeAt: at(-slowMs - 60_000) }),
        record(2, int(2), { madeAt: at(-slowMs - 120_000) }),
        record(3, int(3), { madeAt: at(slowMs) }),
      ],
      { sentAt: at(-slowMs) },
    );
    expect(response.status).toBe(200);
    const [first, second, third] = await stored(stream);
    expect(Math.abs(first!.madeAt.getTime() - (before - 60_000))).toBeLessThan(30_000);
    expect(second!.madeAt).toEqual(first!.madeAt);
    expect(third!.madeAt).toEqual(third!.receivedAt);
  });

  it('keeps a stream in the order of its numbers, whatever order they arrive in and however the skews differ', async () => {
    const ada = await room.join('Ada reloads');
    const stream = randomUUID();
    const made = (seq: number) => record(seq, int(seq), { madeAt: at(-10_000 + seq * 10) });
    await send(ada, stream, [made(1), made(2)], { sentAt: at(-50) });
    // The reloaded page sends what is new first; the gap follows, in batches that were long on their way.
    await send(ada, stream, [made(6), made(7)], { sentAt: at(-20) });
    await send(ada, stream, [made(4), made(3)], { sentAt: at(-3_000) });
    await send(ada, stream, [made(5), made(8)], { sentAt: at(-5_000) });
    const rows = await stored(stream);
    expect(rows.map((row) => row.seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    const inTime = [...rows].sort((a, b) => a.madeAt.getTime() - b.madeAt.getTime() || a.seq - b.seq);
    expect(inTime.map((row) => row.seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('accepts late what was made before the lab closed, refuses what was made after, and takes it when it reopens', async () => {
    const closing = await room.addLab('Closing lab');
    const ada = await room.join('Ada', closing);
    const stream = randomUUID();
    const post = async (events: unknown[]) =>
      batchReply.parse(
        await (await ada.post(`/labs/${closing.id}/events`, { v: 1, stream, sentAt: at(), events })).json(),
      );
    const early = record(1, int(1), { madeAt: at(-5_000) });
    await room.owner.request('PATCH', `/labs/${closing.id}`, { json: { status: 'closed' } });
    // An instant later than the close, whatever the clocks' grain.
    await expect.poll(() => Date.now()).toBeGreaterThan(Date.parse(await closedAt(closing.id)) + 5);
    const after = record(2, int(2));
    const reply = await post([early, after]);
    expect(reply.saved).toEqual([1]);
    expect(reply.refused).toMatchObject([{ seq: 2, code: 'lab-closed' }]);
    expect((await stored(stream)).map((row) => row.late)).toEqual([true]);

    await room.owner.request('PATCH', `/labs/${closing.id}`, { json: { status: 'open' } });
    expect((await post([early, after])).saved).toEqual([1, 2]);
    expect((await stored(stream)).map((row) => row.late)).toEqual([true, false]);
  });

  const closedAt = async (id: string) => {
    const [row] = await room.database.db.select({ at: lab.closedAt }).from(lab).where(eq(lab.id, id));
    return row!.at!.toISOString();
  };

  it('answers 410 once the lab is deleted, and nothing of its content is left', async () => {
    const doomed = await room.addLab('Doomed lab');
    const ada = await room.join('Ada', doomed);
    const stream = randomUUID();
    const batch = { v: 1, stream, sentAt: at(), events: [record(1, int(1))] };
    expect((await ada.post(`/labs/${doomed.id}/events`, batch)).status).toBe(200);
    const gone = await room.owner.request('DELETE', `/labs/${doomed.id}`, { json: { joinCode: doomed.joinCode } });
    expect(gone.status).toBe(204);
    const response = await ada.post(`/labs/${doomed.id}/events`, batch);
    expect([response.status, ((await response.json()) as { error: string }).error]).toEqual([410, 'lab-deleted']);
    expect(await stored(stream)).toEqual([]);
    const [row] = await room.database.db.select().from(lab).where(eq(lab.id, doomed.id));
    expect(row?.deletedAt).toBeInstanceOf(Date);
    expect(row?.deletedBy).toBe('owner');
  });

  it('lets a burst of the journal’s size through, then tells a device to slow down', async () => {
    const ada = await room.join('Ada flood');
    const stream = randomUUID();
    const batch = Array.from({ length: limits.batchEvents }, (_, index) => index + 1);
    let number = 0;
    let refused: Response | undefined;
    while (refused === undefined && number < 100) {
      const response = await send(
        ada,
        stream,
        batch.map((seq) => record(number * limits.batchEvents + seq, int(seq))),
      );
      if (response.status === 200) number++;
      else refused = response;
    }
    expect(number * limits.batchEvents).toBeGreaterThanOrEqual(limits.deviceEventsBurst - limits.batchEvents);
    expect(refused?.status).toBe(429);
    expect(await refused?.json()).toMatchObject({ error: 'too-fast', retryAfterMs: expect.any(Number) });
  });

  it('places new questions naturally among the declared ones', async () => {
    const created = (await (
      await room.owner.post(`/courses/${room.course}/labs`, {
        name: 'Ordered',
        questions: [{ key: 'warm-up' }, { key: '2' }, { key: '10' }],
      })
    ).json()) as { id: string; joinCode: string };
    await room.owner.request('PATCH', `/labs/${created.id}`, { json: { status: 'open' } });
    const ada = await room.join('Ada', created);
    const events = ['11', '2b', '2a', '3', 'zebra'].map((question, index) => record(index + 1, int(1), { question }));
    await ada.post(`/labs/${created.id}/events`, { v: 1, stream: randomUUID(), sentAt: at(), events });
    const state = (await (await room.owner.get(`/labs/${created.id}/state`)).json()) as {
      questions: { key: string }[];
    };
    expect(state.questions.map((one) => one.key)).toEqual(['warm-up', '2', '2a', '2b', '3', '10', '11', 'zebra']);
  });
});
