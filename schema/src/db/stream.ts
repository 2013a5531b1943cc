import { index, pgTable, uuid } from 'drizzle-orm/pg-core';
import { createdAt, instantAt } from './columns.js';
import { lab } from './lab.js';
import { participant } from './participant.js';

/** One numbered series of events from one kernel or page. It belongs to the participant who first sent on it. */
export const stream = pgTable(
  'stream',
  {
    /** Made by the client. */
    id: uuid('id').primaryKey(),
    labId: uuid('lab_id')
      .notNull()
      .references(() => lab.id, { onDelete: 'cascade' }),
    participantId: uuid('participant_id')
      .notNull()
      .references(() => participant.id, { onDelete: 'cascade' }),
    /** `madeAt` never goes back within a stream. */
    lastMadeAt: instantAt('last_made_at').notNull(),
    createdAt: createdAt(),
  },
  (table) => [index('stream_participant').on(table.participantId)],
);
