/**
 * One flush: the events of several batches of one lab, in one transaction with one revision and one multi-row insert.
 *
 * The lab's row is locked first, then streams by their ids.
 */
import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { question } from '@nbpulse/schema/db';
import {
  limits,
  newQuestion,
  type ActivityChange,
  type Change,
  type QuestionView,
  type RecordView,
  type Value,
  type Verdict,
} from '@nbpulse/schema/wire';
import type { Blobs, BlobUse } from '../blobs/index.js';
import type { Database, Queryable } from '../database/index.js';
import { readLabJudge, type LabJudge } from '../expected/index.js';
import { maxQuestionsPerLab, positionAmong } from '../questions/index.js';
import type { SenderStanding, Reception, Receptions } from './batch.js';
import { claim, type Claimed } from './claim.js';
import { insertEvents, receiveRepeated, type Row } from './insert-events.js';
import { boundMadeAt, readMadeBetween } from './made-at.js';
import type { Portion } from './portion.js';
import type { ReadyEvent } from './read-event.js';
import { refusalBy } from './standing.js';

export interface Written {
  rev: number;
  changes: Change[];
  receptions: Receptions;
  /** Of participants who are not simply taken from. */
  senders: Map<string, SenderStanding>;
  /** Questions that exist now. */
  questionKeys: string[];
  judge: LabJudge;
}

/** What is known of the lab from the flush before. */
export interface LabMemory {
  readonly questions: ReadonlySet<string>;
  readonly judge: LabJudge | null;
}

export async function writeEvents(
  db: Database,
  blobs: Blobs,
  labId: string,
  portions: Portion[],
  { questions: knownQuestions, judge: knownJudge }: LabMemory,
): Promise<Written> {
  return db.transaction(async (tx) => {
    const claimed = await claim(tx, labId, portions);
    const { streams, rev, lab, expectedRev } = claimed;
    const judge = knownJudge?.expectedRev === expectedRev ? knownJudge : await readLabJudge(tx, labId, expectedRev);
    const receptions: Receptions = new Map();
    const rows: { portion: Portion; row: Row }[] = [];
    const madeBetween = await readMadeBetween(tx, streams, portions);
    const firstSenders = firstSendersOf(claimed, portions);
    /** Of each stream, the instant of its event before, in this flush. */
    const previousMs = new Map<string, number>();
    for (const portion of [...portions].sort((a, b) => a.event.seq - b.event.seq)) {
      const { stream, participantId } = portion.batch;
      const sender = claimed.participants.get(participantId);
      // Its whole batch is answered so.
      if (!sender) continue;
      if ((streams.get(stream)?.participantId ?? firstSenders.get(stream)) !== participantId) {
        receptions.set(portion.event, notYours);
        continue;
      }
      const { belowMs, aboveMs } = madeBetween(portion);
      const madeAtMs = boundMadeAt(portion.event.madeAtMs + portion.batch.skewMs, portion.batch.receivedAt.getTime(), {
        belowMs: Math.max(belowMs, previousMs.get(stream) ?? 0),
        aboveMs,
      });
      const refusal = refusalBy(lab, sender, portion.event, madeAtMs);
      if (refusal) {
        receptions.set(portion.event, refusal);
        continue;
      }
      previousMs.set(stream, madeAtMs);
      rows.push({ portion, row: rowOf(portion, madeAtMs, lab.closedAtMs !== null, verdictOn(judge, portion.event)) });
    }

    const added = await addQuestions(tx, labId, rev, rows, knownQuestions, receptions);
    const kept = rows.filter(({ portion }) => !receptions.has(portion.event));
    const inserted = await insertEvents(tx, labId, rev, kept);
    for (const { portion } of inserted) receptions.set(portion.event, null);
    if (inserted.length < kept.length) {
      const repeated = kept.filter(({ portion }) => !receptions.has(portion.event));
      await receiveRepeated(tx, repeated, receptions);
    }
    await blobs.use(tx, blobUses(labId, inserted));

    const changes: Change[] = [
      ...added.map((row): Change => ({ kind: 'question', rev, question: row })),
      ...inserted.map(({ portion, row }) => changeOf(rev, portion.event, row)),
    ];
    const questionKeys = kept.flatMap(({ row }) => namedQuestion(row) ?? []);
    return { rev, changes, receptions, senders: sendersOf(claimed, portions), questionKeys, judge };
  });
}

/** Whose a stream becomes that nobody has sent on yet. */
function firstSendersOf({ participants }: Claimed, portions: Portion[]): Map<string, string> {
  const first = new Map<string, string>();
  for (const { batch } of portions) {
    if (!first.has(batch.stream) && participants.has(batch.participantId)) first.set(batch.stream, batch.participantId);
  }
  return first;
}

function sendersOf({ participants }: Claimed, portions: Portion[]): Map<string, SenderStanding> {
  const senders = new Map<string, SenderStanding>();
  for (const { batch } of portions) {
    const known = participants.get(batch.participantId);
    if (!known) senders.set(batch.participantId, 'removed');
    else if (known.sendingOffAtMs !== null) senders.set(batch.participantId, 'sending-off');
  }
  return senders;
}

const notYours: Reception = {
  code: 'not-yours',
  message:
    'This series of records belongs to another participant. Restart the kernel, so that it begins a series of its own.',
};

function verdictOn(judge: LabJudge, { question: key, answerHash, isError, body }: ReadyEvent): Verdict | null {
  // Only a record has one.
  if (key === null || answerHash === null) return null;
  return judge.verdict(key, { hash: answerHash, isError, value: () => body as Value });
}

function rowOf({ batch, event }: Portion, madeAtMs: number, late: boolean, verdict: Verdict | null): Row {
  return {
    id: randomUUID(),
    participant: batch.participantId,
    stream: batch.stream,
    seq: event.seq,
    kind: event.kind,
    question: event.question,
    part: event.part,
    cell: event.cell,
    bodyHash: event.bodyHash,
    answerHash: event.answerHash,
    summary: event.summary,
    isError: event.isError,
    bytes: event.bytes,
    madeAt: new Date(madeAtMs).toISOString(),
    receivedAt: batch.receivedAt.toISOString(),
    late,
    verdict,
  };
}

/** The question that this event makes, if there is none of that key. Passive activity makes none: nobody has sent to it. */
const namedQuestion = ({ kind, question: key }: Row): string | null => (kind === 'activity' ? null : key);

/** Writes the questions that these events name first. Safe against another process: the lab's row is locked. */
async function addQuestions(
  tx: Queryable,
  labId: string,
  rev: number,
  rows: { portion: Portion; row: Row }[],
  known: ReadonlySet<string>,
  receptions: Receptions,
): Promise<QuestionView[]> {
  const named = new Set(rows.flatMap(({ row }) => namedQuestion(row) ?? []).filter((key) => !known.has(key)));
  if (named.size === 0) return [];
  const there = await tx
    .select({ key: question.key, position: question.position })
    .from(question)
    .where(eq(question.labId, labId));
  for (const { key } of there) named.delete(key);
  const added: QuestionView[] = [];
  for (const key of named) {
    if (there.length >= maxQuestionsPerLab) {
      const message = `This lab has ${maxQuestionsPerLab} questions already, so “${key}” was not added. Use one of the lab’s own keys.`;
      for (const { portion, row } of rows)
        if (namedQuestion(row) === key) receptions.set(portion.event, { code: 'invalid', message });
      continue;
    }
    const position = positionAmong(there, key);
    there.push({ key, position });
    added.push(newQuestion(key, position));
  }
  if (added.length > 0) {
    await tx.insert(question).values(added.map(({ key, position }) => ({ labId, key, position, rev })));
  }
  return added;
}

const blobUses = (labId: string, inserted: { portion: Portion; row: Row }[]): BlobUse[] =>
  inserted.flatMap(({ portion, row }) =>
    [...new Set(portion.event.pictures.map((picture) => picture.sha256))].map((sha256): BlobUse => ({
      sha256,
      ownerKind: 'event',
      ownerId: row.id,
      labId,
    })),
  );

function changeOf(rev: number, ready: ReadyEvent, row: Row): Change {
  if (ready.kind === 'dropped') {
    const { count } = ready.body as { count: number };
    const { participant, madeAt } = row;
    return { kind: 'dropped', rev, participant, question: row.question ?? '', count, madeAt };
  }
  if (ready.kind === 'activity') {
    const { what, error } = ready.body as Pick<ActivityChange, 'what' | 'error'>;
    const { participant, question, madeAt } = row;
    return { kind: 'activity', rev, activity: { participant, what, question, error, madeAt } };
  }
  const record: RecordView = {
    id: row.id,
    participant: row.participant,
    question: row.question ?? '',
    part: row.part,
    // A long value is fetched when somebody opens it.
    value: ready.bodyChars > limits.previewBytes ? null : (ready.body as Value),
    summary: row.summary ?? '',
    hash: row.answerHash ?? '',
    error: row.isError,
    madeAt: row.madeAt,
    receivedAt: row.receivedAt,
    late: row.late,
    deleted: false,
    hidden: false,
    tag: (ready.body as Value).t,
    verdict: row.verdict,
  };
  return { kind: 'record', rev, record };
}
