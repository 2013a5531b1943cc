/**
 * One-time links: how staff get in the first time, and again when a password is lost. A link holds a random token, we keep
 * its sha256. It works once, for 24 hours.
 */
import { randomBytes } from 'node:crypto';
import { and, eq, gt, isNull } from 'drizzle-orm';
import { limits, type StaffRole } from '@nbpulse/schema/wire';
import { oneTimeLink } from '@nbpulse/schema/db';
import { hashToken } from '../access/index.js';
import type { Queryable } from '../database/index.js';

/** 256 random bits; never stored as it is. */
const makeToken = (): string => randomBytes(32).toString('base64url');

export type OneTimeLink = typeof oneTimeLink.$inferSelect;

export interface NewLink {
  purpose: OneTimeLink['purpose'];
  /** Who may use it; null leaves the address open (the first owner types it). */
  email: string | null;
  courseId: string | null;
  role: StaffRole | null;
}

/** The page that a link opens. The token stands in the fragment, which no server, proxy or log sees. */
export const linkUrl = (publicUrl: string, token: string): string => `${publicUrl.replace(/\/+$/, '')}/link#${token}`;

export async function makeLink(db: Queryable, link: NewLink): Promise<{ token: string; expiresAt: Date }> {
  const token = makeToken();
  const expiresAt = new Date(Date.now() + limits.oneTimeLinkMs);
  await db
    .insert(oneTimeLink)
    .values({ ...link, email: link.email?.trim().toLowerCase() ?? null, tokenHash: hashToken(token), expiresAt });
  return { token, expiresAt };
}

const usable = (token: string) =>
  and(eq(oneTimeLink.tokenHash, hashToken(token)), isNull(oneTimeLink.usedAt), gt(oneTimeLink.expiresAt, new Date()));

/** The link, when it can still be used. */
export async function findLink(db: Queryable, token: string): Promise<OneTimeLink | null> {
  const [link] = await db.select().from(oneTimeLink).where(usable(token));
  return link ?? null;
}

/** Uses the link up, inside the transaction of what it is used for; null when somebody was faster. */
export async function useLink(tx: Queryable, token: string): Promise<OneTimeLink | null> {
  const [link] = await tx.update(oneTimeLink).set({ usedAt: new Date() }).where(usable(token)).returning();
  return link ?? null;
}
