/** A participant switches sending off or on: staff see it in the lab's log, their other devices hear of it. */
import { eq, sql } from 'drizzle-orm';
import { participant } from '@nbpulse/schema/db';
import type { ParticipantCaller } from '../access/index.js';
import { nextRev, type Announce, type Database } from '../database/index.js';
import { participantView } from '../views/index.js';

/** Switching it to what it is changes nothing: the first moment of "off" decides which records stay on their side. */
export async function switchSending(
  { db, announce }: { db: Database; announce: Announce },
  { labId, participantId }: ParticipantCaller,
  sending: boolean,
): Promise<void> {
  const done = await db.transaction(async (tx) => {
    // The lab first, as every writer: two devices that switch at once take turns.
    const rev = await nextRev(tx, labId);
    const [before] = await tx
      .select({ offAt: participant.sendingOffAt })
      .from(participant)
      .where(eq(participant.id, participantId));
    if (!before || (before.offAt === null) === sending) return { rev, row: null };
    const [row] = await tx
      .update(participant)
      .set({ rev, sendingOffAt: sending ? null : sql`clock_timestamp()` })
      .where(eq(participant.id, participantId))
      .returning();
    return { rev, row: row ?? null };
  });
  // The room tells their devices, in each server process, when this change comes by.
  const changes = done.row
    ? [{ kind: 'participant' as const, rev: done.rev, participant: participantView(done.row) }]
    : [];
  announce(labId, done.rev, changes);
}

/** Null when there is no such participant. */
export async function isSending(db: Database, participantId: string): Promise<boolean | null> {
  const [row] = await db
    .select({ offAt: participant.sendingOffAt })
    .from(participant)
    .where(eq(participant.id, participantId));
  return row ? row.offAt === null : null;
}
