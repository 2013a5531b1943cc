import { pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { course } from './course.js';
import { createdAt, id, instantAt } from './columns.js';

/** A link that lets somebody in once: the first owner, an invited colleague, a reset password. Dead after 24 h or one use. */
export const oneTimeLink = pgTable('one_time_link', {
  id: id(),
  /** sha256 of the token; the token itself is only in the link. */
  tokenHash: text('token_hash').notNull().unique(),
  purpose: text('purpose', { enum: ['first', 'invite', 'reset'] }).notNull(),
  email: text('email'),
  courseId: uuid('course_id').references(() => course.id, { onDelete: 'cascade' }),
  role: text('role', { enum: ['assistant', 'teacher', 'owner'] }),
  expiresAt: instantAt('expires_at').notNull(),
  usedAt: instantAt('used_at'),
  createdAt: createdAt(),
});
