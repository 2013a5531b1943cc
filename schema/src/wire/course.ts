/** Courses, their staff, and the one-time links by which staff come in. */
import { z } from 'zod';
import { staffRole } from './access.js';
import { instant } from './event.js';
import { limits } from './limits.js';

export const courseView = z.object({
  id: z.uuid(),
  name: z.string(),
  timeZone: z.string(),
  role: staffRole,
  retentionMonths: z.int(),
});
export type CourseView = z.infer<typeof courseView>;

/** `GET /api/v1/session`: who is signed in. 401 when nobody is. */
export const sessionView = z.object({
  user: z.object({ id: z.string(), name: z.string(), email: z.string(), handle: z.string() }),
  courses: z.array(courseView),
});
export type SessionView = z.infer<typeof sessionView>;

/** `POST /api/v1/links/:token` : first sign-in by a one-time link. A used or expired link answers 410 and says how to get another. */
export const linkSignIn = z.object({
  name: z.string().trim().min(1).max(limits.nameChars),
  email: z.email(),
  handle: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{1,38}$/, 'lower-case letters, digits, dots and hyphens; at least two characters')
    .optional(),
  password: z.string().min(12, 'a password has at least 12 characters').max(200),
  course: z
    .object({ name: z.string().trim().min(1).max(limits.labNameChars), timeZone: z.string().max(64) })
    .optional(),
});
export type LinkSignIn = z.infer<typeof linkSignIn>;

/** `GET /api/v1/links/:token`: what an unused link is for. An invited colleague's address is fixed; so is the account's of a reset. */
export const linkView = z.object({
  kind: z.enum(['first', 'invite', 'reset']),
  email: z.string().nullable(),
  /** Where the link leads: the course that an invited colleague joins, or the one that stands ready for the first owner. */
  course: z.object({ name: z.string(), timeZone: z.string() }).nullable(),
  role: staffRole.nullable(),
  /** There is an account with this address already: its own password is asked for, none is set. */
  account: z.boolean(),
  expiresAt: instant,
});
export type LinkView = z.infer<typeof linkView>;

/** `POST /api/v1/courses/:course/staff/links` (owners): a one-time link for a colleague. */
export const staffLinkCreate = z.object({ email: z.email(), role: staffRole });
export const staffLinkReply = z.object({ url: z.url(), expiresAt: instant });

/** `GET /api/v1/courses/:course/staff` (teachers and owners). `labs`: those shared with an assistant; null for whoever sees all. */
export const courseStaffMember = z.object({
  user: z.string(),
  name: z.string(),
  email: z.string(),
  role: staffRole,
  labs: z.array(z.uuid()).nullable(),
});
export type CourseStaffMember = z.infer<typeof courseStaffMember>;

/** `PATCH /api/v1/courses/:course` */
export const coursePatch = z.object({
  name: z.string().trim().min(1, 'a course has a name').max(limits.labNameChars).optional(),
  timeZone: z.string().max(64).optional(),
  /** Months after a lab's closing until its records, notebooks and names are erased. */
  retentionMonths: z.int().min(1).max(120).optional(),
});
