/** Who of staff calls, and in which role for the course or lab that a route names. */
import { and, eq } from 'drizzle-orm';
import { courseStaff, lab, labStaff } from '@nbpulse/schema/db';
import type { StaffRole } from '@nbpulse/schema/wire';
import type { Database } from '../database/index.js';

export interface StaffIdentity {
  userId: string;
  name: string;
  email: string;
  admin: boolean;
}

/** Reads the session cookie. Given by the accounts feature, so that access does not know how people sign in. */
export type FindStaff = (headers: Headers) => Promise<StaffIdentity | null>;

export interface StaffStanding {
  courseId: string;
  labId: string | null;
  role: StaffRole | null;
  /** True for teachers and owners; for assistants when this lab is shared with them. */
  sharesLab: boolean;
  deletedAt: Date | null;
}

/** The standing of one account towards a lab; null when there is no such lab. */
export async function standingInLab(db: Database, userId: string, labId: string): Promise<StaffStanding | null> {
  const [row] = await db
    .select({
      courseId: lab.courseId,
      deletedAt: lab.deletedAt,
      role: courseStaff.role,
      shared: labStaff.userId,
    })
    .from(lab)
    .leftJoin(courseStaff, and(eq(courseStaff.courseId, lab.courseId), eq(courseStaff.userId, userId)))
    .leftJoin(labStaff, and(eq(labStaff.labId, lab.id), eq(labStaff.userId, userId)))
    .where(eq(lab.id, labId));
  if (!row) return null;
  return {
    courseId: row.courseId,
    labId,
    role: row.role,
    sharesLab: row.role !== null && (row.role !== 'assistant' || row.shared !== null),
    deletedAt: row.deletedAt,
  };
}

export async function roleInCourse(db: Database, userId: string, courseId: string): Promise<StaffRole | null> {
  const [row] = await db
    .select({ role: courseStaff.role })
    .from(courseStaff)
    .where(and(eq(courseStaff.courseId, courseId), eq(courseStaff.userId, userId)));
  return row?.role ?? null;
}
