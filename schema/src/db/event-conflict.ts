import { integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { instantAt } from './columns.js';
import { stream } from './stream.js';

/** The same number of a stream with another body: kept beside the first, reported to staff, never counted. */
export const eventConflict = pgTable(
  'event_conflict',
  {
    streamId: uuid('stream_id')
      .notNull()
      .references(() => stream.id, { onDelete: 'cascade' }),
    seq: integer('seq').notNull(),
    bodyHash: text('body_hash').notNull(),
    body: jsonb('body').notNull(),
    receivedAt: instantAt('received_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.streamId, table.seq, table.bodyHash] })],
);
