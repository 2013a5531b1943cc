/** Names of a class list: participants whom nobody has come as yet. Whoever joins by such a name becomes that participant. */
import { and, eq, isNull } from 'drizzle-orm';
import { lab, participant, person } from '@nbpulse/schema/db';
import type { Change, classList, classListed } from '@nbpulse/schema/wire';
import type { z } from 'zod';
import { labErasedWords } from '../access/index.js';
import { nextRev, type Announce, type Database, type Queryable } from '../database/index.js';
import { refuse, type ProblemReply } from '../http/index.js';
import { participantView, type ParticipantRow } from '../views/index.js';
import { newReturnCode, nameKey } from './name.js';

/** Names that are there already, however they are typed, are left as they are. */
export async function addClassList(
  { db, announce }: { db: Database; announce: Announce },
  labId: string,
  { names }: z.output<typeof classList>,
): Promise<z.input<typeof classListed> | ProblemReply> {
  const wanted = new Map<string, string>();
  for (const name of names) if (!wanted.has(nameKey(name))) wanted.set(nameKey(name), name);
  const done = await db.transaction(async (tx) => {
    // The lab's lock first: whoever joins meanwhile is seen, or sees these.
    const rev = await nextRev(tx, labId);
    const [row] = await tx.select().from(lab).where(eq(lab.id, labId));
    if (!row || row.deletedAt || row.erasedAt) return null;
    const there = await tx
      .select({ key: participant.nameKey })
      .from(participant)
      .where(and(eq(participant.labId, labId), isNull(participant.removedAt)));
    for (const { key } of there) wanted.delete(key);
    return { rev, added: await addListed(tx, row, wanted, rev) };
  });
  if (!done) return refuse(410, 'lab-deleted', labErasedWords);
  announce(
    labId,
    done.rev,
    done.added.map((row): Change => ({ kind: 'participant', rev: done.rev, participant: participantView(row) })),
  );
  return { added: done.added.length, known: names.length - done.added.length };
}

async function addListed(
  tx: Queryable,
  row: Pick<typeof lab.$inferSelect, 'id' | 'courseId'>,
  wanted: ReadonlyMap<string, string>,
  rev: number,
): Promise<ParticipantRow[]> {
  if (wanted.size === 0) return [];
  const names = [...wanted];
  const people = await tx
    .insert(person)
    .values(names.map(([, name]) => ({ courseId: row.courseId, name })))
    .returning({ id: person.id, name: person.name });
  const idOf = new Map(people.map((one) => [one.name, one.id]));
  return tx
    .insert(participant)
    .values(
      names.map(([key, name]) => ({
        personId: idOf.get(name) ?? '',
        labId: row.id,
        name,
        nameKey: key,
        returnCode: newReturnCode(),
        openedAt: null,
        rev,
      })),
    )
    .returning();
}

/**
 * A listed participant is who comes first by that name, in the caller's transaction.
 *
 * @returns null when somebody else has come as this participant, or staff have removed the name
 */
export async function becomeListed(
  tx: Queryable,
  participantId: string,
  rev: number,
  unverified = false,
): Promise<ParticipantRow | null> {
  const now = new Date();
  const [row] = await tx
    .update(participant)
    .set({ openedAt: now, joinedAt: now, rev, unverified })
    .where(and(eq(participant.id, participantId), isNull(participant.openedAt), isNull(participant.removedAt)))
    .returning();
  return row ?? null;
}
