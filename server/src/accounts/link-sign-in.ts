/** What the holder of a one-time link does with it: makes an account, joins a course, or sets a lost password. */
import { randomUUID } from 'node:crypto';
import { and, eq, isNull, sql } from 'drizzle-orm';
import type { LinkSignIn, LinkView } from '@nbpulse/schema/wire';
import { course, courseStaff, oneTimeLink, staffCredential, staffSession, staffUser } from '@nbpulse/schema/db';
import { roleReaches } from '@nbpulse/schema/wire';
import type { Database, Queryable } from '../database/index.js';
import { refuse, type ProblemReply } from '../http/index.js';
import { timeZoneProblem } from '../courses/index.js';
import type { Auth } from './auth.js';
import { findLink, useLink, type OneTimeLink } from './links.js';

export const linkIsUsed = (): ProblemReply =>
  refuse(
    410,
    'link-used',
    'This link was used already or is older than 24 hours. Sign in with your password; if there is none yet, an owner of the course makes a new link, or whoever runs the server does: npx nbpulse staff link EMAIL',
  );

export async function viewLink(db: Database, token: string): Promise<LinkView | ProblemReply> {
  const link = await findLink(db, token);
  if (!link) return linkIsUsed();
  const [ready] = link.courseId ? await db.select().from(course).where(eq(course.id, link.courseId)) : [];
  const user = link.email === null ? null : await findUser(db, link.email);
  return {
    kind: link.purpose,
    email: link.email,
    course: ready ? { name: ready.name, timeZone: ready.timeZone } : null,
    role: link.role,
    account: link.purpose !== 'reset' && user?.passwordHash != null,
    expiresAt: link.expiresAt.toISOString(),
  };
}

/** Ends the transaction: an expected refusal, after which the link can still be used. */
class Refused extends Error {
  constructor(readonly reply: ProblemReply) {
    super(reply.body.message);
  }
}

/**
 * Uses the link up and leaves an account with this password. An account that has a password keeps it, and it is asked
 * for: else whoever invites a colleague could open the colleague's account with the link. Only a reset link, which only
 * whoever runs the server can make, replaces a password; it also signs every other browser out.
 */
export async function signInByLink(
  deps: { db: Database; auth: Auth },
  token: string,
  given: LinkSignIn,
  headers: Headers,
): Promise<{ email: string; userId: string } | ProblemReply> {
  const email = given.email.toLowerCase();
  const zoneProblem = given.course ? timeZoneProblem(given.course.timeZone) : null;
  if (zoneProblem) return refuse(400, 'invalid', zoneProblem, { fields: { 'course.timeZone': zoneProblem } });

  const link = await findLink(deps.db, token);
  if (!link) return linkIsUsed();
  if (link.email !== null && link.email !== email) {
    const message = `This link is for ${link.email}. Use that address, or ask for a link of your own.`;
    return refuse(400, 'invalid', message, { fields: { email: message } });
  }
  const user = await findUser(deps.db, email);
  const refused = link.purpose === 'reset' ? null : await wrongPassword(deps.auth, user, given.password, headers);
  if (refused) return refused;
  const passwordHash = await deps.auth.hashPassword(given.password);

  try {
    return await deps.db.transaction(async (tx) => {
      const used = await useLink(tx, token);
      if (!used) throw new Refused(linkIsUsed());
      const known = await findUser(tx, email);
      if (known?.passwordHash != null && user?.passwordHash == null && used.purpose !== 'reset') {
        throw new Refused(refuse(409, 'conflict', 'This account was made a moment ago. Sign in with its password.'));
      }
      const userId = known ? known.id : await addUser(tx, used, email, given);
      if (known?.passwordHash == null || used.purpose === 'reset') await setPassword(tx, userId, passwordHash);
      await joinCourse(tx, used, userId, given);
      return { email, userId };
    });
  } catch (error) {
    if (error instanceof Refused) return error.reply;
    throw error;
  }
}

interface KnownUser {
  id: string;
  passwordHash: string | null;
}

async function findUser(db: Queryable, email: string): Promise<KnownUser | null> {
  const [row] = await db
    .select({ id: staffUser.id, passwordHash: staffCredential.password })
    .from(staffUser)
    .leftJoin(
      staffCredential,
      and(eq(staffCredential.userId, staffUser.id), eq(staffCredential.providerId, 'credential')),
    )
    .where(eq(staffUser.email, email));
  return row ?? null;
}

/** A refusal when the account has a password and this is another; guessing is slowed down as at the sign-in page. */
async function wrongPassword(
  auth: Auth,
  user: KnownUser | null,
  password: string,
  headers: Headers,
): Promise<ProblemReply | null> {
  if (user?.passwordHash == null) return null;
  const device = auth.deviceOf(headers, user.id);
  const waitMs = auth.pace.begin(user.id, device);
  if (waitMs > 0) {
    const wait = `Wait ${String(Math.ceil(waitMs / 1000))} s, then try again.`;
    return refuse(429, 'too-fast', `Too many wrong passwords for this account. ${wait}`, { retryAfterMs: waitMs });
  }
  if (await auth.verifyPassword(user.passwordHash, password)) {
    auth.pace.succeeded(user.id, device);
    return null;
  }
  const message =
    'There is an account with this e-mail address already, and this is not its password. Type the password of that account; if it is lost, whoever runs the server makes a link: npx nbpulse staff link EMAIL';
  return refuse(403, 'not-allowed', message, { fields: { password: 'not the password of this account' } });
}

async function addUser(tx: Queryable, link: OneTimeLink, email: string, given: LinkSignIn): Promise<string> {
  if (link.purpose === 'reset') {
    throw new Refused(refuse(404, 'not-found', `There is no account with the address ${email} any more.`));
  }
  if (given.handle !== undefined) {
    const [taken] = await tx.select({ id: staffUser.id }).from(staffUser).where(eq(staffUser.handle, given.handle));
    if (taken) {
      const message = `The handle ${given.handle} is taken on this server. Choose another.`;
      throw new Refused(refuse(409, 'name-taken', message, { fields: { handle: message } }));
    }
  }
  const userId = randomUUID();
  await tx.insert(staffUser).values({
    id: userId,
    name: given.name,
    email,
    // The link proves it: whoever made it gave it to this address, or it is the server's own first account.
    emailVerified: true,
    handle: given.handle ?? (await freeHandle(tx, email)),
    admin: link.purpose === 'first',
  });
  return userId;
}

/** From the address: `ada.lovelace@…` → `ada.lovelace`, then `ada.lovelace2`. */
async function freeHandle(tx: Queryable, email: string): Promise<string> {
  const base =
    (email.split('@')[0] ?? '')
      .normalize('NFKD')
      .replace(/[^a-z0-9._-]/g, '')
      .replace(/^[^a-z0-9]+/, '')
      .slice(0, 30)
      .padEnd(2, '0') || 'staff';
  const rows = await tx
    .select({ handle: staffUser.handle })
    .from(staffUser)
    .where(sql`starts_with(${staffUser.handle}, ${base})`);
  const taken = new Set(rows.map((row) => row.handle));
  for (let number = 1; ; number += 1) {
    const handle = number === 1 ? base : `${base}${String(number)}`;
    if (!taken.has(handle)) return handle;
  }
}

async function setPassword(tx: Queryable, userId: string, passwordHash: string): Promise<void> {
  await tx
    .delete(staffCredential)
    .where(and(eq(staffCredential.userId, userId), eq(staffCredential.providerId, 'credential')));
  await tx
    .insert(staffCredential)
    .values({ id: randomUUID(), accountId: userId, providerId: 'credential', userId, password: passwordHash });
  await tx.delete(staffSession).where(eq(staffSession.userId, userId));
}

/** The first owner takes over the course that stands ready, or makes one; others join with the role of their link. */
async function joinCourse(tx: Queryable, link: OneTimeLink, userId: string, given: LinkSignIn): Promise<void> {
  let courseId = link.courseId;
  if (link.purpose === 'first') {
    if (courseId === null) {
      if (!given.course) {
        const message = 'Give the course a name and a time zone.';
        throw new Refused(refuse(400, 'invalid', message, { fields: { course: message } }));
      }
      const [made] = await tx.insert(course).values(given.course).returning({ id: course.id });
      courseId = made?.id ?? null;
    } else if (given.course) {
      await tx.update(course).set(given.course).where(eq(course.id, courseId));
    }
  }
  if (courseId === null) return;
  if (link.purpose === 'first') {
    // Each start of an empty server printed a link of its own; from now on there is an owner who invites.
    await tx
      .update(oneTimeLink)
      .set({ usedAt: new Date() })
      .where(and(eq(oneTimeLink.purpose, 'first'), isNull(oneTimeLink.usedAt)));
  }
  const role = link.role ?? 'owner';
  const [known] = await tx
    .select({ role: courseStaff.role })
    .from(courseStaff)
    .where(and(eq(courseStaff.courseId, courseId), eq(courseStaff.userId, userId)));
  if (known && roleReaches(known.role, role)) return;
  await tx
    .insert(courseStaff)
    .values({ courseId, userId, role })
    .onConflictDoUpdate({ target: [courseStaff.courseId, courseStaff.userId], set: { role } });
}
