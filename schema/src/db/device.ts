import { index, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { createdAt, id, instantAt } from './columns.js';
import { participant } from './participant.js';

/** One browser profile or kernel host, with a token of its own. Dead 180 days after last use. */
export const device = pgTable(
  'device',
  {
    id: id(),
    participantId: uuid('participant_id')
      .notNull()
      .references(() => participant.id, { onDelete: 'cascade' }),
    /** sha256 of the opaque token. */
    tokenHash: text('token_hash').notNull().unique(),
    kind: text('kind', { enum: ['page', 'kernel', 'browser'] }).notNull(),
    label: text('label').notNull(),
    createdAt: createdAt(),
    lastUsedAt: instantAt('last_used_at').notNull().defaultNow(),
    revokedAt: instantAt('revoked_at'),
  },
  (table) => [index('device_participant').on(table.participantId)],
);
