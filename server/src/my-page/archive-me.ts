/** `me.json` and the submissions of an archive. */
import { and, asc, eq, isNotNull } from 'drizzle-orm';
import { course, lab, participant, person, run, stream, submission, trackerSender } from '@nbpulse/schema/db';
import type { MyDevice, SubmissionView, TrialView } from '@nbpulse/schema/wire';
import type { Blobs } from '../blobs/index.js';
import type { Database, Queryable } from '../database/index.js';
import { eraseAtOf, labSettingsOf } from '../lab-terms/index.js';
import { teachersOf } from '../people/index.js';
import { ownDevices } from './stored.js';

export interface ArchiveDeps {
  db: Database;
  blobs: Blobs;
  /** As the participant may see them: with the feedback that is theirs. */
  submissionsOf: (db: Queryable, participantId: string) => Promise<SubmissionView[]>;
  trialsOf: (db: Queryable, participantId: string) => Promise<TrialView[]>;
}

export interface AboutMe {
  writtenAt: string;
  participant: {
    id: string;
    person: string;
    name: string;
    returnCode: string;
    joinedAt: string;
    unverified: boolean;
    sendingOffAt: string | null;
  };
  course: string;
  teachers: string[];
  lab: { id: string; name: string; eraseAt: string | null; activity: boolean; mayDelete: boolean };
  devices: MyDevice[];
  /** Numbered series of events: one per kernel or page. */
  streams: { id: string; lastNumber: number; since: string }[];
  /** What a notebook of notebook-progress-tracker said of itself. */
  trackerSenders: { uuid: string; name: string; since: string }[];
}

export async function aboutMe(db: Database, participantId: string, deviceId: string): Promise<AboutMe> {
  const [row] = await db
    .select({ participant, person, lab, course })
    .from(participant)
    .innerJoin(person, eq(person.id, participant.personId))
    .innerJoin(lab, eq(lab.id, participant.labId))
    .innerJoin(course, eq(course.id, lab.courseId))
    .where(eq(participant.id, participantId));
  if (!row) throw new Error('the participant of a known token does not exist');
  const [teachers, devices, streams, senders] = await Promise.all([
    teachersOf(db, row.course.id),
    ownDevices(db, participantId, deviceId),
    db.select().from(stream).where(eq(stream.participantId, participantId)).orderBy(asc(stream.createdAt)),
    db.select().from(trackerSender).where(eq(trackerSender.participantId, participantId)),
  ]);
  const { activity, mayDelete } = labSettingsOf(row.lab);
  const who = row.participant;
  return {
    writtenAt: new Date().toISOString(),
    participant: {
      id: who.id,
      person: row.person.id,
      name: who.name,
      returnCode: who.returnCode,
      joinedAt: who.joinedAt.toISOString(),
      unverified: who.unverified,
      sendingOffAt: who.sendingOffAt?.toISOString() ?? null,
    },
    course: row.course.name,
    teachers,
    lab: {
      id: row.lab.id,
      name: row.lab.name,
      eraseAt: eraseAtOf(row.lab)?.toISOString() ?? null,
      activity,
      mayDelete,
    },
    devices,
    streams: streams.map((one) => ({ id: one.id, lastNumber: one.lastSeq, since: one.createdAt.toISOString() })),
    trackerSenders: senders.map((one) => ({
      uuid: one.senderUuid,
      name: one.senderName,
      since: one.createdAt.toISOString(),
    })),
  };
}

interface SubmissionFile {
  number: string;
  sha256: string;
  /** The copy with the outputs of its graded run, if there is one. */
  executedSha256: string | null;
  about: SubmissionView & { filename: string; madeAt: string };
}

/** Each with its receipt and the feedback that its participant may see. */
export async function submissionFiles(
  { db, submissionsOf }: ArchiveDeps,
  participantId: string,
): Promise<SubmissionFile[]> {
  const rows = await db
    .select({ id: submission.id, filename: submission.filename, madeAt: submission.madeAt })
    .from(submission)
    .where(eq(submission.participantId, participantId));
  const named = new Map(rows.map((row) => [row.id, row]));
  const runs = await db
    .select({ id: run.submissionId, sha256: run.executedSha256 })
    .from(run)
    .innerJoin(submission, eq(submission.id, run.submissionId))
    .where(and(eq(submission.participantId, participantId), isNotNull(run.endedAt)))
    .orderBy(asc(run.number));
  // The last run that ended is the one whose result counts.
  const executed = new Map(runs.map((row) => [row.id, row.sha256]));
  return (await submissionsOf(db, participantId)).flatMap((view) => {
    const row = named.get(view.id);
    if (!row) return [];
    const about = { ...view, filename: row.filename, madeAt: row.madeAt.toISOString() };
    return [{ number: view.number, sha256: view.sha256, executedSha256: executed.get(view.id) ?? null, about }];
  });
}
