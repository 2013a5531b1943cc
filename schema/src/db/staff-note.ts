import { pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { instantAt } from './columns.js';
import { participant } from './participant.js';

/** What staff write about a participant for each other. Goes when the participant's records go. */
export const staffNote = pgTable('staff_note', {
  participantId: uuid('participant_id')
    .primaryKey()
    .references(() => participant.id, { onDelete: 'cascade' }),
  text: text('text').notNull(),
  writtenBy: text('written_by'),
  writtenAt: instantAt('written_at').notNull().defaultNow(),
});
