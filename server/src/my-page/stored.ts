/** What is stored about a participant besides records and submissions, as lists that they can read. */
import { and, desc, eq, isNull, ne, sql } from 'drizzle-orm';
import { checkpoint, device, event, eventConflict, stream } from '@nbpulse/schema/db';
import type { MyCheckpoint, MyDevice, MyOtherEvent } from '@nbpulse/schema/wire';
import type { Database } from '../database/index.js';

export interface Page {
  limit: number;
  offset: number;
}

/** Activity, drops and conflicts, newest received first. */
export async function otherEvents(db: Database, participantId: string, page: Page): Promise<MyOtherEvent[]> {
  // Each of the two gives as many as the page may need of it; the page is cut from both together.
  const most = page.offset + page.limit;
  const [events, conflicts] = await Promise.all([
    db
      .select()
      .from(event)
      .where(and(eq(event.participantId, participantId), ne(event.kind, 'record'), isNull(event.deletedAt)))
      .orderBy(desc(event.receivedAt), desc(event.madeAt), desc(event.seq))
      .limit(most),
    db
      .select({ stream: eventConflict.streamId, seq: eventConflict.seq, receivedAt: eventConflict.receivedAt })
      .from(eventConflict)
      .innerJoin(stream, eq(stream.id, eventConflict.streamId))
      .where(eq(stream.participantId, participantId))
      .orderBy(desc(eventConflict.receivedAt))
      .limit(most),
  ]);
  return [
    ...events.flatMap((row) => otherEventOf(row) ?? []),
    ...conflicts.map((row): MyOtherEvent => ({ kind: 'conflict', ...row, receivedAt: row.receivedAt.toISOString() })),
  ]
    .sort((a, b) => (a.receivedAt < b.receivedAt ? 1 : a.receivedAt > b.receivedAt ? -1 : 0))
    .slice(page.offset, most);
}

/** Null for a record. */
export function otherEventOf(row: typeof event.$inferSelect): MyOtherEvent | null {
  const times = { id: row.id, madeAt: row.madeAt.toISOString(), receivedAt: row.receivedAt.toISOString() };
  switch (row.kind) {
    case 'activity': {
      const { what, error } = row.body as { what: 'cell-run' | 'error'; error?: string | null };
      return { kind: 'activity', ...times, what, question: row.questionKey, cell: row.cell, error: error ?? null };
    }
    case 'dropped': {
      const { count } = row.body as { count: number };
      return { kind: 'dropped', ...times, question: row.questionKey ?? '', count };
    }
    case 'record':
      return null;
    default:
      return row.kind satisfies never;
  }
}

export async function ownCheckpoints(db: Database, participantId: string): Promise<MyCheckpoint[]> {
  const rows = await db
    .select({
      id: checkpoint.id,
      madeAt: checkpoint.madeAt,
      receivedAt: checkpoint.receivedAt,
      sha256: checkpoint.sha256,
      bytes: checkpoint.bytes,
    })
    .from(checkpoint)
    .where(and(eq(checkpoint.participantId, participantId), isNull(checkpoint.deletedAt)))
    .orderBy(desc(checkpoint.receivedAt), desc(checkpoint.rev));
  return rows.map((row) => ({ ...row, madeAt: row.madeAt.toISOString(), receivedAt: row.receivedAt.toISOString() }));
}

export async function ownDevices(db: Database, participantId: string, currentId: string | null): Promise<MyDevice[]> {
  const rows = await db
    .select({
      id: device.id,
      kind: device.kind,
      label: device.label,
      createdAt: device.createdAt,
      lastUsedAt: device.lastUsedAt,
      revokedAt: device.revokedAt,
      current: sql<boolean>`${device.id} is not distinct from ${currentId}::uuid`,
    })
    .from(device)
    .where(eq(device.participantId, participantId))
    .orderBy(desc(device.createdAt));
  return rows.map((row) => ({
    ...row,
    createdAt: row.createdAt.toISOString(),
    lastUsedAt: row.lastUsedAt.toISOString(),
    revokedAt: row.revokedAt?.toISOString() ?? null,
  }));
}
