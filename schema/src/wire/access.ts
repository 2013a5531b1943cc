/**
 * Who may do what. Each HTTP route and each socket message names exactly one rule; the server refuses to start with
 * one that names none. A rule is checked against the resource that the route's path names (its lab or course).
 */
import { z } from 'zod';

export const staffRole = z.enum(['assistant', 'teacher', 'owner']);
export type StaffRole = z.infer<typeof staffRole>;

export const accessRule = z.enum([
  /** Anyone, without a token. */
  'public',
  /** Whoever holds an unused one-time link; the handler consumes it. */
  'link-holder',
  /** A device of a participant, for that participant's own things and the lab's public settings. */
  'participant',
  /** Any signed-in staff account, for its own account and list of courses. */
  'signed-in',
  /** Staff of the course from this role upwards; an assistant only for labs shared with them. */
  'assistant',
  'teacher',
  'owner',
  /** Runs the server; sees no class by default. */
  'admin',
  /** A worker's token. */
  'worker',
]);
export type AccessRule = z.infer<typeof accessRule>;

const rank: Record<StaffRole, number> = { assistant: 1, teacher: 2, owner: 3 };
export const roleReaches = (role: StaffRole, needed: StaffRole): boolean => rank[role] >= rank[needed];
