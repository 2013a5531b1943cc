import { pgTable, text, unique, uuid } from 'drizzle-orm/pg-core';
import { course } from './course.js';
import { createdAt, id } from './columns.js';

/** What is handed in and graded. Its content is in versions. */
export const assignment = pgTable(
  'assignment',
  {
    id: id(),
    courseId: uuid('course_id')
      .notNull()
      .references(() => course.id, { onDelete: 'cascade' }),
    slug: text('slug').notNull(),
    createdAt: createdAt(),
  },
  (table) => [unique('assignment_slug').on(table.courseId, table.slug)],
);
