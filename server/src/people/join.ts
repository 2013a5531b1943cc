/** Joining a lab: a new participant, or another device of one who is there. */
import { and, eq, isNull } from 'drizzle-orm';
import { course, courseStaff, device, lab, participant, person, staffUser } from '@nbpulse/schema/db';
import type { z } from 'zod';
import {
  limits,
  showJoinCode,
  type Change,
  type JoinPreview,
  type JoinReply,
  type joinRequest,
} from '@nbpulse/schema/wire';
import { hashToken, labErasedWords, makeToken, TokenBuckets } from '../access/index.js';
import { brokenUnique, nextRev, type Announce, type Database, type Queryable } from '../database/index.js';
import { refuse, type ProblemReply } from '../http/index.js';
import { labTermsOf } from '../lab-terms/index.js';
import { deviceLabel } from './device-label.js';
import { participantView, type ParticipantRow } from '../views/index.js';
import { becomeListed } from './class-list.js';
import { nameKey, newReturnCode, returnCodeKey, showReturnCode } from './name.js';

export interface JoinDeps {
  db: Database;
  announce: Announce;
}

/** Guesses at one return code. */
const returnCodeAttempts = { perSecond: 10 / 60, burst: 10 };
const joinAttempts = {
  perSecond: limits.joinAttemptsPerMinutePerCode / 60,
  burst: limits.joinAttemptsPerMinutePerCode,
};

export function joining({ db, announce }: JoinDeps) {
  const perCode = new TokenBuckets(joinAttempts);
  const perName = new TokenBuckets(returnCodeAttempts);

  async function findLab(code: string) {
    const retryAfterMs = perCode.take(code);
    if (retryAfterMs > 0) {
      return refuse(429, 'too-fast', 'Very many are joining with this code at once. Try again in a moment.', {
        retryAfterMs,
      });
    }
    const [found] = await db
      .select({ lab, course })
      .from(lab)
      .innerJoin(course, eq(course.id, lab.courseId))
      .where(eq(lab.joinCode, code));
    if (!found) {
      return refuse(
        404,
        'wrong-code',
        `No lab has the join code ${showJoinCode(code)}. Look at it again: it has eight letters and digits, and your teacher’s screen shows it.`,
      );
    }
    if (found.lab.deletedAt)
      return refuse(410, 'lab-deleted', 'This lab was deleted by its teacher. Ask for the code of the present one.');
    if (found.lab.erasedAt) return refuse(410, 'lab-deleted', labErasedWords);
    return found;
  }

  async function preview(code: string): Promise<JoinPreview | ProblemReply> {
    const found = await findLab(code);
    if (!('lab' in found)) return found;
    const { id, name, description, status } = found.lab;
    return {
      lab: { id, name, description, status },
      course: { name: found.course.name },
      teachers: await teachersOf(db, found.course.id),
      ...labTermsOf(found.lab),
      retentionMonths: found.lab.retentionMonths,
    };
  }

  async function join(wanted: z.output<typeof joinRequest>): Promise<JoinReply | ProblemReply> {
    const found = await findLab(wanted.code);
    if (!('lab' in found)) return found;
    if (found.lab.status === 'draft') {
      return refuse(
        409,
        'lab-draft',
        `The lab “${found.lab.name}” has not begun. Join when your teacher has opened it.`,
      );
    }
    const labId = found.lab.id;
    if (wanted.returnCode !== undefined && wanted.returnCode.trim() !== '') {
      const wait = perName.take(`${labId} ${nameKey(wanted.name)}`);
      if (wait > 0) {
        return refuse(
          429,
          'too-fast',
          'Too many wrong return codes for this name. Wait a minute, or ask your teacher, who can read yours out.',
          { retryAfterMs: wait },
        );
      }
      return comeBack(found.lab, wanted, wanted.returnCode);
    }
    if (found.lab.status === 'closed') {
      return refuse(
        409,
        'lab-closed',
        `The lab “${found.lab.name}” is closed. Whoever has taken part can come back with their return code; for anybody else your teacher must reopen it.`,
      );
    }
    return joinAnew(found.lab, wanted);
  }

  /** Adds a device to somebody who is there: by name and code, or by the code alone when staff have renamed them since. */
  async function comeBack(
    row: typeof lab.$inferSelect,
    wanted: z.output<typeof joinRequest>,
    typed: string,
  ): Promise<JoinReply | ProblemReply> {
    const there = await db
      .select()
      .from(participant)
      .where(
        and(
          eq(participant.labId, row.id),
          eq(participant.returnCode, showReturnCode(returnCodeKey(typed))),
          isNull(participant.removedAt),
        ),
      );
    const who = there.find((one) => one.nameKey === nameKey(wanted.name)) ?? there[0];
    if (!who) {
      return refuse(
        403,
        'wrong-return-code',
        'This return code is not right. It stands in the panel under “What is stored about me” on the computer where you joined; your teacher can read it out too.',
      );
    }
    if (who.openedAt) return joinReplyOf(row, who, await addDevice(db, who.id, wanted.device));
    // A name of the class list, whose code staff have read out: this is when they come.
    const done = await db.transaction(async (tx) => {
      const rev = await nextRev(tx, row.id);
      const become = await becomeListed(tx, who.id, rev);
      return { rev, become, token: await addDevice(tx, who.id, wanted.device) };
    });
    announceParticipant(row.id, done.rev, done.become);
    return joinReplyOf(row, who, done.token);
  }

  const announceParticipant = (labId: string, rev: number, who: ParticipantRow | null): void => {
    const changes: Change[] = who ? [{ kind: 'participant', rev, participant: participantView(who) }] : [];
    announce(labId, rev, changes);
  };

  async function joinAnew(
    row: typeof lab.$inferSelect,
    wanted: z.output<typeof joinRequest>,
  ): Promise<JoinReply | ProblemReply> {
    // Two who join at once under one name: the second tries again and finds the first.
    for (let attempt = 1; ; attempt++) {
      try {
        const done = await db.transaction(async (tx) => {
          const place = await placeFor(tx, row.id, wanted.name, wanted.another === true);
          if (place === null) return null;
          const rev = await nextRev(tx, row.id);
          const who = await takePlace(tx, row, place, rev);
          if (who === null) return { rev, who, token: '' };
          return { rev, who, token: await addDevice(tx, who.id, wanted.device) };
        });
        if (done === null) {
          return refuse(
            409,
            'name-taken',
            `There is already somebody called “${wanted.name}” in this lab. Is this you? Then type your return code; else join as another one.`,
          );
        }
        announceParticipant(row.id, done.rev, done.who);
        // Somebody else was quicker to come by this listed name: it is theirs now.
        if (done.who === null) continue;
        return joinReplyOf(row, done.who, done.token);
      } catch (error) {
        if (brokenUnique(error) !== 'participant_name' || attempt >= 5) throw error;
      }
    }
  }

  return { preview, join };
}

/** What a device of this participant keeps; its token cannot be read again. */
export function joinReplyOf(row: typeof lab.$inferSelect, who: ParticipantRow, token: string): JoinReply {
  const { id, name, status } = row;
  return { participant: who.id, name: who.name, token, returnCode: who.returnCode, lab: { id, name, status } };
}

/** Where somebody comes in: a name of the class list that nobody has come by yet, or a name that is free. */
export type Place = { listed: string } | { name: string };

/** By the name as typed, or as `Ada (2)`; null when it is taken and nobody said that this is another one. */
export async function placeFor(tx: Queryable, labId: string, name: string, another: boolean): Promise<Place | null> {
  const rows = await tx
    .select({ id: participant.id, key: participant.nameKey, openedAt: participant.openedAt })
    .from(participant)
    .where(and(eq(participant.labId, labId), isNull(participant.removedAt)));
  const there = new Map(rows.map((row) => [row.key, row]));
  for (let number = 1; ; number++) {
    const tried = number === 1 ? name : `${name} (${number})`;
    const taken = there.get(nameKey(tried));
    if (!taken) return { name: tried };
    if (taken.openedAt === null) return { listed: taken.id };
    if (!another) return null;
  }
}

/** @returns null when somebody else has just come by this listed name */
export async function takePlace(
  tx: Queryable,
  row: Pick<typeof lab.$inferSelect, 'id' | 'courseId'>,
  place: Place,
  rev: number,
  unverified = false,
): Promise<ParticipantRow | null> {
  return 'listed' in place
    ? becomeListed(tx, place.listed, rev, unverified)
    : addParticipant(tx, row, place.name, rev, unverified);
}

/** A new person with one participant; `unverified` when they came through a door without tokens. */
export async function addParticipant(
  tx: Queryable,
  row: Pick<typeof lab.$inferSelect, 'id' | 'courseId'>,
  name: string,
  rev: number,
  unverified = false,
): Promise<ParticipantRow> {
  const [human] = await tx.insert(person).values({ courseId: row.courseId, name }).returning({ id: person.id });
  if (!human) throw new Error('a person was not added');
  const [who] = await tx
    .insert(participant)
    .values({
      personId: human.id,
      labId: row.id,
      name,
      nameKey: nameKey(name),
      returnCode: newReturnCode(),
      unverified,
      rev,
    })
    .returning();
  if (!who) throw new Error('a participant was not added');
  return who;
}

/** @returns its token, which nobody can read again */
export async function addDevice(
  tx: Queryable,
  participantId: string,
  wanted: { kind: 'page' | 'kernel' | 'browser'; label: string },
): Promise<string> {
  const token = makeToken('nbd');
  await tx.insert(device).values({
    participantId,
    tokenHash: hashToken(token),
    kind: wanted.kind,
    label: deviceLabel(wanted.label),
  });
  return token;
}

/** Names of those who teach a course; assistants are left out. */
export async function teachersOf(db: Queryable, courseId: string): Promise<string[]> {
  const rows = await db
    .select({ name: staffUser.name, role: courseStaff.role })
    .from(courseStaff)
    .innerJoin(staffUser, eq(staffUser.id, courseStaff.userId))
    .where(eq(courseStaff.courseId, courseId))
    .orderBy(courseStaff.createdAt);
  return rows.filter((row) => row.role !== 'assistant').map((row) => row.name);
}
