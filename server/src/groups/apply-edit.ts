/** What each edit writes, in the transaction that holds the lab's lock. */
import { randomUUID } from 'node:crypto';
import { and, eq, inArray, sql } from 'drizzle-orm';
import { answerGroup, answerGroupMember, event, knownMistake } from '@nbpulse/schema/db';
import type { GroupEdit } from '@nbpulse/schema/wire';
import type { Queryable } from '../database/index.js';
import { refuse, type ProblemReply } from '../http/index.js';
import { answerKeys, type BuiltGroup, type Grouping } from './build.js';
import type { MistakeRow, StoredGroup } from './stored.js';
import type { Snapshot } from './undo.js';

export interface EditPlace {
  labId: string;
  question: string;
  course: { id: string; labName: string };
  grouping: Grouping;
  groups: BuiltGroup[];
  stored: StoredGroup[];
  mistakes: MistakeRow[];
}
/** What an undo has to know besides the groups. */
export type Touched = Snapshot['mistakes'];

/** A known mistake needs no more of its answers to be known again. */
const mostKeys = 2_000;

export const moved = () =>
  refuse(409, 'conflict', 'These groups have changed meanwhile. They are shown as they are now; try again.');

export async function merge(
  tx: Queryable,
  at: EditPlace,
  edit: Extract<GroupEdit, { edit: 'merge' }>,
): Promise<ProblemReply | null> {
  const wanted = new Set(edit.groups);
  const chosen = at.groups.filter(({ id }) => wanted.has(id));
  if (chosen.length !== wanted.size || chosen.length < 2) return moved();
  if (new Set(chosen.map(({ section }) => section)).size > 1) {
    return refuse(400, 'invalid', 'Only groups of one kind can be merged: numbers with numbers, code with code.');
  }
  // The largest gives its place; a name is kept, whichever of them had it.
  const named = chosen.find(({ name }) => name !== null);
  const target = chosen[0];
  if (!target) return moved();
  await keep(
    tx,
    at,
    target.id,
    chosen.flatMap(({ hashes }) => hashes),
  );
  const hand = named && at.stored.find(({ id }) => id === named.id);
  if (hand && named !== target) {
    const { name, hint, knownMistakeId } = hand;
    await tx.update(answerGroup).set({ name, hint, knownMistakeId }).where(eq(answerGroup.id, target.id));
  }
  return null;
}

export async function split(
  tx: Queryable,
  at: EditPlace,
  edit: Extract<GroupEdit, { edit: 'split' }>,
): Promise<ProblemReply | null> {
  const group = at.groups.find(({ id }) => id === edit.group);
  if (!group) return moved();
  const leaving = new Set(edit.hashes);
  const rest = group.hashes.filter((hash) => !leaving.has(hash));
  const own = group.hashes.filter((hash) => leaving.has(hash));
  if (own.length !== leaving.size) return moved();
  if (rest.length === 0)
    return refuse(400, 'invalid', 'A group keeps at least one of its answers. Leave one unpicked.');
  // Both sides are placed by hand from now on; what comes later goes to the older, unless its form is with the younger alone.
  await keep(tx, at, group.id, rest);
  await keep(tx, at, randomUUID(), own);
  return null;
}

export async function name(
  tx: Queryable,
  at: EditPlace,
  edit: Extract<GroupEdit, { edit: 'name' }>,
): Promise<{ touched: Touched } | ProblemReply> {
  const group = at.groups.find(({ id }) => id === edit.group);
  if (!group) return moved();
  const hand = at.stored.find(({ id }) => id === group.id);
  const touched: Touched = { before: [], made: [] };
  if (edit.known) {
    if (edit.name === null) return refuse(400, 'invalid', 'A known mistake has a name.');
    const keys = answerKeys(group.hashes, at.grouping.described).slice(0, mostKeys);
    const former = at.mistakes.find(({ id }) => id === group.known?.id);
    let id = former?.id;
    if (former) {
      touched.before.push(former);
      await tx
        .update(knownMistake)
        .set({
          name: edit.name,
          hint: edit.hint,
          answerKeys: [...new Set([...former.answerKeys, ...keys])].slice(0, mostKeys),
        })
        .where(eq(knownMistake.id, former.id));
    } else {
      id = randomUUID();
      touched.made.push(id);
      await tx.insert(knownMistake).values({
        id,
        courseId: at.course.id,
        questionKey: at.question,
        name: edit.name,
        hint: edit.hint,
        answerKeys: keys,
        labId: at.labId,
        labName: at.course.labName,
      });
    }
    await keep(tx, at, group.id, group.hashes);
    // The name is the mistake's: when that is forgotten, the group loses it.
    await tx
      .update(answerGroup)
      .set({ name: null, hint: null, knownMistakeId: id ?? null })
      .where(eq(answerGroup.id, group.id));
    return { touched };
  }
  if (edit.name === null && group.known !== null) {
    return refuse(
      409,
      'conflict',
      `“${group.known.name}” is a known mistake of this course. Forget it, or give this group another name.`,
    );
  }
  if (edit.name !== null || hand) {
    await keep(tx, at, group.id, group.hashes);
    const hint = edit.name === null ? null : edit.hint;
    await tx
      .update(answerGroup)
      .set({ name: edit.name, hint, knownMistakeId: null })
      .where(eq(answerGroup.id, group.id));
  }
  return { touched };
}

export async function reset(
  tx: Queryable,
  at: EditPlace,
  edit: Extract<GroupEdit, { edit: 'reset' }>,
): Promise<ProblemReply | null> {
  if (!at.groups.some(({ id }) => id === edit.group)) return moved();
  await tx.delete(answerGroup).where(and(eq(answerGroup.labId, at.labId), eq(answerGroup.id, edit.group)));
  return null;
}

/** The groups as they stood; answers that were deleted meanwhile stay away. */
export async function restore(tx: Queryable, labId: string, question: string, snapshot: Snapshot): Promise<void> {
  for (const row of snapshot.mistakes.before) {
    const { name: former, hint, answerKeys: keys } = row;
    await tx.update(knownMistake).set({ name: former, hint, answerKeys: keys }).where(eq(knownMistake.id, row.id));
  }
  if (snapshot.mistakes.made.length > 0) {
    await tx.delete(knownMistake).where(inArray(knownMistake.id, snapshot.mistakes.made));
  }
  await tx.delete(answerGroup).where(and(eq(answerGroup.labId, labId), eq(answerGroup.questionKey, question)));
  for (const { hashes, ...row } of snapshot.groups) {
    // A mistake that was forgotten meanwhile is not named again.
    const mistake = sql`(select id from known_mistake where id = ${row.knownMistakeId}::uuid)`;
    await tx.insert(answerGroup).values({ ...row, labId, questionKey: question, knownMistakeId: mistake });
    for (let from = 0; from < hashes.length; from += 1_000) {
      const there = await tx
        .selectDistinct({ answerHash: event.answerHash })
        .from(event)
        .where(
          and(
            eq(event.labId, labId),
            eq(event.questionKey, question),
            inArray(event.answerHash, hashes.slice(from, from + 1_000)),
          ),
        );
      const members = there.flatMap(({ answerHash }) =>
        answerHash === null ? [] : [{ labId, questionKey: question, answerHash, groupId: row.id }],
      );
      if (members.length > 0) await tx.insert(answerGroupMember).values(members);
    }
  }
}

/** These answers are in this group by hand; groups that they leave empty go. */
async function keep(tx: Queryable, { labId, question }: EditPlace, id: string, hashes: string[]): Promise<void> {
  await tx.insert(answerGroup).values({ id, labId, questionKey: question }).onConflictDoNothing();
  for (let from = 0; from < hashes.length; from += 1_000) {
    await tx
      .insert(answerGroupMember)
      .values(
        hashes
          .slice(from, from + 1_000)
          .map((answerHash) => ({ labId, questionKey: question, answerHash, groupId: id })),
      )
      .onConflictDoUpdate({
        target: [answerGroupMember.labId, answerGroupMember.questionKey, answerGroupMember.answerHash],
        set: { groupId: sql`excluded.group_id` },
      });
  }
  await tx.delete(answerGroup).where(
    sql`${answerGroup.labId} = ${labId} and ${answerGroup.questionKey} = ${question} and not exists (
      select 1 from answer_group_member where answer_group_member.group_id = ${answerGroup.id})`,
  );
}
