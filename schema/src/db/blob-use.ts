import { index, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { blob } from './blob.js';
import { lab } from './lab.js';

/** Which row holds which blob, and for which lab's disk use it counts. */
export const blobUse = pgTable(
  'blob_use',
  {
    sha256: text('sha256')
      .notNull()
      .references(() => blob.sha256),
    ownerKind: text('owner_kind', {
      enum: ['event', 'checkpoint', 'submission', 'assignment-file', 'run', 'trial', 'notebook-run'],
    }).notNull(),
    ownerId: uuid('owner_id').notNull(),
    labId: uuid('lab_id').references(() => lab.id, { onDelete: 'cascade' }),
  },
  (table) => [
    primaryKey({ columns: [table.sha256, table.ownerKind, table.ownerId] }),
    index('blob_use_owner').on(table.ownerKind, table.ownerId),
    index('blob_use_lab').on(table.labId),
  ],
);
