import { z } from 'zod';
import {
  labCells,
  labCreate,
  labDelete,
  labList,
  labLog,
  labPatch,
  labState as labStateSchema,
  labStateColumns,
  labView,
  planWanted,
  questionKey,
  questionView,
  rev,
} from '@nbpulse/schema/wire';
import type { LabLog } from '@nbpulse/schema/wire';
import { defineRoute, refuse, type Route } from '../http/index.js';
import { createLab, deleteLab, patchLab, type ChangeLabDeps } from './change-lab.js';
import { listLabs } from './lab-list.js';
import { setPlan } from './plan.js';
import { labState, labStateBytes, someCells, type StateDeps } from './state.js';

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
        path: '/labs/{lab}/state/columns',
        access: 'assistant',
        tag,
        summary: 'The same, with the grid in columns: what a page of a large class reads',
        params: labParams,
        reply: labStateColumns,
      },
      async ({ params, caller }) => {
        const role = caller.kind === 'staff' ? caller.role : null;
        const bytes = await labStateBytes(deps, params.lab, role ?? 'assistant');
        return bytes === null ? gone() : new Response(bytes, { headers: { 'content-type': 'application/json' } });
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/labs/{lab}/cells',
        access: 'assistant',
        tag,
        summary: 'Part of the grid, read anew: of one question, one participant, or both',
        params: labParams,
        query: z.object({ question: questionKey.optional(), participant: z.uuid().optional() }),
        reply: labCells,
      },
      async ({ params, query }) => (await someCells(deps.db, params.lab, query)) ?? gone(),
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
        method: 'put',
        path: '/labs/{lab}/plan',
        access: 'teacher',
        tag,
        summary: 'Titles and target times of questions; declares those that are new',
        params: labParams,
        body: planWanted,
        reply: z.object({ questions: z.array(questionView) }),
      },
      async ({ params, body }) => setPlan(deps, params.lab, body),
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
