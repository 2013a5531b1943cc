import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { coursePatch, courseStaffMember, courseView } from '@nbpulse/schema/wire';
import { course } from '@nbpulse/schema/db';
import type { Database } from '../database/index.js';
import { defineRoute, refuse, type Route } from '../http/index.js';
import { shareLab, staffOf, unshareLab } from './staff.js';
import { timeZoneProblem } from './time-zone.js';

const shareParams = z.object({ lab: z.uuid(), user: z.string().min(1).max(64) });

export function courseRoutes({ db }: { db: Database }): Route[] {
  return [
    defineRoute(
      {
        method: 'patch',
        path: '/courses/{course}',
        access: 'owner',
        summary: 'Rename a course, or move it to another time zone',
        tag: 'Courses',
        params: z.object({ course: z.uuid() }),
        body: coursePatch,
        reply: courseView,
      },
      async ({ params, body, caller }) => {
        const problem = body.timeZone === undefined ? null : timeZoneProblem(body.timeZone);
        if (problem) return refuse(400, 'invalid', problem, { fields: { timeZone: problem } });
        const changed =
          Object.keys(body).length > 0
            ? await db.update(course).set(body).where(eq(course.id, params.course)).returning()
            : await db.select().from(course).where(eq(course.id, params.course));
        const [row] = changed;
        if (!row) return refuse(404, 'not-found', 'There is no course with this address. It may have been deleted.');
        return {
          id: row.id,
          name: row.name,
          timeZone: row.timeZone,
          role: (caller.kind === 'staff' ? caller.role : null) ?? 'owner',
          retentionMonths: row.retentionMonths,
        };
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/courses/{course}/staff',
        access: 'teacher',
        summary: 'Who is staff of a course, and which labs its assistants see',
        tag: 'Courses',
        params: z.object({ course: z.uuid() }),
        reply: z.object({ staff: z.array(courseStaffMember) }),
      },
      async ({ params }) => ({ staff: await staffOf(db, params.course) }),
    ),
    defineRoute(
      {
        method: 'put',
        path: '/labs/{lab}/assistants/{user}',
        access: 'teacher',
        summary: 'Share a lab with an assistant of its course',
        tag: 'Courses',
        params: shareParams,
      },
      async ({ params }) =>
        (await shareLab(db, params.lab, params.user))
          ? undefined
          : refuse(
              404,
              'not-found',
              'There is no such assistant in the course of this lab. An owner invites them first.',
            ),
    ),
    defineRoute(
      {
        method: 'delete',
        path: '/labs/{lab}/assistants/{user}',
        access: 'teacher',
        summary: 'Take a lab back from an assistant',
        tag: 'Courses',
        params: shareParams,
      },
      async ({ params }) => {
        await unshareLab(db, params.lab, params.user);
        return undefined;
      },
    ),
  ];
}
