/** What staff change about a participant: the name, or that they are here at all. */
import { and, eq, isNotNull } from 'drizzle-orm';
import { participant, person } from '@nbpulse/schema/db';
import type { Change, ParticipantView } from '@nbpulse/schema/wire';
import { revokeDevices } from '../access/index.js';
import { brokenUnique, nextRev, type Announce, type Database } from '../database/index.js';
import { refuse, type ProblemReply } from '../http/index.js';
import { participantView } from '../views/index.js';
import { nameKey } from './name.js';

export interface ChangeParticipantDeps {
  db: Database;
  announce: Announce;
  /** Forgets the tokens and closes the sockets of these devices. */
  endDevices: (labId: string, deviceIds: string[], message: string) => void;
}

export async function changeParticipant(
  { db, announce, endDevices }: ChangeParticipantDeps,
  labId: string,
  participantId: string,
  wanted: { name?: string | undefined; removed?: true | undefined },
): Promise<ParticipantView | ProblemReply> {
  try {
    const done = await db.transaction(async (tx) => {
      const mine = and(eq(participant.id, participantId), eq(participant.labId, labId));
      if ((await tx.$count(participant, mine)) === 0) return null;
      const rev = await nextRev(tx, labId);
      // Under the lab's lock: a name that is given now would stay.
      if ((await tx.$count(participant, and(mine, isNotNull(participant.erasedAt)))) > 0) return 'erased';
      const [row] = await tx
        .update(participant)
        .set({
          rev,
          ...(wanted.name === undefined ? {} : { name: wanted.name, nameKey: nameKey(wanted.name) }),
          ...(wanted.removed ? { removedAt: new Date() } : {}),
        })
        .where(mine)
        .returning();
      if (!row) throw new Error('the participant went while it was changed');
      if (wanted.name !== undefined)
        await tx.update(person).set({ name: wanted.name }).where(eq(person.id, row.personId));
      return { rev, row, revoked: wanted.removed ? await revokeDevices(tx, { participantId }) : [] };
    });
    if (!done) return refuse(404, 'not-found', 'There is no such participant in this lab.');
    if (done === 'erased')
      return refuse(409, 'conflict', 'Everything about this person was erased. Their row stays as it is.');
    const view = participantView(done.row);
    const change: Change = { kind: 'participant', rev: done.rev, participant: view };
    announce(labId, done.rev, [change]);
    endDevices(labId, done.revoked, 'You were removed from this lab by its teacher.');
    return view;
  } catch (error) {
    if (brokenUnique(error) !== 'participant_name') throw error;
    return refuse(
      409,
      'name-taken',
      `Somebody else in this lab is called “${wanted.name ?? ''}”. Choose a name that tells them apart.`,
    );
  }
}
