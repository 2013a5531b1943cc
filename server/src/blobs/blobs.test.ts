import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blob } from '@nbpulse/schema/db';
import { useDatabase } from '../../test/database.js';
import { openDatabase, type OpenDatabase } from '../database/index.js';
import { openBlobs, type Blobs } from './blobs.js';

describe('the blob store', () => {
  const test = useDatabase();
  let database: OpenDatabase;
  let folder: string;
  let blobs: Blobs;
  beforeAll(async () => {
    database = openDatabase(test.url, 8);
    folder = await mkdtemp(join(tmpdir(), 'nbpulse-blobs-'));
    blobs = openBlobs(folder, database.db);
  });
  afterAll(async () => {
    await database.close();
    await rm(folder, { recursive: true });
  });

  const text = (words: string) => Buffer.from(`${words} ${randomUUID()}`);
  const files = async () =>
    (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const age = (sha256: string) =>
    database.db
      .update(blob)
      .set({ unusedAt: sql`now() - interval '25 hours'` })
      .where(eq(blob.sha256, sha256));
  const use = (sha256: string, ownerId = randomUUID()) =>
    blobs.use(database.db, [{ sha256, ownerKind: 'run', ownerId, labId: null }]).then(() => ownerId);

  it('gives back what was put, under the name of its content', async () => {
    const bytes = text('hello');
    const { sha256 } = await blobs.put(bytes);
    expect(sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect(await blobs.get(sha256)).toEqual(bytes);
    expect(await blobs.get('0'.repeat(64))).toBeNull();
    const path = join(folder, sha256.slice(0, 2), sha256.slice(2, 4), sha256);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('refuses a name that is none', async () => {
    await expect(blobs.get('../../etc/passwd')).rejects.toThrow('64 hexadecimal digits');
  });

  it('keeps the same bytes once, also when many put them at the same time', async () => {
    const bytes = text('same');
    const before = (await files()).length;
    const puts = await Promise.all(Array.from({ length: 10 }, () => blobs.put(bytes)));
    expect(new Set(puts.map((put) => put.sha256)).size).toBe(1);
    expect((await files()).length).toBe(before + 1);
    expect(await blobs.get(puts[0]!.sha256)).toEqual(bytes);
  });

  it('sweeps what nobody has used for a day, and nothing else', async () => {
    const [old, fresh, used, freed] = await Promise.all(
      ['old', 'fresh', 'used', 'freed'].map((words) => blobs.put(text(words))),
    );
    await use(used!.sha256);
    const owner = await use(freed!.sha256);
    await blobs.unuse(database.db, 'run', [owner]);
    await Promise.all([old, freed].map((one) => age(one!.sha256)));
    expect(await blobs.sweep()).toBe(2);
    const there = await Promise.all(
      [old, fresh, used, freed].map(async (one) => (await blobs.get(one!.sha256)) !== null),
    );
    expect(there).toEqual([false, true, true, false]);
  });

  it('counts uses: the last to go frees the blob', async () => {
    const { sha256 } = await blobs.put(text('shared'));
    const owners = [await use(sha256), await use(sha256)];
    const unusedAt = async () => (await database.db.select().from(blob).where(eq(blob.sha256, sha256)))[0]?.unusedAt;
    await blobs.unuse(database.db, 'run', [owners[0]!]);
    expect(await unusedAt()).toBeNull();
    await blobs.unuse(database.db, 'run', [owners[1]!]);
    expect(await unusedAt()).toBeInstanceOf(Date);
  });

  it('never loses what is put again while it is being swept', async () => {
    for (let round = 0; round < 20; round++) {
      const bytes = text('race');
      const { sha256 } = await blobs.put(bytes);
      await age(sha256);
      const [, put] = await Promise.all([blobs.sweep(), blobs.put(bytes)]);
      await use(put.sha256);
      expect(await blobs.get(sha256)).toEqual(bytes);
    }
  });

  it('takes a use back with its transaction', async () => {
    const { sha256 } = await blobs.put(text('rolled back'));
    await expect(
      database.db.transaction(async (tx) => {
        await blobs.use(tx, [{ sha256, ownerKind: 'run', ownerId: randomUUID(), labId: null }]);
        throw new Error('on purpose');
      }),
    ).rejects.toThrow('on purpose');
    await age(sha256);
    await blobs.sweep();
    expect(await blobs.get(sha256)).toBeNull();
  });
});
