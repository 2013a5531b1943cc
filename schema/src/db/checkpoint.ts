import { index, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { instantAt, revision } from './columns.js';
import { lab } from './lab.js';
import { participant } from './participant.js';

/** A notebook as it was at one moment; staff can read it. An unchanged one adds no row and no blob. */
export const checkpoint = pgTable(
  'checkpoint',
  {
    /** Made by the client, so that a repeated upload counts once. */
    id: uuid('id').primaryKey(),
    labId: uuid('lab_id')
      .notNull()
      .references(() => lab.id, { onDelete: 'cascade' }),
    participantId: uuid('participant_id')
      .notNull()
      .references(() => participant.id, { onDelete: 'cascade' }),
    /** Of the exact bytes that were uploaded. */
    sha256: text('sha256').notNull(),
    /** The blob that they are put together from: large outputs are blobs of their own (see server/src/checkpoints). */
    storedSha256: text('stored_sha256').notNull(),
    bytes: integer('bytes').notNull(),
    madeAt: instantAt('made_at').notNull(),
    receivedAt: instantAt('received_at').notNull(),
    rev: revision(),
    deletedAt: instantAt('deleted_at'),
  },
  (table) => [
    index('checkpoint_log').on(table.labId, table.rev),
    index('checkpoint_participant').on(table.participantId, table.receivedAt),
  ],
);
