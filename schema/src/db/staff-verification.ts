import { pgTable, text } from 'drizzle-orm/pg-core';
import { createdAt, instantAt } from './columns.js';

/** better-auth's own short-lived values. */
export const staffVerification = pgTable('staff_verification', {
  id: text('id').primaryKey(),
  identifier: text('identifier').notNull(),
  value: text('value').notNull(),
  expiresAt: instantAt('expires_at').notNull(),
  createdAt: createdAt(),
  updatedAt: instantAt('updated_at').notNull().defaultNow(),
});
