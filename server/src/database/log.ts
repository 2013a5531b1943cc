/**
 * The lab's log. Every change that a page or panel shows is written in a transaction that takes the lab's next revision
 * here; the row lock is held to the commit, so revisions become visible in their order and no reader ever skips one.
 */
import { eq, sql } from 'drizzle-orm';
import { lab } from '@nbpulse/schema/db';
import type { Queryable } from './client.js';

/** The next revision of a lab's log, inside the caller's transaction. Take it as late as possible: it serialises the lab's writers. */
export async function nextRev(tx: Queryable, labId: string): Promise<number> {
  const [row] = await tx
    .update(lab)
    .set({ rev: sql`${lab.rev} + 1` })
    .where(eq(lab.id, labId))
    .returning({ rev: lab.rev });
  if (!row) throw new Error('the lab of this change does not exist');
  return row.rev;
}
