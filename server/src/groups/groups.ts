/** The groups of a question, and edits of them: each in one transaction under the lab's lock, so that two teachers lose nothing. */
import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import { answerGroup, knownMistake, lab, question } from '@nbpulse/schema/db';
import type { Change, GroupEdit, GroupEdited, MistakeForgotten, QuestionGroups } from '@nbpulse/schema/wire';
import { nextRev, type Announce, type Database, type Queryable } from '../database/index.js';
import { ProblemReply, refuse } from '../http/index.js';
import { questionColumns, questionView } from '../views/index.js';
import { merge, moved, name, reset, restore, split, type EditPlace, type Touched } from './apply-edit.js';
import { buildGroups } from './build.js';
import type { Current, Grouper } from './grouper.js';
import { rules } from './rules.js';
import { countedAnswers, mistakeRows, storedGroups } from './stored.js';
import type { Snapshots } from './undo.js';

export interface GroupDeps {
  db: Database;
  announce: Announce;
  grouper: Grouper;
  snapshots: Snapshots;
}

/** How long a page waits before it hears how far it is. */
const patienceMs = 1_500;
/** An edit is made of whole groups, or not at all. */
const editPatienceMs = 7_000;

/** A refusal that takes the transaction back. */
class Refused extends Error {
  constructor(readonly reply: ProblemReply) {
    super(reply.body.message);
  }
}

const noQuestion = (key: string) =>
  refuse(404, 'not-found', `Nobody has sent question “${key}” in this lab, and it was not declared.`);

export async function readGroups(deps: GroupDeps, labId: string, key: string): Promise<QuestionGroups | ProblemReply> {
  const its = await placeOf(deps.db, labId, key);
  if (!its) return noQuestion(key);
  const current = await deps.grouper.current(labId, key, patienceMs);
  return asShown(deps.db, current, its);
}

async function asShown(
  db: Queryable,
  current: Current,
  { courseId, groupsRev }: { courseId: string; groupsRev: number },
): Promise<QuestionGroups> {
  const { labId, question: key, state, done, of } = current;
  const [stored, mistakes] = await Promise.all([storedGroups(db, labId, key), mistakeRows(db, courseId, key)]);
  const groups = buildGroups(current, stored, mistakes).map(({ records: _, ...group }) => group);
  const present = new Set(groups.map(({ section }) => section));
  return {
    question: key,
    groupsRev,
    state,
    done,
    of,
    rules: state === 'plain' ? [] : rules.filter(({ section }) => present.has(section)),
    groups,
  };
}

export async function editGroups(
  deps: GroupDeps,
  labId: string,
  key: string,
  edit: GroupEdit,
  mayKnow: boolean,
): Promise<GroupEdited | ProblemReply> {
  const { db, grouper, snapshots } = deps;
  const snapshot = edit.edit === 'restore' ? snapshots.get(edit.snapshot, labId, key) : null;
  if (edit.edit === 'restore' && !snapshot) {
    return refuse(
      409,
      'conflict',
      'This can no longer be undone: it is some minutes ago, or the server was started anew.',
    );
  }
  const knowing = edit.edit === 'name' ? edit.known : snapshot !== null && touches(snapshot.mistakes);
  if (knowing && !mayKnow) {
    return refuse(
      403,
      'not-allowed',
      'Known mistakes are kept by the course’s teachers. You can name this group for this lab.',
    );
  }
  const current = await grouper.current(labId, key, editPatienceMs);
  if (current.state === 'grouping') {
    return refuse(503, 'unavailable', 'The answers are still being grouped. Try again in a moment.', {
      retryAfterMs: 2_000,
    });
  }
  let done;
  try {
    done = await db.transaction(async (tx) => {
      const its = await placeOf(tx, labId, key);
      if (!its) throw new Refused(noQuestion(key));
      const revs = await takeRevs(tx, its.courseId, labId, key, knowing);
      const [counted, stored, mistakes] = [
        await countedAnswers(tx, labId, key),
        await storedGroups(tx, labId, key),
        await mistakeRows(tx, its.courseId, key),
      ];
      const grouping = { ...current, counted };
      const groups = buildGroups(grouping, stored, mistakes);
      const at: EditPlace = {
        labId,
        question: key,
        course: { id: its.courseId, labName: its.labName },
        grouping,
        groups,
        stored,
        mistakes,
      };
      let touched: Touched = { before: [], made: [] };
      let refusal: ProblemReply | null = null;
      switch (edit.edit) {
        case 'merge':
          refusal = await merge(tx, at, edit);
          break;
        case 'split':
          refusal = await split(tx, at, edit);
          break;
        case 'name': {
          const named = await name(tx, at, edit);
          if (named instanceof ProblemReply) refusal = named;
          else touched = named.touched;
          break;
        }
        case 'reset':
          refusal = await reset(tx, at, edit);
          break;
        case 'restore': {
          const [now] = await tx.select(questionColumns).from(question).where(ofQuestion(labId, key));
          if (!snapshot || now?.groupsRev !== snapshot.groupsRev) {
            refusal = refuse(409, 'conflict', 'Somebody has edited these groups since, so this is not undone.');
            break;
          }
          // The other way round, the mistakes that it made would be known to nobody; a redo names them again.
          touched = {
            before: mistakes.filter(({ id }) => snapshot.mistakes.before.some((one) => one.id === id)),
            made: [],
          };
          await restore(tx, labId, key, snapshot);
          break;
        }
        default:
          edit satisfies never;
      }
      if (refusal) throw new Refused(refusal);
      const changes = await raise(tx, revs, key);
      const own = changes.find((change) => change.labId === labId);
      if (!own) throw new Refused(moved());
      return {
        changes,
        courseId: its.courseId,
        groupsRev: own.groupsRev,
        before: { groups: stored, mistakes: touched },
      };
    });
  } catch (error) {
    if (error instanceof Refused) return error.reply;
    throw error;
  }
  for (const { labId: where, rev, change } of done.changes) deps.announce(where, rev, [change]);
  const { groupsRev, courseId, before } = done;
  const undo = snapshots.keep({ labId, question: key, groupsRev, ...before });
  // Nothing of it moved the answers: what is in memory is put together with what was written.
  return { groups: await asShown(db, current, { courseId, groupsRev }), undo };
}

/** The groups that had its name and hint lose them, in all labs of the course. */
export async function forgetMistake(
  deps: GroupDeps,
  courseId: string,
  id: string,
): Promise<MistakeForgotten | ProblemReply> {
  const done = await deps.db.transaction(async (tx) => {
    const [row] = await tx
      .select()
      .from(knownMistake)
      .where(and(eq(knownMistake.id, id), eq(knownMistake.courseId, courseId)));
    if (!row) return null;
    const revs = await takeRevs(tx, courseId, null, row.questionKey, true);
    const named = await tx.select({ id: answerGroup.id }).from(answerGroup).where(eq(answerGroup.knownMistakeId, id));
    // Whoever forgot it at the same moment was first.
    const gone = await tx.delete(knownMistake).where(eq(knownMistake.id, id)).returning();
    const [mistake] = gone;
    if (!mistake) return null;
    return { mistake, groups: named.map((one) => one.id), changes: await raise(tx, revs, row.questionKey) };
  });
  if (!done)
    return refuse(404, 'not-found', 'There is no such known mistake in this course. It may have been forgotten.');
  for (const { labId, rev, change } of done.changes) deps.announce(labId, rev, [change]);
  return { undo: deps.snapshots.forgotten.keep({ mistake: done.mistake, groups: done.groups }) };
}

/** Its groups have its name and hint again, but those that staff named otherwise since. Twice is once. */
export async function recallMistake(
  deps: GroupDeps,
  courseId: string,
  undo: string,
): Promise<ProblemReply | undefined> {
  const found = deps.snapshots.forgotten.get(undo, courseId);
  if (!found) {
    return refuse(
      409,
      'conflict',
      'This can no longer be undone: it is some minutes ago, or the server was started anew.',
    );
  }
  const { mistake, groups } = found;
  const changes = await deps.db.transaction(async (tx) => {
    const revs = await takeRevs(tx, courseId, null, mistake.questionKey, true);
    await tx.insert(knownMistake).values(mistake).onConflictDoNothing();
    if (groups.length > 0) {
      await tx
        .update(answerGroup)
        .set({ knownMistakeId: mistake.id })
        .where(and(inArray(answerGroup.id, groups), isNull(answerGroup.name), isNull(answerGroup.knownMistakeId)));
    }
    return raise(tx, revs, mistake.questionKey);
  });
  for (const { labId, rev, change } of changes) deps.announce(labId, rev, [change]);
  return undefined;
}

const touches = ({ before, made }: Touched): boolean => before.length + made.length > 0;
const ofQuestion = (labId: string, key: string) => and(eq(question.labId, labId), eq(question.key, key));

async function placeOf(
  db: Queryable,
  labId: string,
  key: string,
): Promise<{ courseId: string; labName: string; groupsRev: number } | null> {
  const [row] = await db
    .select({ courseId: lab.courseId, labName: lab.name, groupsRev: question.groupsRev })
    .from(question)
    .innerJoin(lab, eq(lab.id, question.labId))
    .where(ofQuestion(labId, key));
  return row ?? null;
}

/** Of this lab, or of all the course's that have the question: in the order of their ids, so that two who do it take turns. */
async function takeRevs(
  tx: Queryable,
  courseId: string,
  labId: string | null,
  key: string,
  ofCourse: boolean,
): Promise<Map<string, number>> {
  const others = ofCourse
    ? await tx
        .select({ id: lab.id })
        .from(lab)
        .where(
          and(
            eq(lab.courseId, courseId),
            isNull(lab.deletedAt),
            sql`exists (select 1 from question where question.lab_id = ${lab.id} and question.key = ${key})`,
          ),
        )
    : [];
  const ids = new Set(others.map(({ id }) => id));
  if (labId !== null) ids.add(labId);
  const revs = new Map<string, number>();
  for (const id of [...ids].sort()) revs.set(id, await nextRev(tx, id));
  return revs;
}

async function raise(
  tx: Queryable,
  revs: Map<string, number>,
  key: string,
): Promise<{ labId: string; rev: number; groupsRev: number; change: Change }[]> {
  if (revs.size === 0) return [];
  const rows = [];
  for (const [labId, rev] of revs) {
    const [row] = await tx
      .update(question)
      .set({ groupsRev: sql`${question.groupsRev} + 1`, rev })
      .where(and(inArray(question.labId, [labId]), eq(question.key, key)))
      .returning(questionColumns);
    if (!row) continue;
    const change: Change = { kind: 'question', rev, question: questionView(row) };
    rows.push({ labId, rev, groupsRev: row.groupsRev, change });
  }
  return rows;
}
