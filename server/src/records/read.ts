/** Records read back: of a question, one, of a participant, and the bytes of their pictures. */
import { and, asc, desc, eq, isNull, sql } from 'drizzle-orm';
import { blobUse, checkpoint, event, lab, participant, question } from '@nbpulse/schema/db';
import type {
  CheckpointChange,
  Presence,
  QuestionRecords,
  RecordView,
  SubmissionChange,
  Timeline,
  Value,
} from '@nbpulse/schema/wire';
import type { Database, Queryable } from '../database/index.js';
import { previewColumns, recordColumns } from './columns.js';
import { recordView } from './view.js';

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
          .select({ key: question.key, title: question.title, position: question.position })
          .from(question)
          .where(and(eq(question.labId, labId), eq(question.key, key))),
      ]);
      if (!head || !found) return null;
      const of = and(
        eq(event.labId, labId),
        eq(event.questionKey, key),
        eq(event.kind, 'record'),
        isNull(event.deletedAt),
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
      return { rev: head.rev, question: found, view, records };
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
  return row ? recordView(row) : null;
}

export interface TimelineSources {
  presenceOf: (labId: string) => Presence[];
  submissionsOf: (tx: Queryable, labId: string) => Promise<SubmissionChange[]>;
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
      const [events, checkpoints, submissions, questions] = await Promise.all([
        tx
          .select({ ...previewColumns, kind: event.kind })
          .from(event)
          .where(eq(event.participantId, participantId))
          .orderBy(asc(event.madeAt), asc(event.seq)),
        tx
          .select()
          .from(checkpoint)
          .where(and(eq(checkpoint.participantId, participantId), isNull(checkpoint.deletedAt))),
        sources.submissionsOf(tx, labId),
        tx
          .select({ key: question.key, title: question.title, position: question.position })
          .from(question)
          .where(eq(question.labId, labId))
          .orderBy(asc(question.position)),
      ]);
      const items: Timeline['items'] = [
        { kind: 'joined', at: who.joinedAt.toISOString() },
        ...events.map((row): Timeline['items'][number] =>
          row.kind === 'record'
            ? { kind: 'record', at: row.madeAt.toISOString(), record: recordView(row) }
            : {
                kind: 'dropped',
                at: row.madeAt.toISOString(),
                question: row.questionKey ?? '',
                count: (row.body as { count: number }).count,
              },
        ),
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
        participant: {
          id: who.id,
          name: who.name,
          joinedAt: who.joinedAt.toISOString(),
          removed: who.removedAt !== null,
          unverified: who.unverified,
        },
        returnCode: who.returnCode,
        presence: sources.presenceOf(labId).find((one) => one.participant === participantId) ?? null,
        questions,
        items,
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
