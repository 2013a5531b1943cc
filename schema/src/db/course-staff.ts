import { pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { course } from './course.js';
import { createdAt } from './columns.js';
import { staffUser } from './staff-user.js';

export const courseStaff = pgTable(
  'course_staff',
  {
    courseId: uuid('course_id')
      .notNull()
      .references(() => course.id, { onDelete: 'cascade' }),
    userId: text('user_id')
      .notNull()
      .references(() => staffUser.id, { onDelete: 'cascade' }),
    role: text('role', { enum: ['assistant', 'teacher', 'owner'] }).notNull(),
    createdAt: createdAt(),
  },
  (table) => [primaryKey({ columns: [table.courseId, table.userId] })],
);
