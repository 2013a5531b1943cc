import { doublePrecision, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core';
import { assignment } from './assignment.js';
import { id, instantAt } from './columns.js';
import { participant } from './participant.js';
import { staffUser } from './staff-user.js';

/**
 * Staff's own word on a grade. The counted score itself is derived from runs by the policy and stored nowhere; a row here
 * overrides it, with a reason.
 */
export const gradeOverride = pgTable(
  'grade_override',
  {
    id: id(),
    assignmentId: uuid('assignment_id')
      .notNull()
      .references(() => assignment.id, { onDelete: 'cascade' }),
    participantId: uuid('participant_id')
      .notNull()
      .references(() => participant.id, { onDelete: 'cascade' }),
    points: doublePrecision('points').notNull(),
    reason: text('reason').notNull(),
    setBy: text('set_by').references(() => staffUser.id, { onDelete: 'set null' }),
    setAt: instantAt('set_at').notNull().defaultNow(),
  },
  (table) => [unique('grade_override_one').on(table.assignmentId, table.participantId)],
);
