/** A lab's life: created as a draft, opened, closed, opened again; deleted with all its content. */
import { and, eq, isNull, sql } from 'drizzle-orm';
import type { z } from 'zod';
import {
  answerGroup,
  checkpoint,
  course,
  device,
  event,
  eventConflict,
  gradeOverride,
  job,
  lab,
  notebookRun,
  participant,
  person,
  question,
  recordRemoval,
  run,
  staffNote,
  stream,
  submission,
} from '@nbpulse/schema/db';
import { joinCode, showJoinCode, type Change, type LabView, type labCreate, type labPatch } from '@nbpulse/schema/wire';
import { makeCode } from '../access/index.js';
import type { Blobs } from '../blobs/index.js';
import { nextRev, type Announce, type Database, type Queryable } from '../database/index.js';
import { forgetGroups } from '../groups/index.js';
import { refuse, type ProblemReply } from '../http/index.js';
import { labSettingsOf } from '../lab-terms/index.js';
import { labView } from './lab-view.js';
import { termsProblem } from './terms-problem.js';

export interface ChangeLabDeps {
  db: Database;
  blobs: Blobs;
  announce: Announce;
  /** Tokens and caches of a deleted lab. */
  forgetLab: (labId: string) => void;
}

/** Eight of base32: 40 random bits. */
const joinCodeChars = 8;

export async function createLab(
  db: Queryable,
  courseId: string,
  wanted: z.output<typeof labCreate>,
): Promise<LabView | ProblemReply> {
  const keys = wanted.questions.map((one) => one.key);
  const twice = keys.find((key, index) => keys.indexOf(key) !== index);
  if (twice !== undefined) {
    return refuse(400, 'invalid', `The question “${twice}” is named twice. Each question has a key of its own.`, {
      fields: { questions: `“${twice}” is named twice` },
    });
  }
  return db.transaction(async (tx) => {
    const [its] = await tx
      .select({ retentionMonths: course.retentionMonths })
      .from(course)
      .where(eq(course.id, courseId));
    if (!its) return refuse(404, 'not-found', 'There is no course with this address. It may have been deleted.');
    const [row] = await tx
      .insert(lab)
      .values({
        courseId,
        retentionMonths: its.retentionMonths,
        name: wanted.name,
        description: wanted.description,
        joinCode: makeCode(joinCodeChars),
        rev: 1,
        changedRev: 1,
      })
      .returning();
    if (!row) throw new Error('a lab was not created');
    if (wanted.questions.length > 0) {
      await tx.insert(question).values(
        wanted.questions.map(({ key, title, targetMinutes }, index) => ({
          labId: row.id,
          key,
          title: title ?? null,
          targetMinutes: targetMinutes ?? null,
          declared: true,
          position: index + 1,
          rev: 1,
        })),
      );
    }
    return labView(row);
  });
}

export async function patchLab(
  { db, announce }: ChangeLabDeps,
  labId: string,
  wanted: z.output<typeof labPatch>,
): Promise<LabView | ProblemReply> {
  const done = await db.transaction(async (tx): Promise<{ rev: number; view: LabView } | ProblemReply> => {
    // Locked as nextRev would; a refusal takes no revision.
    const [former] = await tx.select().from(lab).where(eq(lab.id, labId)).for('no key update');
    if (!former || former.deletedAt) return refuse(410, 'lab-deleted', 'This lab was deleted.');
    if (wanted.status === 'draft' && former.status !== 'draft') {
      const [joined] = await tx
        .select({ id: participant.id })
        .from(participant)
        .where(eq(participant.labId, labId))
        .limit(1);
      if (joined) {
        return refuse(
          409,
          'conflict',
          'Somebody has joined this lab, so it cannot become a draft again. Close it instead.',
        );
      }
    }
    const problem = termsProblem(former, wanted, new Date());
    if (problem) return problem;
    const rev = await nextRev(tx, labId);
    const opens = wanted.status === 'open' && former.status !== 'open';
    const closes = wanted.status === 'closed' && former.status !== 'closed';
    const [row] = await tx
      .update(lab)
      .set({
        ...(wanted.name === undefined ? {} : { name: wanted.name }),
        ...(wanted.description === undefined ? {} : { description: wanted.description }),
        ...(wanted.settings === undefined ? {} : { settings: { ...labSettingsOf(former), ...wanted.settings } }),
        ...(wanted.retentionMonths === undefined ? {} : { retentionMonths: wanted.retentionMonths }),
        ...(wanted.eraseAt === undefined ? {} : { eraseAt: wanted.eraseAt === null ? null : new Date(wanted.eraseAt) }),
        ...(wanted.status === undefined ? {} : { status: wanted.status }),
        // Minutes of the activity strip count from the first opening.
        ...(opens ? { openedAt: former.openedAt ?? sql`clock_timestamp()`, closedAt: null } : {}),
        ...(closes ? { closedAt: sql`clock_timestamp()` } : {}),
        changedRev: rev,
      })
      .where(eq(lab.id, labId))
      .returning();
    if (!row) throw new Error('the lab went while it was changed');
    return { rev, view: labView(row) };
  });
  if (!('view' in done)) return done;
  announce(labId, done.rev, [{ kind: 'lab', rev: done.rev, lab: done.view }]);
  return done.view;
}

/** Removes all that was sent, handed in or said; who deleted it, when, and the lab's name stay. */
export async function deleteLab(
  { db, blobs, announce, forgetLab }: ChangeLabDeps,
  labId: string,
  typedCode: string,
  deletedBy: string,
): Promise<ProblemReply | undefined> {
  const done = await db.transaction(async (tx): Promise<number | ProblemReply> => {
    const [row] = await tx.select().from(lab).where(eq(lab.id, labId)).for('no key update');
    if (!row || row.deletedAt) return refuse(410, 'lab-deleted', 'This lab was deleted already.');
    const typed = joinCode.safeParse(typedCode);
    if (!typed.success || typed.data !== row.joinCode) {
      return refuse(409, 'wrong-code', `Type this lab’s join code, ${showJoinCode(row.joinCode)}, to delete it.`);
    }
    const rev = await nextRev(tx, labId);
    await eraseContent(tx, labId);
    await blobs.unuseLab(tx, labId);
    await tx
      .update(lab)
      .set({ deletedAt: sql`now()`, deletedBy, changedRev: rev, description: '', status: 'closed' })
      .where(eq(lab.id, labId));
    return rev;
  });
  if (typeof done !== 'number') return done;
  forgetLab(labId);
  const change: Change = { kind: 'lab-deleted', rev: done };
  announce(labId, done, [change]);
  return undefined;
}

async function eraseContent(tx: Queryable, labId: string): Promise<void> {
  const ofLab = sql`(select id from stream where lab_id = ${labId})`;
  await tx.delete(eventConflict).where(sql`${eventConflict.streamId} in ${ofLab}`);
  await tx.delete(event).where(eq(event.labId, labId));
  await tx.delete(stream).where(eq(stream.labId, labId));
  await forgetGroups(tx, labId);
  await tx.delete(question).where(eq(question.labId, labId));
  // Its members go with each group.
  await tx.delete(answerGroup).where(eq(answerGroup.labId, labId));
  await tx.delete(recordRemoval).where(eq(recordRemoval.labId, labId));
  const notebookJobs = sql`(select job_id from notebook_run where lab_id = ${labId})`;
  await tx.delete(job).where(sql`${job.id} in ${notebookJobs}`);
  await tx.delete(notebookRun).where(eq(notebookRun.labId, labId));
  await tx.delete(checkpoint).where(eq(checkpoint.labId, labId));
  const runs = sql`(select run.job_id from run join submission on submission.id = run.submission_id where submission.lab_id = ${labId})`;
  await tx.delete(job).where(sql`${job.id} in ${runs}`);
  await tx.delete(run).where(sql`${run.submissionId} in (select id from submission where lab_id = ${labId})`);
  await tx.delete(submission).where(eq(submission.labId, labId));
  const ofParticipants = sql`(select id from participant where lab_id = ${labId})`;
  await tx.delete(gradeOverride).where(sql`${gradeOverride.participantId} in ${ofParticipants}`);
  await tx.delete(staffNote).where(sql`${staffNote.participantId} in ${ofParticipants}`);
  await tx
    .update(device)
    .set({ label: '' })
    .where(sql`${device.participantId} in ${ofParticipants}`);
  // Tokens stay, so that their holders are told what happened; names do not.
  const people = await tx
    .update(participant)
    .set({ name: '', nameKey: sql`${participant.id}::text`, returnCode: '' })
    .where(eq(participant.labId, labId))
    .returning({ personId: participant.personId });
  for (const { personId } of people) {
    await tx
      .update(person)
      .set({ name: '', erasedAt: sql`now()` })
      .where(
        and(
          eq(person.id, personId),
          isNull(person.erasedAt),
          sql`not exists (select 1 from participant where person_id = ${personId} and (lab_id is null or lab_id <> ${labId}))`,
        ),
      );
  }
}
