import { z } from 'zod';
import { recordsShown, removalView, removalWanted, showRecords } from '@nbpulse/schema/wire';
import { defineRoute, type Route } from '../http/index.js';
import { removeRecords, showAgain, undoRemoval, type RemovalDeps } from './remove.js';

const tag = 'records';
const labParams = z.object({ lab: z.uuid() });
/** 5,000 ids. */
const maxBytes = 256 * 1024;

export function removalRoutes(deps: RemovalDeps & { dueAt: (erasesAt: Date) => void }): Route[] {
  return [
    defineRoute(
      {
        method: 'post',
        path: '/labs/{lab}/removals',
        access: 'teacher',
        tag,
        summary: 'Hide records from every view and count, or delete them: their content is erased ten seconds later',
        params: labParams,
        body: removalWanted,
        maxBytes,
        reply: removalView,
        status: 201,
      },
      async ({ params, body, caller }) => {
        if (caller.kind !== 'staff') throw new Error('the rule lets staff in only');
        const removal = await removeRecords(deps, params.lab, body, caller.name);
        if ('erasesAt' in removal && removal.erasesAt !== null) deps.dueAt(new Date(removal.erasesAt));
        return removal;
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/labs/{lab}/removals/{removal}/undo',
        access: 'teacher',
        tag,
        summary: 'Show again what was hidden or deleted in one go; 409 once a deletion’s content is erased',
        params: z.object({ lab: z.uuid(), removal: z.uuid() }),
        reply: removalView,
      },
      ({ params }) => undoRemoval(deps, params.lab, params.removal),
    ),
    defineRoute(
      {
        method: 'post',
        path: '/labs/{lab}/records/show',
        access: 'teacher',
        tag,
        summary: 'Show hidden records again, whatever hid them',
        params: labParams,
        body: showRecords,
        maxBytes,
        reply: recordsShown,
      },
      ({ params, body }) => showAgain(deps, params.lab, body.which),
    ),
  ];
}
