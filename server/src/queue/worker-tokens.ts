/** Tokens of workers: made by whoever runs the server, stored as sha256, revocable. */
import { and, eq, gt, isNull, sql } from 'drizzle-orm';
import { minute } from '@nbpulse/schema/wire';
import { worker } from '@nbpulse/schema/db';
import { hashToken, makeToken } from '../access/index.js';
import type { Queryable } from '../database/index.js';

/** Makes a worker's token; earlier ones of the same name stop to work. */
export async function makeWorkerToken(db: Queryable, name: string): Promise<string> {
  const token = makeToken('nbw');
  await db
    .update(worker)
    .set({ revokedAt: sql`now()` })
    .where(and(eq(worker.name, name), isNull(worker.revokedAt)));
  await db.insert(worker).values({ name, tokenHash: hashToken(token) });
  return token;
}

/** Whether this token would be let in. */
export async function isWorkerToken(db: Queryable, token: string): Promise<boolean> {
  const rows = await db
    .select({ id: worker.id })
    .from(worker)
    .where(and(eq(worker.tokenHash, hashToken(token)), isNull(worker.revokedAt)));
  return rows.length > 0;
}

/** A worker without an engine never calls; one that waits for jobs calls at least each half minute. */
const seenWithinMs = 1 * minute;

/** Whether any worker that can grade has called of late: else grading is off on this server. */
export async function gradingIsOn(db: Queryable): Promise<boolean> {
  const rows = await db
    .select({ id: worker.id })
    .from(worker)
    .where(
      and(
        isNull(worker.revokedAt),
        gt(worker.lastSeenAt, sql`now() - make_interval(secs => ${seenWithinMs / 1000}::float8)`),
      ),
    )
    .limit(1);
  return rows.length > 0;
}
