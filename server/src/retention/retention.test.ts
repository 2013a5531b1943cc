import { createHash, randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { blob, pageLink } from '@nbpulse/schema/db';
import { hour } from '@nbpulse/schema/wire';
import { openRetention } from './retention.js';
import { useClassroom } from '../../test/classroom.js';

const room = useClassroom();

it('forgets links to one’s own page a day after they expired, and not before', async () => {
  const { db } = room.database;
  const ada = await room.join('Ada');
  expect((await ada.request('POST', '/me/page')).status).toBe(201);
  const [link] = await db.select().from(pageLink).where(eq(pageLink.participantId, ada.participant));
  const left = () => db.$count(pageLink, eq(pageLink.participantId, ada.participant));
  await room.app.retention.sweep(new Date(link!.expiresAt.getTime() + 23 * hour));
  expect(await left()).toBe(1);
  await room.app.retention.sweep(new Date(link!.expiresAt.getTime() + 25 * hour));
  expect(await left()).toBe(0);
});

it('removes files without a use when it starts, a day after their last use went', async () => {
  const { db } = room.database;
  const put = async (unusedMs: number) => {
    const bytes = Buffer.from(randomUUID());
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    await room.app.blobs.put(bytes);
    await db
      .update(blob)
      .set({ unusedAt: new Date(Date.now() - unusedMs) })
      .where(eq(blob.sha256, sha256));
    return sha256;
  };
  const [old, fresh] = [await put(25 * hour), await put(23 * hour)];
  const nothing = () => undefined;
  const retention = openRetention({ db, blobs: room.app.blobs, announce: nothing, forgetLab: nothing });
  retention.start();
  await expect.poll(() => room.app.blobs.get(old), { timeout: 60_000 }).toBeNull();
  await retention.close();
  expect(await room.app.blobs.get(fresh)).not.toBeNull();
});
