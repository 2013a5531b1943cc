import { asc, eq } from 'drizzle-orm';
import { z } from 'zod';
import { assignmentPush, assignmentView, limits, pushReply, slug } from '@nbpulse/schema/wire';
import { assignment, labAssignment } from '@nbpulse/schema/db';
import type { Blobs } from '../blobs/index.js';
import type { Database } from '../database/index.js';
import { defineRoute, refuse, type Route } from '../http/index.js';
import { linkToLab, unlinkFromLab } from './lab-links.js';
import { pushAssignment } from './push.js';
import { newestVersions } from './versions.js';

export interface AssignmentDeps {
  db: Database;
  blobs: Blobs;
}

const courseParams = z.object({ course: z.uuid() });
const linkParams = z.object({ lab: z.uuid(), slug });
const noSuch = (name: string) =>
  refuse(
    404,
    'not-found',
    `This lab's course has no assignment "${name}". Push it first: npx nbpulse assignment push FOLDER`,
  );

export function assignmentRoutes({ db, blobs }: AssignmentDeps): Route[] {
  return [
    defineRoute(
      {
        method: 'post',
        path: '/courses/{course}/assignments',
        access: 'teacher',
        summary: 'Push an assignment: a new version, unless nothing changed',
        tag: 'Assignments',
        params: courseParams,
        body: assignmentPush,
        // base64 adds a third.
        maxBytes: Math.ceil((limits.assignmentBytes * 4) / 3) + 1024 * 1024,
        reply: pushReply,
      },
      async ({ params, body, caller }) => {
        const pushedBy = caller.kind === 'staff' ? caller.userId : 'unknown';
        const pushed = await pushAssignment({ db, blobs }, params.course, body, pushedBy);
        if (pushed.ok) return pushed.value;
        return refuse(422, 'invalid', pushed.problems.join('\n'));
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/courses/{course}/assignments',
        access: 'teacher',
        summary: 'The assignments of a course, each with its newest version',
        tag: 'Assignments',
        params: courseParams,
        reply: z.object({ assignments: z.array(assignmentView) }),
      },
      async ({ params }) => {
        const rows = await db
          .select()
          .from(assignment)
          .where(eq(assignment.courseId, params.course))
          .orderBy(asc(assignment.createdAt), asc(assignment.slug));
        const versions = await newestVersions(
          db,
          rows.map((row) => row.id),
        );
        const links = await db
          .select({ assignmentId: labAssignment.assignmentId, labId: labAssignment.labId })
          .from(labAssignment)
          .innerJoin(assignment, eq(assignment.id, labAssignment.assignmentId))
          .where(eq(assignment.courseId, params.course));
        return {
          assignments: rows.flatMap((row) => {
            const version = versions.get(row.id);
            if (!version) return [];
            return {
              id: row.id,
              slug: row.slug,
              title: version.manifest.title,
              points: version.manifest.points,
              dueAt: version.manifest.dueAt ?? null,
              version: version.number,
              pushedAt: version.createdAt.toISOString(),
              labs: links.filter((link) => link.assignmentId === row.id).map((link) => link.labId),
            };
          }),
        };
      },
    ),
    defineRoute(
      {
        method: 'put',
        path: '/labs/{lab}/assignments/{slug}',
        access: 'teacher',
        summary: 'Link an assignment to a lab: its participants can hand it in',
        tag: 'Assignments',
        params: linkParams,
      },
      async ({ params }) => ((await linkToLab(db, params.lab, params.slug)) ? undefined : noSuch(params.slug)),
    ),
    defineRoute(
      {
        method: 'delete',
        path: '/labs/{lab}/assignments/{slug}',
        access: 'teacher',
        summary: 'Take an assignment off a lab; what was handed in stays',
        tag: 'Assignments',
        params: linkParams,
      },
      async ({ params }) => ((await unlinkFromLab(db, params.lab, params.slug)) ? undefined : noSuch(params.slug)),
    ),
  ];
}
