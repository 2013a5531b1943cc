import { z } from 'zod';
import {
  labCreate,
  labDelete,
  labList,
  labLog,
  labPatch,
  labState as labStateSchema,
  labView,
  rev,
} from '@nbpulse/schema/wire';
import type { LabLog } from '@nbpulse/schema/wire';
import { defineRoute, refuse, type Route } from '../http/index.js';
import { createLab, deleteLab, patchLab, type ChangeLabDeps } from './change-lab.js';
import { listLabs } from './lab-list.js';
import { labState, type StateDeps } from './state.js';

export interface LabDeps extends ChangeLabDeps, StateDeps {
  readLog: (labId: string, since: number) => Promise<LabLog>;
}

const tag = 'labs';
const courseParams = z.object({ course: z.uuid() });
const labParams = z.object({ lab: z.uuid() });
const gone = () => refuse(410, 'lab-deleted', 'This lab was deleted.');

export function labRoutes(deps: LabDeps): Route[] {
  return [
    defineRoute(
      {
        method: 'get',
        path: '/courses/{course}/labs',
        access: 'assistant',
        tag,
        summary: 'The labs of a course, newest first, each with its skyline',
        params: courseParams,
        reply: labList,
      },
      async ({ params, caller }) => {
        if (caller.kind !== 'staff' || caller.role === null) throw new Error('the rule lets staff in only');
        return { labs: await listLabs(deps.db, params.course, { userId: caller.userId, role: caller.role }) };
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/courses/{course}/labs',
        access: 'teacher',
        tag,
        summary: 'Create a lab, as a draft',
        params: courseParams,
        body: labCreate,
        reply: labView,
        status: 201,
      },
      async ({ params, body }) => createLab(deps.db, params.course, body),
    ),
    defineRoute(
      {
        method: 'get',
        path: '/labs/{lab}/state',
        access: 'assistant',
        tag,
        summary: 'Everything that the class page shows, as of one revision',
        params: labParams,
        reply: labStateSchema,
      },
      async ({ params, caller }) => {
        const role = caller.kind === 'staff' ? caller.role : null;
        return (await labState(deps, params.lab, role ?? 'assistant')) ?? gone();
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/labs/{lab}/log',
        access: 'assistant',
        tag,
        summary: 'The changes after a revision, in order, at most 2,000',
        params: labParams,
        query: z.object({ since: z.coerce.number().pipe(rev) }),
        reply: labLog,
      },
      async ({ params, query, caller }) => {
        const log = await deps.readLog(params.lab, query.since);
        if (caller.kind !== 'staff' || caller.role !== 'assistant') return log;
        const changes = log.changes.map((change) =>
          change.kind === 'submission'
            ? { ...change, submission: { ...change.submission, outcome: null, points: null, maxPoints: null } }
            : change,
        );
        return { ...log, changes };
      },
    ),
    defineRoute(
      {
        method: 'patch',
        path: '/labs/{lab}',
        access: 'teacher',
        tag,
        summary: 'Rename a lab, open or close it',
        params: labParams,
        body: labPatch,
        reply: labView,
      },
      async ({ params, body }) => patchLab(deps, params.lab, body),
    ),
    defineRoute(
      {
        method: 'delete',
        path: '/labs/{lab}',
        access: 'owner',
        tag,
        summary: 'Delete a lab with all that was sent to it; its join code is typed again',
        params: labParams,
        body: labDelete,
      },
      async ({ params, body, caller }) => {
        if (caller.kind !== 'staff') throw new Error('the rule lets staff in only');
        return deleteLab(deps, params.lab, body.joinCode, caller.name);
      },
    ),
  ];
}
