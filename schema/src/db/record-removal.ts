import { index, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { sql } from 'drizzle-orm';
import { createdAt, id, instantAt } from './columns.js';
import { lab } from './lab.js';

/** Records that staff hid or deleted in one go, so that it can be undone in one go. */
export const recordRemoval = pgTable(
  'record_removal',
  {
    id: id(),
    labId: uuid('lab_id')
      .notNull()
      .references(() => lab.id, { onDelete: 'cascade' }),
    how: text('how', { enum: ['hide', 'delete'] }).notNull(),
    removedBy: text('removed_by').notNull(),
    records: integer('records').notNull(),
    /** Of a deletion: from when on the content is erased. */
    erasesAt: instantAt('erases_at'),
    /** It was undone, or the content is erased. */
    endedAt: instantAt('ended_at'),
    createdAt: createdAt(),
  },
  (table) => [
    index('record_removal_due')
      .on(table.erasesAt)
      .where(sql`${table.endedAt} is null and ${table.erasesAt} is not null`),
  ],
);
