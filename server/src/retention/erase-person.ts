/** One button erases a person everywhere in a course: who that is, and how. */
import { and, asc, eq, isNull, or, sql } from 'drizzle-orm';
import { lab, participant } from '@nbpulse/schema/db';
import type { ErasePreview, ParticipantErased, participantErase } from '@nbpulse/schema/wire';
import type { z } from 'zod';
import type { Announce, Database } from '../database/index.js';
import { refuse, type ProblemReply } from '../http/index.js';
import { nameKey } from '../people/index.js';
import { atOnce, eraseLeftovers, type EraseDeps } from './erase-content.js';
import { markErased, type Marked } from './mark-erased.js';

export interface ErasePersonDeps extends EraseDeps {
  announce: Announce;
  endDevices: (labId: string, deviceIds: string[], message: string) => void;
  /** Caches that know participants and questions of a lab. */
  forgetLab: (labId: string) => void;
}

const noParticipant = () => refuse(404, 'not-found', 'There is no such participant in this lab.');

/** Those who go by the name of this participant in the labs of its course, itself among them. */
export async function erasePreview(
  db: Database,
  labId: string,
  participantId: string,
): Promise<ErasePreview | ProblemReply> {
  const who = await participantOf(db, labId, participantId);
  if (!who) return noParticipant();
  if (who.erasedAt) return alreadyErased(who.erasedAt);
  const rows = await db
    .select({
      participant: participant.id,
      lab: lab.id,
      labName: lab.name,
      joinedAt: participant.joinedAt,
      records: sql<number>`(select count(*)::int from event where participant_id = ${participant.id} and kind = 'record')`,
      submissions: sql<number>`(select count(*)::int from submission where participant_id = ${participant.id})`,
    })
    .from(participant)
    .innerJoin(lab, eq(lab.id, participant.labId))
    .where(
      and(
        eq(lab.courseId, who.courseId),
        isNull(participant.erasedAt),
        or(eq(participant.personId, who.personId), eq(participant.nameKey, who.nameKey)),
      ),
    )
    .orderBy(asc(participant.joinedAt), asc(participant.id));
  return { name: who.name, participants: rows.map((row) => ({ ...row, joinedAt: row.joinedAt.toISOString() })) };
}

export async function erasePerson(
  deps: ErasePersonDeps,
  labId: string,
  participantId: string,
  { name, also }: z.output<typeof participantErase>,
): Promise<ParticipantErased | ProblemReply> {
  const preview = await erasePreview(deps.db, labId, participantId);
  if (!('participants' in preview)) return preview;
  if (nameKey(name) !== nameKey(preview.name)) {
    return refuse(
      400,
      'invalid',
      `Type the name as it stands here, “${preview.name}”, to erase everything about this person.`,
      { fields: { name: 'not the name of this participant' } },
    );
  }
  const known = new Set(preview.participants.map((one) => one.participant));
  const stranger = also?.find((id) => !known.has(id));
  if (stranger !== undefined) {
    return refuse(
      400,
      'invalid',
      `${stranger} does not go by the name “${preview.name}” in this course. Open that participant’s own page to erase them.`,
      { fields: { also: 'not among those of this name' } },
    );
  }
  const chosen = new Set([participantId, ...(also ?? known)]);
  const going = preview.participants.filter((one) => chosen.has(one.participant));
  const ids = going.map((one) => one.participant);
  // Labs in the order of their ids, so that two who erase at once take turns.
  const labIds = [...new Set(going.map((one) => one.lab))].sort();
  const marked = await deps.db.transaction(async (tx) => {
    const all: Marked[] = [];
    for (const id of labIds) all.push(await markErased(tx, id, ids));
    return all;
  });
  for (const one of marked) {
    deps.announce(one.labId, one.rev, one.changes);
    deps.endDevices(one.labId, one.deviceIds, 'Everything about you in this course was erased by its teacher.');
    deps.forgetLab(one.labId);
  }
  await eraseLeftovers(deps, atOnce(deps.db), ids);
  // Keys that only they sent are gone; ingest must not think that they are there.
  for (const id of labIds) deps.forgetLab(id);
  return { erasedAt: new Date().toISOString(), participants: ids };
}

async function participantOf(db: Database, labId: string, participantId: string) {
  const [row] = await db
    .select({
      name: participant.name,
      nameKey: participant.nameKey,
      personId: participant.personId,
      erasedAt: participant.erasedAt,
      courseId: lab.courseId,
    })
    .from(participant)
    .innerJoin(lab, eq(lab.id, participant.labId))
    .where(and(eq(participant.id, participantId), eq(participant.labId, labId)));
  return row ?? null;
}

const alreadyErased = (at: Date) =>
  refuse(409, 'conflict', `Everything about this person was erased already, on ${at.toISOString().slice(0, 10)}.`);
