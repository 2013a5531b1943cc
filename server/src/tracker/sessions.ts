/** What the tracker calls a session is a lab whose door is on; its owner is anybody of staff who sees that lab, by handle. */
import { and, desc, eq, isNotNull, isNull, ne, or, sql } from 'drizzle-orm';
import { courseStaff, lab, labStaff, staffUser } from '@nbpulse/schema/db';
import type { StaffRole } from '@nbpulse/schema/wire';
import type { Database } from '../database/index.js';

export interface Session {
  labId: string;
  courseId: string;
  name: string;
  settings: unknown;
  role: StaffRole;
}

const doorIsOn = sql`${lab.settings} ->> 'trackerDoor' = 'true'`;
/** Assistants see the labs that are shared with them. */
const seesLab = or(ne(courseStaff.role, 'assistant'), isNotNull(labStaff.userId));
const rank = sql`case ${courseStaff.role} when 'owner' then 0 when 'teacher' then 1 else 2 end`;

/** The open lab of this name; of several the one that was opened last, one's own courses first. */
export async function openSession(
  db: Database,
  owner: { handle: string } | { userId: string },
  name: string,
): Promise<Session | 'no-owner' | 'no-session'> {
  const [user] = await db
    .select({ id: staffUser.id })
    .from(staffUser)
    .where(
      'userId' in owner ? eq(staffUser.id, owner.userId) : eq(staffUser.handle, owner.handle.trim().toLowerCase()),
    );
  if (!user) return 'no-owner';
  const [found] = await db
    .select({ labId: lab.id, courseId: lab.courseId, name: lab.name, settings: lab.settings, role: courseStaff.role })
    .from(lab)
    .innerJoin(courseStaff, and(eq(courseStaff.courseId, lab.courseId), eq(courseStaff.userId, user.id)))
    .leftJoin(labStaff, and(eq(labStaff.labId, lab.id), eq(labStaff.userId, user.id)))
    .where(and(eq(lab.name, name.trim()), eq(lab.status, 'open'), isNull(lab.deletedAt), doorIsOn, seesLab))
    .orderBy(rank, desc(lab.openedAt))
    .limit(1);
  return found ?? 'no-session';
}

/** All labs that this member of staff sees. */
export async function sessionsOf(db: Database, userId: string) {
  return db
    .select({ lab, role: courseStaff.role })
    .from(lab)
    .innerJoin(courseStaff, and(eq(courseStaff.courseId, lab.courseId), eq(courseStaff.userId, userId)))
    .leftJoin(labStaff, and(eq(labStaff.labId, lab.id), eq(labStaff.userId, userId)))
    .where(and(isNull(lab.deletedAt), seesLab))
    .orderBy(lab.createdAt);
}

/** Names by which notebooks may call a lab (its name or its id) and its owner, of every lab whose door is on. */
export async function namesOfDoors(db: Database, labId?: string): Promise<{ name: string; handle: string }[]> {
  const rows = await db
    .selectDistinct({ id: lab.id, name: lab.name, handle: staffUser.handle })
    .from(lab)
    .innerJoin(courseStaff, eq(courseStaff.courseId, lab.courseId))
    .innerJoin(staffUser, eq(staffUser.id, courseStaff.userId))
    .leftJoin(labStaff, and(eq(labStaff.labId, lab.id), eq(labStaff.userId, staffUser.id)))
    .where(and(isNull(lab.deletedAt), doorIsOn, seesLab, labId === undefined ? undefined : eq(lab.id, labId)));
  return rows.flatMap(({ id, name, handle }) => [
    { name, handle },
    { name: id, handle },
  ]);
}
