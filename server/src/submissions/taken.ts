/** What a lab takes from its students: whether now, and for which assignment. The same for a submission and a trial. */
import { eq } from 'drizzle-orm';
import { lab } from '@nbpulse/schema/db';
import type { LinkedAssignment } from '../assignments/index.js';
import type { Queryable } from '../database/index.js';
import { ProblemReply, refuse } from '../http/index.js';

/** @param what a student wants to do; null: they may */
export async function whyNoHandIn(db: Queryable, labId: string, what: 'hand in' | 'run'): Promise<ProblemReply | null> {
  const [open] = await db.select({ status: lab.status }).from(lab).where(eq(lab.id, labId));
  if (open?.status === 'open') return null;
  if (open?.status === 'draft') {
    const able = what === 'run' ? 'run the tests' : 'hand in';
    return refuse(409, 'lab-draft', `The lab has not begun. You can ${able} once your teacher has opened it.`);
  }
  const shut = what === 'run' ? 'its tests cannot be run any more' : 'nothing more can be handed in';
  return refuse(
    409,
    'lab-closed',
    `The lab is closed: ${shut}. Ask your teacher to open it again; your notebook stays as it is.`,
  );
}

/** The one of this name; without a name the lab's only one. */
export function chosenAssignment(
  linked: LinkedAssignment[],
  slug: string | undefined,
): LinkedAssignment | ProblemReply {
  const only = linked.length === 1 ? linked[0] : undefined;
  const found = slug === undefined ? only : linked.find((item) => item.slug === slug);
  if (found) return found;
  if (linked.length === 0) {
    return refuse(
      404,
      'not-found',
      'Nothing can be handed in in this lab: no assignment is linked to it. Ask your teacher.',
    );
  }
  const all = linked.map((item) => item.slug).join(', ');
  return slug === undefined
    ? refuse(
        400,
        'invalid',
        `This lab has ${linked.length} assignments: ${all}. Say which: ?assignment=${linked[0]?.slug ?? ''}`,
      )
    : refuse(404, 'not-found', `This lab has no assignment "${slug}". It has: ${all}.`);
}
