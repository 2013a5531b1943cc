import { z } from 'zod';
import { limits, slug, trialList, trialView } from '@nbpulse/schema/wire';
import { badNotebook, uploadOf } from '../checkpoints/index.js';
import { defineRoute, ProblemReply, refuse, type Route } from '../http/index.js';
import { trialStarter, type TrialDeps } from './start-trial.js';
import { ownTrial, ownTrials } from './views.js';

const tag = 'Trials';

export function trialRoutes(deps: TrialDeps): Route[] {
  const { db } = deps;
  const start = trialStarter(deps);
  return [
    defineRoute(
      {
        method: 'post',
        path: '/me/trials',
        access: 'participant',
        summary: 'Run the visible tests on a notebook, without handing it in: its exact bytes',
        tag,
        query: z.object({ assignment: slug.optional() }),
        bytes: { maxBytes: limits.notebookBytes, what: 'A notebook with its outputs' },
        reply: trialView,
        status: 201,
      },
      async ({ bytes, query, caller, context }) => {
        if (caller.kind !== 'participant') throw new Error('this route is for participants');
        const upload = uploadOf(context);
        if (upload instanceof ProblemReply) return upload;
        return badNotebook(bytes) ?? start(caller, upload, query.assignment, bytes);
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/me/trials',
        access: 'participant',
        summary: 'Your newest run of the visible tests of each assignment',
        tag,
        reply: trialList,
      },
      async ({ caller }) => {
        if (caller.kind !== 'participant') throw new Error('this route is for participants');
        return { trials: await ownTrials(db, caller.participantId) };
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/me/trials/{trial}',
        access: 'participant',
        summary: 'One of them, while no newer one has taken its place',
        tag,
        params: z.object({ trial: z.uuid() }),
        reply: trialView,
      },
      async ({ params, caller }) => {
        if (caller.kind !== 'participant') throw new Error('this route is for participants');
        const view = await ownTrial(db, caller.participantId, params.trial);
        return (
          view ?? refuse(404, 'not-found', 'There is no such run of the tests; a newer one may have taken its place.')
        );
      },
    ),
  ];
}
