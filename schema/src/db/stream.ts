import { index, integer, pgTable, uuid } from 'drizzle-orm/pg-core';
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
    /** The highest number stored, and when that was made: within a stream `madeAt` rises with the numbers. */
    lastSeq: integer('last_seq').notNull().default(0),
    lastMadeAt: instantAt('last_made_at').notNull(),
    createdAt: createdAt(),
  },
  (table) => [index('stream_participant').on(table.participantId)],
);
