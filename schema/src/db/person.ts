import { index, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { course } from './course.js';
import { createdAt, id, instantAt } from './columns.js';

/** One human in one course: from a pasted list, or made by joining. Later carries OIDC, Hub and LTI ids. */
export const person = pgTable(
  'person',
  {
    id: id(),
    courseId: uuid('course_id')
      .notNull()
      .references(() => course.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    /** When all that names this person was erased. */
    erasedAt: instantAt('erased_at'),
    createdAt: createdAt(),
  },
  (table) => [index('person_course').on(table.courseId)],
);
