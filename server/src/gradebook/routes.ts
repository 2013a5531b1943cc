import { z } from 'zod';
import { failureTable, gradeTable } from '@nbpulse/schema/wire';
import type { Database } from '../database/index.js';
import { defineRoute, type Route } from '../http/index.js';
import { failureTableOf } from './failures.js';
import { gradeTableOf } from './table.js';

export function gradebookRoutes({ db }: { db: Database }): Route[] {
  return [
    defineRoute(
      {
        method: 'get',
        path: '/labs/{lab}/grades',
        access: 'teacher',
        summary: 'Participants and assignments of a lab, with the points that count',
        tag: 'Gradebook',
        params: z.object({ lab: z.uuid() }),
        reply: gradeTable,
      },
      ({ params }) => gradeTableOf(db, params.lab),
    ),
    defineRoute(
      {
        method: 'get',
        path: '/labs/{lab}/failures',
        access: 'teacher',
        summary: 'Which tests fail, and which students fail them the same way',
        tag: 'Gradebook',
        params: z.object({ lab: z.uuid() }),
        reply: failureTable,
      },
      ({ params }) => failureTableOf(db, params.lab),
    ),
  ];
}
