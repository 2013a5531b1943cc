/** Answers that are in no record any more go from groups that were made by hand: of a short answer its hash could be guessed. */
import { inArray, sql } from 'drizzle-orm';
import { answerGroup, answerGroupMember } from '@nbpulse/schema/db';
import type { Queryable } from '../database/index.js';

/** In the transaction that emptied or deleted records of these labs. Groups that nothing is left of go as well. */
export async function forgetAnswers(tx: Queryable, labIds: string[]): Promise<void> {
  if (labIds.length === 0) return;
  await tx.delete(answerGroupMember).where(
    sql`${inArray(answerGroupMember.labId, labIds)} and not exists (
      select 1 from event where event.lab_id = ${answerGroupMember.labId} and event.question_key = ${answerGroupMember.questionKey}
        and event.answer_hash = ${answerGroupMember.answerHash})`,
  );
  await tx.delete(answerGroup).where(
    sql`${inArray(answerGroup.labId, labIds)} and not exists (
      select 1 from answer_group_member where answer_group_member.group_id = ${answerGroup.id})`,
  );
}

/** All groups that were made by hand in a lab that is deleted. */
export async function forgetGroups(tx: Queryable, labId: string): Promise<void> {
  await tx.delete(answerGroup).where(sql`${answerGroup.labId} = ${labId}`);
}
