import { sql } from 'drizzle-orm';
import { boolean, index, integer, jsonb, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core';
import { id, instantAt, revision } from './columns.js';
import { lab } from './lab.js';
import { participant } from './participant.js';
import { stream } from './stream.js';

/**
 * Whatever a client reported, as it was: never overwritten. A deletion empties `body` and leaves who and when; it takes a
 * new `rev`, so it travels as a change.
 */
export const event = pgTable(
  'event',
  {
    id: id(),
    labId: uuid('lab_id')
      .notNull()
      .references(() => lab.id, { onDelete: 'cascade' }),
    participantId: uuid('participant_id')
      .notNull()
      .references(() => participant.id, { onDelete: 'cascade' }),
    streamId: uuid('stream_id')
      .notNull()
      .references(() => stream.id, { onDelete: 'cascade' }),
    seq: integer('seq').notNull(),
    kind: text('kind', { enum: ['record', 'dropped', 'activity'] }).notNull(),
    questionKey: text('question_key'),
    part: text('part'),
    cell: text('cell'),
    /** A record's encoded value (images by blob hash), `{count}` of a drop, `{what, error}` of an activity; null once deleted. */
    body: jsonb('body'),
    /** sha256 of the event as it came, without `madeAt`'s skew: the same number with another hash is a conflict. */
    bodyHash: text('body_hash').notNull(),
    /** sha256 of the canonical text, first 32 hex digits; equal answers, equal hash. */
    answerHash: text('answer_hash'),
    summary: text('summary'),
    isError: boolean('is_error').notNull().default(false),
    bytes: integer('bytes').notNull(),
    madeAt: instantAt('made_at').notNull(),
    receivedAt: instantAt('received_at').notNull(),
    /** Made before the lab closed, received after. */
    late: boolean('late').notNull().default(false),
    rev: revision(),
    deletedAt: instantAt('deleted_at'),
    deletedBy: text('deleted_by'),
    /** Null: nothing is expected of its question, or it was not sent to one. */
    verdict: text('verdict', { enum: ['right', 'wrong', 'reached'] }),
    /** Out of every view and count. Of a deletion by staff too, until it is done. */
    hiddenAt: instantAt('hidden_at'),
    removalId: uuid('removal_id'),
  },
  (table) => [
    unique('event_stream_seq').on(table.streamId, table.seq),
    index('event_log').on(table.labId, table.rev),
    index('event_question').on(table.labId, table.questionKey, table.participantId),
    index('event_participant').on(table.participantId, table.madeAt),
    index('event_newest').on(table.labId, table.receivedAt, table.id),
    index('event_removal')
      .on(table.removalId)
      .where(sql`${table.removalId} is not null`),
  ],
);
