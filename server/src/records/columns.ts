/** Which columns of `event` make a record, for `db.select`. */
import { sql } from 'drizzle-orm';
import { event } from '@nbpulse/schema/db';
import { limits } from '@nbpulse/schema/wire';

export const recordColumns = {
  id: event.id,
  participantId: event.participantId,
  questionKey: event.questionKey,
  part: event.part,
  body: event.body,
  summary: event.summary,
  answerHash: event.answerHash,
  isError: event.isError,
  madeAt: event.madeAt,
  receivedAt: event.receivedAt,
  late: event.late,
  deletedAt: event.deletedAt,
  hiddenAt: event.hiddenAt,
  verdict: event.verdict,
  tag: sql<string | null>`${event.body} ->> 't'`.as('tag'),
};

/** Long values stay in the database: a class's log must not carry megabytes that nobody opened. */
export const previewColumns = {
  ...recordColumns,
  body: sql<unknown>`case when octet_length(${event.body}::text) > ${limits.previewBytes} then null else ${event.body} end`.as(
    'preview',
  ),
};
