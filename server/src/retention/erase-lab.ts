/** A lab whose erase date has come: it is marked first, so that nothing more comes in, then its participants are erased in batches. */
import { and, eq, isNotNull, isNull, lte, or, sql } from 'drizzle-orm';
import { lab, participant } from '@nbpulse/schema/db';
import { nextRev, type Announce, type Database } from '../database/index.js';
import { eraseAtOf } from '../lab-terms/index.js';
import { labView } from '../labs/index.js';
import type { InTurn } from './erase-content.js';
import { markErased } from './mark-erased.js';

export interface EraseLabDeps {
  db: Database;
  announce: Announce;
  forgetLab: (labId: string) => void;
}

const batchParticipants = 200;

/** Labs whose date has come, not marked yet. */
export async function dueLabs(db: Database, now: Date): Promise<string[]> {
  const rows = await db
    .select()
    .from(lab)
    .where(
      and(
        isNull(lab.erasedAt),
        isNull(lab.deletedAt),
        or(lte(lab.eraseAt, now), and(isNull(lab.eraseAt), lte(lab.closedAt, now))),
      ),
    );
  return rows.filter((row) => isDue(row, now)).map((row) => row.id);
}

const isDue = (row: typeof lab.$inferSelect, now: Date): boolean => {
  const at = eraseAtOf(row);
  return row.erasedAt === null && row.deletedAt === null && at !== null && at <= now;
};

/** Closes it for good. Asked again under the lab's lock: staff may have chosen another day meanwhile. False: not our turn. */
export async function markLab(deps: EraseLabDeps, inTurn: InTurn, labId: string, now: Date): Promise<boolean> {
  let announce = (): void => undefined;
  const done = await inTurn(async (tx) => {
    const [former] = await tx.select().from(lab).where(eq(lab.id, labId)).for('no key update');
    if (!former || !isDue(former, now)) return 0;
    const rev = await nextRev(tx, labId);
    const [row] = await tx
      .update(lab)
      .set({
        erasedAt: now,
        status: 'closed',
        closedAt: sql`coalesce(${lab.closedAt}, now())`,
        changedRev: rev,
      })
      .where(eq(lab.id, labId))
      .returning();
    if (!row) throw new Error('the lab went while it was erased');
    announce = () => deps.announce(labId, rev, [{ kind: 'lab', rev, lab: labView(row) }]);
    return 1;
  });
  if (done === null) return false;
  // First the tokens, then the sockets: whoever is sent away must not get in again.
  deps.forgetLab(labId);
  announce();
  return true;
}

/**
 * Names, return codes and devices of marked labs, batch by batch; of deleted ones too, for whoever came in while they were deleted.
 * False: not our turn.
 */
export async function markParticipants(deps: EraseLabDeps, inTurn: InTurn): Promise<boolean> {
  const labs = await deps.db
    .selectDistinct({ id: lab.id })
    .from(lab)
    .innerJoin(participant, eq(participant.labId, lab.id))
    .where(and(or(isNotNull(lab.erasedAt), isNotNull(lab.deletedAt)), isNull(participant.erasedAt)));
  for (const { id } of labs) {
    for (;;) {
      let announce = (): void => undefined;
      const rows = await inTurn(async (tx) => {
        const batch = await tx
          .select({ id: participant.id })
          .from(participant)
          .where(and(eq(participant.labId, id), isNull(participant.erasedAt)))
          .limit(batchParticipants);
        if (batch.length === 0) return 0;
        const marked = await markErased(
          tx,
          id,
          batch.map((row) => row.id),
        );
        announce = () => deps.announce(id, marked.rev, marked.changes);
        return batch.length;
      });
      if (rows === null) return false;
      announce();
      if (rows === 0) break;
    }
  }
  return true;
}
