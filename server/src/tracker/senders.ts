/**
 * Who sent a record: told apart by what the notebook says of itself, its host's id and the typed name together. Each of these
 * pairs is a participant of its own, *unverified*, with one stream that the server numbers; it may be the first to come by a name
 * of the class list, but never becomes one who joined with a token, whatever name it gives.
 */
import { randomUUID } from 'node:crypto';
import { and, count, eq, isNull, sql } from 'drizzle-orm';
import { event, lab, participant, stream, trackerSender } from '@nbpulse/schema/db';
import { limits } from '@nbpulse/schema/wire';
import { nextRev, type Announce, type Database, type Queryable } from '../database/index.js';
import { placeFor, takePlace } from '../people/index.js';
import { participantView } from '../views/index.js';

/** As the notebook names them, cleaned. */
export interface SenderNames {
  uuid: string;
  name: string;
}
export interface Sender {
  participantId: string;
  streamId: string;
  /** Theirs alone; no other record has it, whichever process asks. */
  seq: number;
  removed: boolean;
}

const uuidChars = 100;
const nameChars = 200;
/** A loop over invented names must not fill a class's page. */
export const sendersPerLab = 5_000;

/** Without control characters, and of bounded length. */
export function senderNames(uuid: string, name: string): SenderNames {
  return { uuid: clean(uuid, uuidChars), name: clean(name, nameChars) };
}

const clean = (text: string, chars: number): string =>
  [
    ...text
      .slice(0, 4 * chars)

      .normalize('NFC')
      .replace(/\p{C}/gu, '')
      .replace(/\s+/g, ' ')
      .trim(),
  ]
    .slice(0, chars)
    .join('');

/** Finds or makes the sender, and takes the next number of its stream. `full`: the lab has as many senders as it may. */
export async function takeNumber(
  { db, announce }: { db: Database; announce: Announce },
  labId: string,
  names: SenderNames,
  mayAdd: () => boolean,
): Promise<Sender | 'full' | 'too-fast'> {
  const known = await nextNumber(db, labId, names);
  if (known) return known;
  if (!mayAdd()) return 'too-fast';
  if (!(await addSender(db, announce, labId, names))) return 'full';
  const added = await nextNumber(db, labId, names);
  // Erased in the very moment after it was made.
  return added ?? 'too-fast';
}

async function nextNumber(db: Queryable, labId: string, names: SenderNames): Promise<Sender | null> {
  const [row] = await db
    .update(trackerSender)
    .set({ lastSeq: sql`${trackerSender.lastSeq} + 1` })
    .where(
      and(
        eq(trackerSender.labId, labId),
        eq(trackerSender.senderUuid, names.uuid),
        eq(trackerSender.senderName, names.name),
      ),
    )
    .returning({
      participantId: trackerSender.participantId,
      streamId: trackerSender.streamId,
      seq: trackerSender.lastSeq,
      removed: sql<boolean>`(select removed_at is not null from ${participant} where ${participant.id} = ${trackerSender.participantId})`,
    });
  return row ?? null;
}

/** @returns false when the lab is full */
async function addSender(db: Database, announce: Announce, labId: string, names: SenderNames): Promise<boolean> {
  const done = await db.transaction(async (tx) => {
    // One after the other in a lab: two processes that meet the same new sender make one of it.
    const [row] = await tx.select().from(lab).where(eq(lab.id, labId)).for('no key update');
    if (!row) return 'full';
    const same = and(
      eq(trackerSender.labId, labId),
      eq(trackerSender.senderUuid, names.uuid),
      eq(trackerSender.senderName, names.name),
    );
    const [there] = await tx.select({ labId: trackerSender.labId }).from(trackerSender).where(same);
    if (there) return 'there';
    const [all] = await tx.select({ senders: count() }).from(trackerSender).where(eq(trackerSender.labId, labId));
    if ((all?.senders ?? 0) >= sendersPerLab) return 'full';
    const rev = await nextRev(tx, labId);
    const shown = [...names.name].slice(0, limits.nameChars).join('').trim() || 'No name';
    const place = await placeFor(tx, labId, shown, true);
    if (place === null) throw new Error('another one of a name always finds a place');
    const who = await takePlace(tx, row, place, rev, true);
    if (who === null) throw new Error('a listed name was taken under the lock of its lab');
    const streamId = randomUUID();
    await tx.insert(stream).values({ id: streamId, labId, participantId: who.id, lastMadeAt: new Date(0) });
    await tx.insert(trackerSender).values({
      labId,
      senderUuid: names.uuid,
      senderName: names.name,
      participantId: who.id,
      streamId,
    });
    return { rev, who };
  });
  if (typeof done === 'string') return done === 'there';
  announce(labId, done.rev, [{ kind: 'participant', rev: done.rev, participant: participantView(done.who) }]);
  return true;
}

/** Whether this participant has answered this question before: then what comes now is an update. */
export async function hasAnswered(
  db: Queryable,
  participantId: string,
  question: string,
  part: string | null,
): Promise<{ answerHash: string | null } | null> {
  const [row] = await db
    .select({ answerHash: event.answerHash })
    .from(event)
    .where(
      and(
        eq(event.participantId, participantId),
        eq(event.questionKey, question),
        eq(event.kind, 'record'),
        isNull(event.deletedAt),
        part === null ? isNull(event.part) : eq(event.part, part),
      ),
    )
    .orderBy(sql`${event.seq} desc`)
    .limit(1);
  return row ?? null;
}
