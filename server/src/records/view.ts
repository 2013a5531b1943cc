/** A record as pages get it, from a row of `event`. */
import type { RecordView, Value } from '@nbpulse/schema/wire';
import type { event } from '@nbpulse/schema/db';

export type EventRow = typeof event.$inferSelect;
/** What a view needs; `body` may have been left in the database because it is long. */
export type RecordRow = Pick<
  EventRow,
  | 'id'
  | 'participantId'
  | 'questionKey'
  | 'part'
  | 'body'
  | 'summary'
  | 'answerHash'
  | 'isError'
  | 'madeAt'
  | 'receivedAt'
  | 'late'
  | 'deletedAt'
  | 'hiddenAt'
  | 'verdict'
> & { tag: string | null };

export function recordView(row: RecordRow): RecordView {
  return {
    id: row.id,
    participant: row.participantId,
    question: row.questionKey ?? '',
    part: row.part,
    value: row.deletedAt ? null : (row.body as Value | null),
    summary: row.deletedAt ? '' : (row.summary ?? ''),
    hash: row.deletedAt ? '' : (row.answerHash ?? ''),
    error: row.isError,
    madeAt: row.madeAt.toISOString(),
    receivedAt: row.receivedAt.toISOString(),
    late: row.late,
    deleted: row.deletedAt !== null,
    hidden: row.hiddenAt !== null,
    tag: row.deletedAt ? null : row.tag,
    verdict: row.deletedAt ? null : row.verdict,
  };
}

/** For participants: what staff know and hide of it is not theirs to see. */
export const ownRecordView = (row: RecordRow): RecordView => ({ ...recordView(row), hidden: false, verdict: null });
