import { z } from 'zod';
import { recordsQuery, recordsTable } from '@nbpulse/schema/wire';
import type { Database } from '../database/index.js';
import { defineRoute, type Route } from '../http/index.js';
import { recordsPage } from './table.js';

export function recordsTableRoutes({ db }: { db: Database }): Route[] {
  return [
    defineRoute(
      {
        method: 'get',
        path: '/courses/{course}/records',
        access: 'assistant',
        tag: 'records',
        summary:
          'Everything that was sent to a course, newest first, by all filters together; a page may hold fewer rows than `limit` and still have a `next`',
        params: z.object({ course: z.uuid() }),
        query: recordsQuery,
        reply: recordsTable,
      },
      async ({ params, query, caller }) => {
        if (caller.kind !== 'staff' || caller.role === null) throw new Error('the rule lets staff in only');
        return recordsPage(db, params.course, { userId: caller.userId, role: caller.role }, query);
      },
    ),
  ];
}
