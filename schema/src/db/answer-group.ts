import { index, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { createdAt, id } from './columns.js';
import { knownMistake } from './known-mistake.js';
import { lab } from './lab.js';

/** A group of answers that staff merged, split or named. The others are found anew from the answers and stored nowhere. */
export const answerGroup = pgTable(
  'answer_group',
  {
    id: id(),
    labId: uuid('lab_id')
      .notNull()
      .references(() => lab.id, { onDelete: 'cascade' }),
    questionKey: text('question_key').notNull(),
    name: text('name'),
    hint: text('hint'),
    knownMistakeId: uuid('known_mistake_id').references(() => knownMistake.id, { onDelete: 'set null' }),
    createdAt: createdAt(),
  },
  (table) => [index('answer_group_question').on(table.labId, table.questionKey)],
);

/** Which answers belong to it. An answer that comes later joins the group of the answers that it is near to. */
export const answerGroupMember = pgTable(
  'answer_group_member',
  {
    labId: uuid('lab_id')
      .notNull()
      .references(() => lab.id, { onDelete: 'cascade' }),
    questionKey: text('question_key').notNull(),
    answerHash: text('answer_hash').notNull(),
    groupId: uuid('group_id')
      .notNull()
      .references(() => answerGroup.id, { onDelete: 'cascade' }),
  },
  (table) => [
    primaryKey({ columns: [table.labId, table.questionKey, table.answerHash] }),
    index('answer_group_member_group').on(table.groupId),
  ],
);
