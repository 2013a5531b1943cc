import { boolean, pgTable, text } from 'drizzle-orm/pg-core';
import { createdAt, instantAt } from './columns.js';

/** An account of staff (better-auth's `user`). Students have none: they are persons with devices. */
export const staffUser = pgTable('staff_user', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  email: text('email').notNull().unique(),
  emailVerified: boolean('email_verified').notNull().default(false),
  image: text('image'),
  /** Unique on the server: `ada`; how notebooks of other systems name a session's owner. */
  handle: text('handle').notNull().unique(),
  /** Runs the server; sees no class by that. */
  admin: boolean('admin').notNull().default(false),
  createdAt: createdAt(),
  updatedAt: instantAt('updated_at').notNull().defaultNow(),
});
