import { bigint, index, pgTable, text } from 'drizzle-orm/pg-core';
import { createdAt, instantAt } from './columns.js';

/** Bytes in the blob store, named by their sha256. Rows of `blob_use` count; a blob without any is swept within 24 h. */
export const blob = pgTable(
  'blob',
  {
    sha256: text('sha256').primaryKey(),
    bytes: bigint('bytes', { mode: 'number' }).notNull(),
    /** When its last use went; null while it is used. */
    unusedAt: instantAt('unused_at'),
    createdAt: createdAt(),
  },
  (table) => [index('blob_unused').on(table.unusedAt)],
);
