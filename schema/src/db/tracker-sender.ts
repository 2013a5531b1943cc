import { integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { createdAt } from './columns.js';
import { lab } from './lab.js';
import { participant } from './participant.js';
import { stream } from './stream.js';

/**
 * A sender of a notebook written for notebook-progress-tracker: no token, told apart by what the notebook says of itself. On a
 * shared host two students have one uuid, so the name counts, too.
 */
export const trackerSender = pgTable(
  'tracker_sender',
  {
    labId: uuid('lab_id')
      .notNull()
      .references(() => lab.id, { onDelete: 'cascade' }),
    senderUuid: text('sender_uuid').notNull(),
    senderName: text('sender_name').notNull(),
    participantId: uuid('participant_id')
      .notNull()
      .references(() => participant.id, { onDelete: 'cascade' }),
    /** Numbered by the server: these notebooks number nothing. */
    streamId: uuid('stream_id')
      .notNull()
      .references(() => stream.id, { onDelete: 'cascade' }),
    /** The last number of that stream which was given out. */
    lastSeq: integer('last_seq').notNull().default(0),
    createdAt: createdAt(),
  },
  (table) => [primaryKey({ columns: [table.labId, table.senderUuid, table.senderName] })],
);
