/** `nbpulse staff link EMAIL`: lets somebody in, or in again. */
import { and, eq, isNotNull } from 'drizzle-orm';
import { z } from 'zod';
import { courseStaff, staffCredential, staffUser } from '@nbpulse/schema/db';
import { staffRole } from '@nbpulse/schema/wire';
import { linkUrl, makeLink } from '../src/accounts/index.js';
import { chooseCourse } from './assignment.js';
import { CliProblem } from './problem.js';
import { withDatabase, type Surroundings } from './surroundings.js';

/** The link, and what it does in words. */
export async function staffLink(
  where: Surroundings & { publicUrl: string },
  email: string,
  given: { role?: string | undefined; course?: string | undefined },
): Promise<{ url: string; about: string }> {
  const address = z.email().safeParse(email.trim().toLowerCase());
  if (!address.success) throw new CliProblem(`"${email}" is no e-mail address.`, 2);
  const role = staffRole.optional().safeParse(given.role);
  if (!role.success) throw new CliProblem(`--role: "${given.role ?? ''}" is none of assistant, teacher, owner.`, 2);

  return withDatabase(where, async ({ db }) => {
    const [account] = await db
      .select({ id: staffUser.id })
      .from(staffUser)
      .innerJoin(staffCredential, and(eq(staffCredential.userId, staffUser.id), isNotNull(staffCredential.password)))
      .where(eq(staffUser.email, address.data));
    if (account) {
      // With a role the link also gives it; without, the account's courses stay as they are.
      const courseId = role.data === undefined ? null : await chooseCourse(db, given.course);
      const link = await makeLink(db, { purpose: 'reset', email: address.data, courseId, role: role.data ?? null });
      return {
        url: linkUrl(where.publicUrl, link.token),
        about: `Sets a new password for ${address.data} and signs every other browser out. Works once, for 24 hours.`,
      };
    }
    const courseId = await chooseCourse(db, given.course);
    const [owner] = await db
      .select({ userId: courseStaff.userId })
      .from(courseStaff)
      .where(and(eq(courseStaff.courseId, courseId), eq(courseStaff.role, 'owner')))
      .limit(1);
    const invited = role.data ?? (owner ? 'teacher' : 'owner');
    const link = await makeLink(db, {
      purpose: owner ? 'invite' : 'first',
      email: address.data,
      courseId,
      role: owner ? invited : 'owner',
    });
    return {
      url: linkUrl(where.publicUrl, link.token),
      about: `Invites ${address.data} as ${owner ? invited : 'owner'}. Works once, for 24 hours.`,
    };
  });
}
