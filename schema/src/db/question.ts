import {
  bigint,
  boolean,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uuid,
} from 'drizzle-orm/pg-core';
import { createdAt, revision } from './columns.js';
import { lab } from './lab.js';

/** A key inside a lab: created by the first `send` that names it, or declared ahead. */
export const question = pgTable(
  'question',
  {
    labId: uuid('lab_id')
      .notNull()
      .references(() => lab.id, { onDelete: 'cascade' }),
    key: text('key').notNull(),
    title: text('title'),
    /** Made ahead by staff; the others came with somebody's first `send`, and participants see only their own of these. */
    declared: boolean('declared').notNull().default(false),
    /** Declared ones count 1, 2, 3 …; a key seen first in a `send` sorts naturally among them (see server/src/labs). */
    position: doublePrecision('position').notNull(),
    /** `expectedSetting` of the wire: what makes a record right. Never given to participants. */
    expected: jsonb('expected'),
    /** Hash of the template's own answer: a record that repeats it is *reached*. */
    templateHash: text('template_hash'),
    targetMinutes: integer('target_minutes'),
    /** The revision at which everything already sent was judged anew. */
    judgedRev: bigint('judged_rev', { mode: 'number' }).notNull().default(0),
    groupsRev: integer('groups_rev').notNull().default(0),
    rev: revision(),
    createdAt: createdAt(),
  },
  (table) => [primaryKey({ columns: [table.labId, table.key] }), index('question_log').on(table.labId, table.rev)],
);
