/**
 * The blob store: bytes on disk named by their sha256, rows in the database that count who uses them.
 *
 * A blob is *unused* (row with `unusedAt`, since it was put or since its last use went), *used* (`unusedAt` null), or *gone*.
 * `put` first commits the row with a fresh `unusedAt`, then writes the file: the sweep, which deletes row and file while it holds
 * the row's lock, can therefore never take a file that somebody has just put. A file is whole or absent: temporary name, fsync, rename.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { and, eq, inArray, lt, notExists, sql } from 'drizzle-orm';
import { blob, blobUse } from '@nbpulse/schema/db';
import { day } from '@nbpulse/schema/wire';
import type { Database, Queryable } from '../database/index.js';

export interface BlobUse {
  sha256: string;
  ownerKind: (typeof blobUse.$inferInsert)['ownerKind'];
  ownerId: string;
  /** For whose disk use it counts. */
  labId: string | null;
}

export interface Blobs {
  /** Stores bytes; the same bytes twice are one blob. Until `use`, the sweep takes it after 24 h. */
  put(bytes: Uint8Array): Promise<{ sha256: string; bytes: number }>;
  /** The bytes, or null when there is no such blob. */
  get(sha256: string): Promise<Buffer | null>;
  /** Counts uses, in the transaction that writes the owner's row. Counting the same use again changes nothing. */
  use(tx: Queryable, uses: BlobUse[]): Promise<void>;
  /** Takes back all uses of these owners, in the transaction that removes them. */
  unuse(tx: Queryable, ownerKind: BlobUse['ownerKind'], ownerIds: string[]): Promise<void>;
  /** Takes back all uses that a lab counts: its content was deleted. */
  unuseLab(tx: Queryable, labId: string): Promise<void>;
  /** Removes what has been unused for `unusedMs` (default 24 h). Returns how many went. */
  sweep(unusedMs?: number): Promise<number>;
}

export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export function openBlobs(folder: string, db: Database): Blobs {
  const pathOf = (sha256: string): string => {
    if (!/^[0-9a-f]{64}$/.test(sha256)) throw new Error('a blob is named by 64 hexadecimal digits');
    return join(folder, sha256.slice(0, 2), sha256.slice(2, 4), sha256);
  };
  const noUse = notExists(
    db
      .select({ one: sql`1` })
      .from(blobUse)
      .where(eq(blobUse.sha256, blob.sha256)),
  );

  const takeBack = async (tx: Queryable, freed: { sha256: string }[]): Promise<void> => {
    const hashes = [...new Set(freed.map((row) => row.sha256))].sort();
    if (hashes.length === 0) return;
    await tx
      .update(blob)
      .set({ unusedAt: sql`now()` })
      .where(and(inArray(blob.sha256, hashes), noUse));
  };

  return {
    async put(bytes) {
      const sha256 = sha256Of(bytes);
      await db
        .insert(blob)
        .values({ sha256, bytes: bytes.byteLength, unusedAt: sql`now()` })
        .onConflictDoUpdate({
          target: blob.sha256,
          set: { unusedAt: sql`case when ${blob.unusedAt} is null then null else now() end` },
        });
      await writeWhole(pathOf(sha256), bytes);
      return { sha256, bytes: bytes.byteLength };
    },

    async get(sha256) {
      try {
        return await readFile(pathOf(sha256));
      } catch (error) {
        if (isMissing(error)) return null;
        throw error;
      }
    },

    async use(tx, uses) {
      if (uses.length === 0) return;
      await tx.insert(blobUse).values(uses).onConflictDoNothing();
      const hashes = [...new Set(uses.map((use) => use.sha256))].sort();
      await tx.update(blob).set({ unusedAt: null }).where(inArray(blob.sha256, hashes));
    },

    async unuse(tx, ownerKind, ownerIds) {
      if (ownerIds.length === 0) return;
      await takeBack(
        tx,
        await tx
          .delete(blobUse)
          .where(and(eq(blobUse.ownerKind, ownerKind), inArray(blobUse.ownerId, ownerIds)))
          .returning({ sha256: blobUse.sha256 }),
      );
    },

    async unuseLab(tx, labId) {
      await takeBack(
        tx,
        await tx.delete(blobUse).where(eq(blobUse.labId, labId)).returning({ sha256: blobUse.sha256 }),
      );
    },

    async sweep(unusedMs = 1 * day) {
      const before = new Date(Date.now() - unusedMs);
      const old = await db
        .select({ sha256: blob.sha256 })
        .from(blob)
        .where(and(lt(blob.unusedAt, before), noUse))
        .limit(10_000);
      let swept = 0;
      for (const { sha256 } of old) {
        swept += await db.transaction(async (tx) => {
          // Asked again under the row's lock: it may have been put or used since.
          const gone = await tx
            .delete(blob)
            .where(and(eq(blob.sha256, sha256), lt(blob.unusedAt, before), noUse))
            .returning({ sha256: blob.sha256 });
          if (gone.length > 0) await rm(pathOf(sha256), { force: true });
          return gone.length;
        });
      }
      return swept;
    },
  };
}

async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const known = await stat(path).catch((error: unknown) => {
    if (isMissing(error)) return null;
    throw error;
  });
  if (known?.size === bytes.byteLength) return;
  const folder = dirname(path);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const unfinished = `${path}.${randomUUID()}`;
  const file = await open(unfinished, 'wx', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  await rename(unfinished, path);
  // The name too must outlive a power cut: whoever put it is told that it is stored.
  const listing = await open(folder, 'r');
  await listing.sync().finally(() => listing.close());
}

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';
