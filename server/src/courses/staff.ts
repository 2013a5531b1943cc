/** Who is staff of a course, and which labs are shared with an assistant. Teachers and owners see every lab of theirs. */
import { and, asc, eq } from 'drizzle-orm';
import type { CourseStaffMember } from '@nbpulse/schema/wire';
import { courseStaff, lab, labStaff, staffUser } from '@nbpulse/schema/db';
import type { Database, Queryable } from '../database/index.js';

export async function staffOf(db: Database, courseId: string): Promise<CourseStaffMember[]> {
  const people = await db
    .select({ user: staffUser.id, name: staffUser.name, email: staffUser.email, role: courseStaff.role })
    .from(courseStaff)
    .innerJoin(staffUser, eq(staffUser.id, courseStaff.userId))
    .where(eq(courseStaff.courseId, courseId))
    .orderBy(asc(staffUser.name), asc(staffUser.id));
  const shared = await db
    .select({ user: labStaff.userId, lab: labStaff.labId })
    .from(labStaff)
    .innerJoin(lab, eq(lab.id, labStaff.labId))
    .where(eq(lab.courseId, courseId));
  return people.map((person) => ({
    ...person,
    labs: person.role === 'assistant' ? shared.filter((row) => row.user === person.user).map((row) => row.lab) : null,
  }));
}

/** False when this user is no assistant of the lab's course. Sharing twice changes nothing. */
export async function shareLab(db: Queryable, labId: string, userId: string): Promise<boolean> {
  const [assistant] = await db
    .select({ userId: courseStaff.userId })
    .from(courseStaff)
    .innerJoin(lab, eq(lab.courseId, courseStaff.courseId))
    .where(and(eq(lab.id, labId), eq(courseStaff.userId, userId), eq(courseStaff.role, 'assistant')));
  if (!assistant) return false;
  await db.insert(labStaff).values({ labId, userId }).onConflictDoNothing();
  return true;
}

export async function unshareLab(db: Queryable, labId: string, userId: string): Promise<void> {
  await db.delete(labStaff).where(and(eq(labStaff.labId, labId), eq(labStaff.userId, userId)));
}
