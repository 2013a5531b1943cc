import { bigint, index, integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { course } from './course.js';
import { createdAt, id, instantAt } from './columns.js';

/**
 * One live sitting of a class. `rev` is the head of the lab's log: every transaction that changes what a page or panel
 * shows does `UPDATE lab SET rev = rev + 1 … RETURNING rev` once and stamps its rows with it. The row lock makes
 * revisions become visible in order, which a sequence would not.
 */
export const lab = pgTable(
  'lab',
  {
    id: id(),
    courseId: uuid('course_id')
      .notNull()
      .references(() => course.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    description: text('description').notNull().default(''),
    /** Eight base32 characters, without the hyphen. */
    joinCode: text('join_code').notNull().unique(),
    status: text('status', { enum: ['draft', 'open', 'closed'] })
      .notNull()
      .default('draft'),
    rev: bigint('rev', { mode: 'number' }).notNull().default(0),
    /** The revision at which the lab's own row last changed. */
    changedRev: bigint('changed_rev', { mode: 'number' }).notNull().default(0),
    /** The revision at which any question's expected answer or template hash last changed: writers of records hold them in memory. */
    expectedRev: bigint('expected_rev', { mode: 'number' }).notNull().default(0),
    /** `labSettings` of the wire, what differs from its defaults. */
    settings: jsonb('settings').notNull().default({}),
    openedAt: instantAt('opened_at'),
    closedAt: instantAt('closed_at'),
    /** Months after closing until records, notebooks and names go; the course's when the lab was made. */
    retentionMonths: integer('retention_months').notNull().default(12),
    /** The day that staff chose instead; null: those months after closing. */
    eraseAt: instantAt('erase_at'),
    /** When records, notebooks and names went, by the erase date. */
    erasedAt: instantAt('erased_at'),
    /** Content is gone; the row stays so that clients get 410 and say what happened. */
    deletedAt: instantAt('deleted_at'),
    deletedBy: text('deleted_by'),
    createdAt: createdAt(),
  },
  (table) => [index('lab_course').on(table.courseId)],
);
