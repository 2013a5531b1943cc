import { index, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { createdAt, instantAt } from './columns.js';
import { participant } from './participant.js';

/** Opens the page "What is stored about me" once, within five minutes, from a participant's panel. */
export const pageLink = pgTable(
  'page_link',
  {
    /** sha256 of the code in the link's fragment. */
    codeHash: text('code_hash').primaryKey(),
    participantId: uuid('participant_id')
      .notNull()
      .references(() => participant.id, { onDelete: 'cascade' }),
    expiresAt: instantAt('expires_at').notNull(),
    usedAt: instantAt('used_at'),
    createdAt: createdAt(),
  },
  (table) => [index('page_link_participant').on(table.participantId)],
);
