/** What is stored about one participant, as they may see it themselves. */
import { and, desc, eq, isNull } from 'drizzle-orm';
import { checkpoint, course, event, lab, participant } from '@nbpulse/schema/db';
import type { MeView, RecordView, SubmissionView, TrialView } from '@nbpulse/schema/wire';
import type { ParticipantCaller } from '../access/index.js';
import type { Database, Queryable } from '../database/index.js';
import { labSettingsOf, labTermsOf } from '../lab-terms/index.js';
import { ownRecordView, previewColumns } from '../records/index.js';
import { teachersOf } from './join.js';
import { ownQuestions } from './own-questions.js';

/** What other features hold of a participant. */
export interface MeSources {
  submissionsOf: (db: Queryable, participantId: string) => Promise<SubmissionView[]>;
  trialsOf: (db: Queryable, participantId: string) => Promise<TrialView[]>;
  assignmentsOf: (db: Queryable, labId: string) => Promise<MeView['lab']['assignments']>;
}

export async function meView(db: Database, sources: MeSources, caller: ParticipantCaller): Promise<MeView> {
  const [row] = await db
    .select({ participant, lab, course })
    .from(participant)
    .innerJoin(lab, eq(lab.id, participant.labId))
    .innerJoin(course, eq(course.id, lab.courseId))
    .where(eq(participant.id, caller.participantId));
  if (!row) throw new Error('the participant of a known token does not exist');
  const [teachers, questions, counts, submissions, trials, assignments] = await Promise.all([
    teachersOf(db, row.course.id),
    ownQuestions(db, row.lab.id, caller.participantId, labSettingsOf(row.lab).activity),
    countOwn(db, caller.participantId),
    sources.submissionsOf(db, caller.participantId),
    sources.trialsOf(db, caller.participantId),
    sources.assignmentsOf(db, row.lab.id),
  ]);
  return {
    participant: row.participant.id,
    name: row.participant.name,
    returnCode: row.participant.returnCode,
    sending: row.participant.sendingOffAt === null,
    lab: {
      id: row.lab.id,
      name: row.lab.name,
      status: row.lab.status,
      closesAt: null,
      ...labTermsOf(row.lab),
      assignments,
    },
    course: { name: row.course.name, retentionMonths: row.lab.retentionMonths },
    teachers,
    questions,
    counts: { ...counts, submissions: submissions.length },
    submissions,
    trials,
  };
}

async function countOwn(db: Database, participantId: string): Promise<{ records: number; checkpoints: number }> {
  const [records, checkpoints] = await Promise.all([
    db.$count(event, and(eq(event.participantId, participantId), eq(event.kind, 'record'), isNull(event.deletedAt))),
    db.$count(checkpoint, and(eq(checkpoint.participantId, participantId), isNull(checkpoint.deletedAt))),
  ]);
  return { records, checkpoints };
}

/** A participant's own records, newest first; long values are fetched one by one. */
export async function ownRecords(
  db: Database,
  participantId: string,
  page: { limit: number; offset: number },
): Promise<RecordView[]> {
  const rows = await db
    .select(previewColumns)
    .from(event)
    .where(and(eq(event.participantId, participantId), eq(event.kind, 'record')))
    .orderBy(desc(event.madeAt), desc(event.seq))
    .limit(page.limit)
    .offset(page.offset);
  return rows.map(ownRecordView);
}
