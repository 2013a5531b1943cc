import { z } from 'zod';
import { gradeTable } from '@nbpulse/schema/wire';
import type { Database } from '../database/index.js';
import { defineRoute, type Route } from '../http/index.js';
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
  ];
}
