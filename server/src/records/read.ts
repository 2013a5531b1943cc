/** Records read back: of a question, one, of a participant, and the bytes of their pictures. */
import { and, asc, desc, eq, isNull, or, sql } from 'drizzle-orm';
import { blobUse, checkpoint, event, lab, participant, question, staffNote, trial } from '@nbpulse/schema/db';
import type {
  CheckpointChange,
  MyQuestion,
  Presence,
  QuestionRecords,
  RecordView,
  SubmissionChange,
  Timeline,
  Value,
} from '@nbpulse/schema/wire';
import type { Database, Queryable } from '../database/index.js';
import { participantView, questionColumns, questionView } from '../views/index.js';
import { previewColumns, recordColumns } from './columns.js';
import { byParticipant } from './delete.js';
import { ownRecordView, recordView, type EventRow, type RecordRow } from './view.js';

/** More of one question than anybody reads; the newest are given. */
const recordsOfOneQuestion = 20_000;

export async function questionRecords(
  db: Database,
  labId: string,
  key: string,
  view: QuestionRecords['view'],
): Promise<QuestionRecords | null> {
  return db.transaction(
    async (tx) => {
      const [[head], [found]] = await Promise.all([
        tx.select({ rev: lab.rev }).from(lab).where(eq(lab.id, labId)),
        tx
          .select(questionColumns)
          .from(question)
          .where(and(eq(question.labId, labId), eq(question.key, key))),
      ]);
      if (!head || !found) return null;
      const of = and(
        eq(event.labId, labId),
        eq(event.questionKey, key),
        eq(event.kind, 'record'),
        isNull(event.deletedAt),
        isNull(event.hiddenAt),
        isNull(participant.removedAt),
      );
      const direction = view === 'first' ? asc : desc;
      const order = [direction(event.madeAt), direction(event.seq), direction(event.receivedAt)] as const;
      const rows =
        view === 'all'
          ? await tx
              .select(recordColumns)
              .from(event)
              .innerJoin(participant, eq(participant.id, event.participantId))
              .where(of)
              .orderBy(...order)
              .limit(recordsOfOneQuestion)
          : await tx
              .selectDistinctOn([event.participantId], recordColumns)
              .from(event)
              .innerJoin(participant, eq(participant.id, event.participantId))
              .where(of)
              .orderBy(event.participantId, ...order);
      const records = rows.map(recordView).sort((a, b) => (a.madeAt < b.madeAt ? -1 : a.madeAt > b.madeAt ? 1 : 0));
      return { rev: head.rev, question: questionView(found), view, records };
    },
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  );
}

/** One record with its whole value. `participantId`: only when it is theirs. */
export async function oneRecord(
  db: Queryable,
  id: string,
  of: { labId: string } | { participantId: string },
): Promise<RecordView | null> {
  const [row] = await db
    .select(recordColumns)
    .from(event)
    .where(
      and(
        eq(event.id, id),
        eq(event.kind, 'record'),
        'labId' in of ? eq(event.labId, of.labId) : eq(event.participantId, of.participantId),
      ),
    );
  if (!row) return null;
  return 'labId' in of ? recordView(row) : ownRecordView(row);
}

/** The questions that a participant has sent to, in the lab's order. */
export async function ownQuestions(db: Queryable, participantId: string): Promise<MyQuestion[]> {
  const isLeft = sql`${event.deletedAt} is null`;
  const rows = await db
    .select({
      key: question.key,
      title: question.title,
      records: sql<number>`count(*) filter (where ${isLeft})::int`,
      deleted: sql<number>`count(${event.deletedAt})::int`,
      errors: sql<number>`count(*) filter (where ${isLeft} and ${event.isError})::int`,
      late: sql<number>`count(*) filter (where ${isLeft} and ${event.late})::int`,
      lastAt: sql<string>`max(${event.madeAt})`,
      lastIsError: sql<
        boolean | null
      >`(array_agg(${event.isError} order by ${event.madeAt} desc, ${event.seq} desc) filter (where ${isLeft}))[1]`,
      lastSummary: sql<
        string | null
      >`(array_agg(${event.summary} order by ${event.madeAt} desc, ${event.seq} desc) filter (where ${isLeft}))[1]`,
    })
    .from(event)
    .innerJoin(question, and(eq(question.labId, event.labId), eq(question.key, event.questionKey)))
    .where(and(eq(event.participantId, participantId), eq(event.kind, 'record')))
    .groupBy(question.key, question.title, question.position)
    .orderBy(asc(question.position), asc(question.key));
  return rows.map((row) => ({
    ...row,
    lastAt: new Date(row.lastAt).toISOString(),
    lastIsError: row.lastIsError ?? false,
    lastSummary: row.lastSummary ?? '',
  }));
}

/** A participant's own records of one question, newest first; deleted ones are among them, without content. */
export async function ownQuestionRecords(
  db: Queryable,
  participantId: string,
  key: string,
  page: { limit: number; offset: number },
): Promise<{ records: RecordView[]; more: boolean }> {
  const rows = await db
    .select(previewColumns)
    .from(event)
    .where(and(eq(event.participantId, participantId), eq(event.questionKey, key), eq(event.kind, 'record')))
    .orderBy(desc(event.madeAt), desc(event.seq))
    .limit(page.limit + 1)
    .offset(page.offset);
  return { records: rows.slice(0, page.limit).map(ownRecordView), more: rows.length > page.limit };
}

export interface TimelineSources {
  presenceOf: (labId: string) => Presence[];
  submissionsOf: (tx: Queryable, labId: string) => Promise<SubmissionChange[]>;
}

const removerOf = (name: string | null): string | null => (name === byParticipant ? 'student' : name);

/** Passive activity says where somebody works now; it is no part of the story of what they did. */
function eventItem(
  row: RecordRow & { kind: EventRow['kind']; removedBy: string | null },
): Timeline['items'][number] | null {
  const at = row.madeAt.toISOString();
  switch (row.kind) {
    case 'record':
      return { kind: 'record', at, record: recordView(row), removedBy: removerOf(row.removedBy) };
    case 'dropped':
      return { kind: 'dropped', at, question: row.questionKey ?? '', count: (row.body as { count: number }).count };
    case 'activity':
      return null;
    default:
      return row.kind satisfies never;
  }
}

export async function timeline(
  db: Database,
  sources: TimelineSources,
  labId: string,
  participantId: string,
): Promise<Timeline | null> {
  return db.transaction(
    async (tx) => {
      const [[head], [who]] = await Promise.all([
        tx.select({ rev: lab.rev }).from(lab).where(eq(lab.id, labId)),
        tx
          .select()
          .from(participant)
          .where(and(eq(participant.id, participantId), eq(participant.labId, labId))),
      ]);
      if (!head || !who) return null;
      const [events, checkpoints, submissions, questions, [note], [tried]] = await Promise.all([
        tx
          .select({
            ...previewColumns,
            kind: event.kind,
            removedBy: sql<
              string | null
            >`coalesce(${event.deletedBy}, (select removed_by from record_removal where id = ${event.removalId}))`,
          })
          .from(event)
          .where(
            and(
              eq(event.participantId, participantId),
              or(eq(event.kind, 'record'), and(eq(event.kind, 'dropped'), isNull(event.deletedAt))),
            ),
          )
          .orderBy(asc(event.madeAt), asc(event.seq)),
        tx
          .select()
          .from(checkpoint)
          .where(and(eq(checkpoint.participantId, participantId), isNull(checkpoint.deletedAt))),
        sources.submissionsOf(tx, labId),
        tx.select(questionColumns).from(question).where(eq(question.labId, labId)).orderBy(asc(question.position)),
        tx.select().from(staffNote).where(eq(staffNote.participantId, participantId)),
        tx
          .select({ count: sql<number>`coalesce(sum(${trial.number}), 0)::int` })
          .from(trial)
          .where(eq(trial.participantId, participantId)),
      ]);
      const items: Timeline['items'] = [
        ...(who.erasedAt || !who.openedAt ? [] : [{ kind: 'joined' as const, at: who.openedAt.toISOString() }]),
        ...(who.sendingOffAt ? [{ kind: 'sending-off' as const, at: who.sendingOffAt.toISOString() }] : []),
        ...events.flatMap((row) => eventItem(row) ?? []),
        ...checkpoints.map((row): Timeline['items'][number] => ({
          kind: 'checkpoint',
          at: row.madeAt.toISOString(),
          checkpoint: checkpointOf(row),
        })),
        ...submissions
          .filter((one) => one.participant === participantId)
          .map((one): Timeline['items'][number] => ({ kind: 'submission', at: one.receivedAt, submission: one })),
      ];
      items.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
      return {
        rev: head.rev,
        participant: participantView(who),
        returnCode: who.returnCode,
        presence: sources.presenceOf(labId).find((one) => one.participant === participantId) ?? null,
        note: note ? { text: note.text, by: note.writtenBy, at: note.writtenAt.toISOString() } : null,
        questions: questions.map(questionView),
        items,
        trials: tried?.count ?? 0,
      };
    },
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  );
}

const checkpointOf = (row: typeof checkpoint.$inferSelect): CheckpointChange => ({
  id: row.id,
  participant: row.participantId,
  madeAt: row.madeAt.toISOString(),
  receivedAt: row.receivedAt.toISOString(),
  sha256: row.sha256,
  bytes: row.bytes,
});

/** The MIME type that a record of this scope gave a picture; null when no record there holds this blob. */
export async function pictureType(
  db: Queryable,
  sha256: string,
  of: { labId: string } | { participantId: string },
): Promise<Extract<Value, { t: 'image' }>['mime'] | null> {
  const [row] = await db
    .select({
      mime: sql<
        string | null
      >`jsonb_path_query_first(${event.body}, ${`strict $.** ? (@.t == "image" && @.sha256 == "${sha256}").mime`}::jsonpath) #>> '{}'`,
    })
    .from(blobUse)
    .innerJoin(event, eq(event.id, blobUse.ownerId))
    .where(
      and(
        eq(blobUse.sha256, sha256),
        eq(blobUse.ownerKind, 'event'),
        isNull(event.deletedAt),
        'labId' in of ? eq(event.labId, of.labId) : eq(event.participantId, of.participantId),
      ),
    )
    .limit(1);
  return (row?.mime ?? null) as Extract<Value, { t: 'image' }>['mime'] | null;
}
