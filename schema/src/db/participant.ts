import { boolean, check, index, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { sql } from 'drizzle-orm';
import { assignment } from './assignment.js';
import { createdAt, id, instantAt, revision } from './columns.js';
import { lab } from './lab.js';
import { person } from './person.js';

/** One person in one lab or assignment (later: board, competition). Exactly one of them is set. */
export const participant = pgTable(
  'participant',
  {
    id: id(),
    personId: uuid('person_id')
      .notNull()
      .references(() => person.id, { onDelete: 'cascade' }),
    labId: uuid('lab_id').references(() => lab.id, { onDelete: 'cascade' }),
    assignmentId: uuid('assignment_id').references(() => assignment.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    /** `nameKey`: the name folded for comparison; unique within the lab while not removed. */
    nameKey: text('name_key').notNull(),
    /** Lets this person add another device. Staff can read it out. */
    returnCode: text('return_code').notNull(),
    /** Came through an open door (a protocol without tokens). */
    unverified: boolean('unverified').notNull().default(false),
    /** When this participant switched sending off; null while it is on. */
    sendingOffAt: instantAt('sending_off_at'),
    rev: revision(),
    joinedAt: createdAt(),
    /** Null for a name of the class list until somebody joins by it. */
    openedAt: instantAt('opened_at').defaultNow(),
    removedAt: instantAt('removed_at'),
    /** When all that names this participant, and all that came from them, was erased; the row stays for who was told what. */
    erasedAt: instantAt('erased_at'),
  },
  (table) => [
    check('participant_in_one', sql`num_nonnulls(${table.labId}, ${table.assignmentId}) = 1`),
    uniqueIndex('participant_name')
      .on(table.labId, table.nameKey)
      .where(sql`${table.removedAt} is null`),
    index('participant_log').on(table.labId, table.rev),
    index('participant_person').on(table.personId),
  ],
);
