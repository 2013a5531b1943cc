/**
 * The lab's log. Every change that a page or panel shows is written in a transaction that takes the lab's next revision
 * here; the row lock is held to the commit, so revisions become visible in their order and no reader ever skips one.
 *
 * The same statement tells the other server processes (`NOTIFY`, delivered at the commit): one per transaction, whatever
 * it writes. Inside this process the writer calls its `Announce` right after the commit, which is quicker.
 */
import { eq, sql } from 'drizzle-orm';
import { lab } from '@nbpulse/schema/db';
import type { Change } from '@nbpulse/schema/wire';
import type { Queryable } from './client.js';

/** Payload: `<lab id> <rev>`. */
export const revChannel = 'nbpulse_rev';

/**
 * Tells whoever watches a lab what a committed transaction changed. Call it after the commit, with the revision that
 * `nextRev` gave, also when nothing came of it (then with no changes): a revision that nobody announces costs a look into the database.
 */
export type Announce = (labId: string, rev: number, changes: Change[]) => void;

/** Part of the statement that takes a revision: tells the other processes, at the commit. */
export const tellOthers = sql`pg_notify(${revChannel}, ${lab.id} || ' ' || ${lab.rev})`;

/** The next revision of a lab's log, inside the caller's transaction. Take it as late as possible: it serialises the lab's writers. */
export async function nextRev(tx: Queryable, labId: string): Promise<number> {
  const [row] = await tx
    .update(lab)
    .set({ rev: sql`${lab.rev} + 1` })
    .where(eq(lab.id, labId))
    .returning({ rev: lab.rev, told: tellOthers });
  if (!row) throw new Error('the lab of this change does not exist');
  return row.rev;
}
