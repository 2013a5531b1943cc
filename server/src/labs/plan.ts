/** The plan: titles and target times of a lab's questions. It declares those that nobody has sent to yet. */
import { eq } from 'drizzle-orm';
import type { z } from 'zod';
import { lab, question } from '@nbpulse/schema/db';
import type { planWanted, QuestionView } from '@nbpulse/schema/wire';
import { nextRev, type Announce, type Database } from '../database/index.js';
import { refuse, type ProblemReply } from '../http/index.js';
import { questionColumns, questionView } from '../views/index.js';

/**
 * A key that came with somebody's `send` is not declared by it: participants are shown declared ones, and theirs are their own.
 * What a plan names keeps its place; new questions follow the one that stands before them in the plan.
 */
export async function setPlan(
  { db, announce }: { db: Database; announce: Announce },
  labId: string,
  wanted: z.output<typeof planWanted>,
): Promise<{ questions: QuestionView[] } | ProblemReply> {
  const keys = wanted.questions.map((one) => one.key);
  const twice = keys.find((key, index) => keys.indexOf(key) !== index);
  if (twice !== undefined)
    return refuse(400, 'invalid', `The question “${twice}” is named twice. Each question has a key of its own.`, {
      fields: { questions: `“${twice}” is named twice` },
    });
  const done = await db.transaction(async (tx): Promise<{ rev: number; views: QuestionView[] } | ProblemReply> => {
    const [former] = await tx
      .select({ deletedAt: lab.deletedAt })
      .from(lab)
      .where(eq(lab.id, labId))
      .for('no key update');
    if (!former || former.deletedAt) return refuse(410, 'lab-deleted', 'This lab was deleted.');
    const known = new Map(
      (
        await tx
          .select({ key: question.key, position: question.position })
          .from(question)
          .where(eq(question.labId, labId))
      ).map((one) => [one.key, one.position]),
    );
    const rev = await nextRev(tx, labId);
    const views: QuestionView[] = [];
    let before = 0;
    for (const { key, title, targetMinutes } of wanted.questions) {
      const position = known.get(key) ?? between(before, [...known.values()]);
      known.set(key, position);
      before = position;
      const set = {
        ...(title === undefined ? {} : { title: title === '' ? null : title }),
        ...(targetMinutes === undefined ? {} : { targetMinutes }),
        rev,
      };
      const [row] = await tx
        .insert(question)
        .values({ labId, key, position, declared: true, ...set })
        .onConflictDoUpdate({ target: [question.labId, question.key], set })
        .returning(questionColumns);
      if (row) views.push(questionView(row));
    }
    return { rev, views };
  });
  if (!('views' in done)) return done;
  announce(
    labId,
    done.rev,
    done.views.map((view) => ({ kind: 'question', rev: done.rev, question: view })),
  );
  return { questions: done.views };
}

/** A place right after `before` among these, which are in no order. */
export function between(before: number, positions: readonly number[]): number {
  const next = Math.min(...positions.filter((position) => position > before));
  return Number.isFinite(next) ? (before + next) / 2 : Math.floor(before) + 1;
}
