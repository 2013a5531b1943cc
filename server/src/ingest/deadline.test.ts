import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { event, lab } from '@nbpulse/schema/db';
import type { EventBatch } from '@nbpulse/schema/wire';
import { useClassroom } from '../../test/classroom.js';
import { openIngest } from './ingest.js';

const room = useClassroom();

it('answers a group that takes too long, and what waits behind it; what is sent again is there once', async () => {
  const { db } = room.database;
  const ada = await room.join('Ada');
  let late = 0;
  const ingest = openIngest({
    db,
    blobs: room.app.blobs,
    announce: () => undefined,
    onLate: () => (late += 1),
    groupWithinMs: 150,
  });
  const caller = {
    kind: 'participant',
    participantId: ada.participant,
    deviceId: 'a device',
    labId: room.lab.id,
    name: 'Ada',
  } as const;
  const stream = randomUUID();
  const batch = (seq: number): EventBatch => {
    const sentAt = new Date().toISOString();
    const record = { kind: 'record', seq, madeAt: sentAt, question: '1', value: { t: 'int', v: seq } };
    return { v: 1, stream, sentAt, events: [record] };
  };

  // Somebody holds the lab's row: for this writer the database says nothing.
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  let hold: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (hold = resolve));
  const holding = db.transaction(async (tx) => {
    await tx.select().from(lab).where(eq(lab.id, room.lab.id)).for('update');
    hold();
    await released;
  });
  await held;
  const first = batch(1);
  const writing = ingest.take(caller, first);
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
  const second = batch(2);
  const answers = await Promise.all([writing, ingest.take(caller, second)]);
  expect(answers).toMatchObject([{ refused: { code: 'unavailable' } }, { refused: { code: 'unavailable' } }]);
  expect(late).toBe(1);

  release();
  await holding;
  const again = await Promise.all([ingest.take(caller, first), ingest.take(caller, second)]);
  expect(again).toMatchObject([{ reply: { saved: [1] } }, { reply: { saved: [2] } }]);
  const rows = await db.select().from(event).where(eq(event.streamId, stream)).orderBy(event.seq);
  expect(rows.map((row) => row.seq)).toEqual([1, 2]);
  await ingest.close();
});
