/**
 * Which version grades what is handed in. A version grades once its check has passed (or when it is from before there were
 * checks). While the newest is being checked, submissions wait for it; when its check failed, or could not be done, the newest
 * one before it that may grade goes on; when there is none, they wait for a version that passes.
 */
import { desc, eq } from 'drizzle-orm';
import type { CheckState } from '@nbpulse/schema/wire';
import { assignmentVersion } from '@nbpulse/schema/db';
import type { Queryable } from '../database/index.js';

export interface VersionChoice {
  id: string;
  number: number;
  /** True: nothing is graded by it yet. */
  waits: boolean;
}

/** Older ones are never reached: a version that failed for good is replaced, not piled up. */
const mostLookedAt = 200;

/** @param newestFirst the versions of one assignment; @returns null when it has none */
export function chooseVersion(
  newestFirst: readonly { id: string; number: number; state: CheckState }[],
): VersionChoice | null {
  const next = newestFirst.find(({ state }) => state !== 'failed' && state !== 'not-done');
  const chosen = next ?? newestFirst[0];
  if (!chosen) return null;
  const { id, number, state } = chosen;
  return { id, number, waits: state !== 'passed' && state !== 'unchecked' };
}

export async function versionToGradeBy(db: Queryable, assignmentId: string): Promise<VersionChoice | null> {
  const rows = await db
    .select({ id: assignmentVersion.id, number: assignmentVersion.number, state: assignmentVersion.checkState })
    .from(assignmentVersion)
    .where(eq(assignmentVersion.assignmentId, assignmentId))
    .orderBy(desc(assignmentVersion.number))
    .limit(mostLookedAt);
  return chooseVersion(rows.map(({ state, ...row }) => ({ ...row, state: state ?? 'unchecked' })));
}
