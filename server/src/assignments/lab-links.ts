/** Which assignments a lab takes. */
import { and, eq, sql } from 'drizzle-orm';
import { lab, labAssignment } from '@nbpulse/schema/db';
import type { Database, Queryable } from '../database/index.js';
import { findAssignment } from './versions.js';

/** False when the lab's course has no assignment of that name. Linking twice changes nothing. */
export async function linkToLab(db: Database, labId: string, slug: string): Promise<boolean> {
  return db.transaction(async (tx) => {
    const found = await assignmentOfLab(tx, labId, slug);
    if (!found) return false;
    await tx
      .insert(labAssignment)
      .values({
        labId,
        assignmentId: found.id,
        position: sql`(select coalesce(max(position), 0) + 1 from lab_assignment where lab_id = ${labId})`,
      })
      .onConflictDoNothing();
    return true;
  });
}

export async function unlinkFromLab(db: Database, labId: string, slug: string): Promise<boolean> {
  const found = await assignmentOfLab(db, labId, slug);
  if (!found) return false;
  await db.delete(labAssignment).where(and(eq(labAssignment.labId, labId), eq(labAssignment.assignmentId, found.id)));
  return true;
}

async function assignmentOfLab(db: Queryable, labId: string, slug: string): Promise<{ id: string } | null> {
  const [row] = await db.select({ courseId: lab.courseId }).from(lab).where(eq(lab.id, labId));
  return row ? findAssignment(db, row.courseId, slug) : null;
}
