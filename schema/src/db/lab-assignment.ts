import { integer, pgTable, primaryKey, uuid } from 'drizzle-orm/pg-core';
import { assignment } from './assignment.js';
import { createdAt } from './columns.js';
import { lab } from './lab.js';

/** A lab links any number of assignments. */
export const labAssignment = pgTable(
  'lab_assignment',
  {
    labId: uuid('lab_id')
      .notNull()
      .references(() => lab.id, { onDelete: 'cascade' }),
    assignmentId: uuid('assignment_id')
      .notNull()
      .references(() => assignment.id, { onDelete: 'cascade' }),
    position: integer('position').notNull().default(0),
    createdAt: createdAt(),
  },
  (table) => [primaryKey({ columns: [table.labId, table.assignmentId] })],
);
