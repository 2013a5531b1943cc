/** Participants become *erased*: their names and return codes go, their devices end, pages see it; content follows (erase-content). */
import { and, eq, inArray, isNull, notExists, sql } from 'drizzle-orm';
import { device, pageLink, participant, person, staffNote } from '@nbpulse/schema/db';
import type { Change } from '@nbpulse/schema/wire';
import { nextRev, type Queryable } from '../database/index.js';
import { participantView } from '../views/index.js';

export interface Marked {
  labId: string;
  rev: number;
  changes: Change[];
  deviceIds: string[];
}

/** Participants of one lab, in the caller's transaction. Those that are erased already are left as they are. */
export async function markErased(tx: Queryable, labId: string, participants: string[]): Promise<Marked> {
  const rev = await nextRev(tx, labId);
  const rows = await tx
    .update(participant)
    .set({
      name: '',
      nameKey: sql`${participant.id}::text`,
      returnCode: '',
      sendingOffAt: null,
      erasedAt: sql`now()`,
      rev,
    })
    .where(and(eq(participant.labId, labId), inArray(participant.id, participants), isNull(participant.erasedAt)))
    .returning();
  const ids = rows.map((row) => row.id);
  // Of a device only its token's sha256 stays, so that whoever holds the token is told what happened.
  const devices = await tx
    .update(device)
    .set({ label: '', revokedAt: sql`coalesce(${device.revokedAt}, now())` })
    .where(inArray(device.participantId, ids))
    .returning({ id: device.id });
  await tx.delete(pageLink).where(inArray(pageLink.participantId, ids));
  await tx.delete(staffNote).where(inArray(staffNote.participantId, ids));
  const others = tx
    .select({ one: sql`1` })
    .from(participant)
    .where(and(eq(participant.personId, person.id), isNull(participant.erasedAt)));
  await tx
    .update(person)
    .set({ name: '', erasedAt: sql`now()` })
    .where(
      and(
        inArray(
          person.id,
          rows.map((row) => row.personId),
        ),
        isNull(person.erasedAt),
        notExists(others),
      ),
    );
  return {
    labId,
    rev,
    changes: rows.map((row): Change => ({ kind: 'participant', rev, participant: participantView(row) })),
    deviceIds: devices.map((row) => row.id),
  };
}
