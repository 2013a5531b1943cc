/** A question as staff see it, from its row. Participants get no part of what is expected. */
import { question } from '@nbpulse/schema/db';
import { expectedSetting, type QuestionView } from '@nbpulse/schema/wire';

/** For `db.select`. */
export const questionColumns = {
  key: question.key,
  title: question.title,
  position: question.position,
  targetMinutes: question.targetMinutes,
  expected: question.expected,
  templateHash: question.templateHash,
  judgedRev: question.judgedRev,
  groupsRev: question.groupsRev,
};
export type QuestionRow = Pick<typeof question.$inferSelect, keyof typeof questionColumns>;

export const questionView = (row: QuestionRow): QuestionView => ({
  key: row.key,
  title: row.title,
  position: row.position,
  targetMinutes: row.targetMinutes,
  expected: row.expected === null ? null : expectedSetting.parse(row.expected),
  reachedKnown: row.templateHash !== null,
  judgedRev: row.judgedRev,
  groupsRev: row.groupsRev,
});
