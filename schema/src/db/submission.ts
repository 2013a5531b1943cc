import { index, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { assignment } from './assignment.js';
import { instantAt, revision } from './columns.js';
import { lab } from './lab.js';
import { participant } from './participant.js';

/** One thing handed in. Immutable: its bytes are a blob that a download returns exactly. */
export const submission = pgTable(
  'submission',
  {
    /** Made by the client, so that a repeated upload gives the same receipt. */
    id: uuid('id').primaryKey(),
    /** For people: `S-7F9D2K`. */
    number: text('number').notNull().unique(),
    labId: uuid('lab_id').references(() => lab.id, { onDelete: 'cascade' }),
    assignmentId: uuid('assignment_id')
      .notNull()
      .references(() => assignment.id, { onDelete: 'cascade' }),
    participantId: uuid('participant_id')
      .notNull()
      .references(() => participant.id, { onDelete: 'cascade' }),
    sha256: text('sha256').notNull(),
    bytes: integer('bytes').notNull(),
    filename: text('filename').notNull(),
    madeAt: instantAt('made_at').notNull(),
    /** Decides deadlines. */
    receivedAt: instantAt('received_at').notNull(),
    /** Moves with each step of its grading, so that pages follow. */
    rev: revision(),
    deletedAt: instantAt('deleted_at'),
  },
  (table) => [
    index('submission_log').on(table.labId, table.rev),
    index('submission_participant').on(table.participantId, table.receivedAt),
    index('submission_assignment').on(table.assignmentId, table.participantId),
  ],
);
