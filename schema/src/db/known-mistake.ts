import { index, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { course } from './course.js';
import { createdAt, id } from './columns.js';
import { lab } from './lab.js';

/** A group of answers that a course has named: equal answers to a question of the same key arrive with its name and hint. */
export const knownMistake = pgTable(
  'known_mistake',
  {
    id: id(),
    courseId: uuid('course_id')
      .notNull()
      .references(() => course.id, { onDelete: 'cascade' }),
    questionKey: text('question_key').notNull(),
    name: text('name').notNull(),
    hint: text('hint'),
    /** Of its answers: their hashes, and those of their normalised forms. No answer itself, and nobody who gave it. */
    answerKeys: text('answer_keys').array().notNull(),
    labId: uuid('lab_id').references(() => lab.id, { onDelete: 'set null' }),
    /** Stays when the lab goes. */
    labName: text('lab_name').notNull(),
    createdAt: createdAt(),
  },
  (table) => [index('known_mistake_question').on(table.courseId, table.questionKey)],
);
