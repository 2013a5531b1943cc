import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { coursePatch, courseView } from '@nbpulse/schema/wire';
import { course } from '@nbpulse/schema/db';
import type { Database } from '../database/index.js';
import { defineRoute, refuse, type Route } from '../http/index.js';
import { timeZoneProblem } from './time-zone.js';

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
  ];
}
