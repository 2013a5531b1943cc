import { index, pgTable, text } from 'drizzle-orm/pg-core';
import { createdAt, instantAt } from './columns.js';
import { staffUser } from './staff-user.js';

/** A signed-in browser of staff (better-auth's `session`). Addresses are not stored. */
export const staffSession = pgTable(
  'staff_session',
  {
    id: text('id').primaryKey(),
    token: text('token').notNull().unique(),
    userId: text('user_id')
      .notNull()
      .references(() => staffUser.id, { onDelete: 'cascade' }),
    expiresAt: instantAt('expires_at').notNull(),
    ipAddress: text('ip_address'),
    userAgent: text('user_agent'),
    createdAt: createdAt(),
    updatedAt: instantAt('updated_at').notNull().defaultNow(),
  },
  (table) => [index('staff_session_user').on(table.userId)],
);
