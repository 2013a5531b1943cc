import { asc, eq } from 'drizzle-orm';
import type { SessionView } from '@nbpulse/schema/wire';
import { course, courseStaff, staffUser } from '@nbpulse/schema/db';
import type { Queryable } from '../database/index.js';

/** Who is signed in, and their courses, oldest first. Null when the account is gone. */
export async function sessionViewOf(db: Queryable, userId: string): Promise<SessionView | null> {
  const [user] = await db
    .select({ id: staffUser.id, name: staffUser.name, email: staffUser.email, handle: staffUser.handle })
    .from(staffUser)
    .where(eq(staffUser.id, userId));
  if (!user) return null;
  const courses = await db
    .select({
      id: course.id,
      name: course.name,
      timeZone: course.timeZone,
      role: courseStaff.role,
      retentionMonths: course.retentionMonths,
    })
    .from(courseStaff)
    .innerJoin(course, eq(course.id, courseStaff.courseId))
    .where(eq(courseStaff.userId, userId))
    .orderBy(asc(course.createdAt), asc(course.id));
  return { user, courses };
}
