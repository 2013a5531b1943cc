import { pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { createdAt } from './columns.js';
import { lab } from './lab.js';
import { staffUser } from './staff-user.js';

/** Labs shared with an assistant. Teachers and owners see all labs of their course without a row here. */
export const labStaff = pgTable(
  'lab_staff',
  {
    labId: uuid('lab_id')
      .notNull()
      .references(() => lab.id, { onDelete: 'cascade' }),
    userId: text('user_id')
      .notNull()
      .references(() => staffUser.id, { onDelete: 'cascade' }),
    createdAt: createdAt(),
  },
  (table) => [primaryKey({ columns: [table.labId, table.userId] })],
);
