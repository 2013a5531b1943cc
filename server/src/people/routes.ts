import { z } from 'zod';
import {
  MiB,
  classList,
  classListed,
  joinCode,
  joinPreview,
  joinReply,
  joinRequest,
  mePatch,
  meView as meViewSchema,
  participantView,
  personName,
  myRecords,
} from '@nbpulse/schema/wire';
import { revokeDevices, type Caller, type ParticipantCaller } from '../access/index.js';
import { defineRoute, type Route } from '../http/index.js';
import { addClassList } from './class-list.js';
import { changeParticipant, type ChangeParticipantDeps } from './change-participant.js';
import { joining } from './join.js';
import { meView, ownRecords, type MeSources } from './me.js';
import { switchSending } from './sending.js';

export type PeopleDeps = ChangeParticipantDeps & MeSources;

const tag = 'people';
const self = (caller: Caller): ParticipantCaller => {
  if (caller.kind !== 'participant') throw new Error('the rule lets participants in only');
  return caller;
};

export function peopleRoutes(deps: PeopleDeps): Route[] {
  const { preview, join } = joining(deps);
  return [
    defineRoute(
      {
        method: 'get',
        path: '/join/{code}',
        access: 'public',
        tag,
        summary: 'What anyone with the join code may know before joining',
        params: z.object({ code: joinCode }),
        reply: joinPreview,
      },
      ({ params }) => preview(params.code),
    ),
    defineRoute(
      {
        method: 'post',
        path: '/join',
        access: 'public',
        tag,
        summary: 'Join a lab under a name; gives this device its token',
        body: joinRequest,
        reply: joinReply,
        status: 201,
      },
      ({ body }) => join(body),
    ),
    defineRoute(
      {
        method: 'get',
        path: '/me',
        access: 'participant',
        tag,
        summary: 'All that the panel shows: the lab, own progress, own submissions',
        reply: meViewSchema,
      },
      ({ caller }) => meView(deps.db, deps, self(caller)),
    ),
    defineRoute(
      {
        method: 'patch',
        path: '/me',
        access: 'participant',
        tag,
        summary: 'Switch sending off or on, for all your devices; your teacher sees that it is off',
        body: mePatch,
        reply: meViewSchema,
      },
      async ({ body, caller }) => {
        await switchSending(deps, self(caller), body.sending);
        return meView(deps.db, deps, self(caller));
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/me/records',
        access: 'participant',
        tag,
        summary: 'Own records, newest first; a long value comes as null, fetch it by its id',
        query: z.object({
          limit: z.coerce.number().int().min(1).max(1_000).default(200),
          offset: z.coerce.number().int().min(0).default(0),
        }),
        reply: myRecords,
      },
      async ({ query, caller }) => ({ records: await ownRecords(deps.db, self(caller).participantId, query) }),
    ),
    defineRoute(
      {
        method: 'delete',
        path: '/me/device',
        access: 'participant',
        tag,
        summary: 'Leave this computer: its token dies at once',
      },
      async ({ caller }) => {
        const { deviceId, labId } = self(caller);
        const revoked = await revokeDevices(deps.db, { deviceId });
        deps.endDevices(labId, revoked, 'This computer was signed out of the lab.');
        return undefined;
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/labs/{lab}/people',
        access: 'teacher',
        tag,
        summary: 'Add the names of a class list; whoever joins by such a name becomes that participant',
        params: z.object({ lab: z.uuid() }),
        body: classList,
        maxBytes: 2 * MiB,
        reply: classListed,
      },
      ({ params, body }) => addClassList(deps, params.lab, body),
    ),
    defineRoute(
      {
        method: 'patch',
        path: '/labs/{lab}/participants/{participant}',
        access: 'teacher',
        tag,
        summary: 'Rename a participant, or remove them from the lab, which ends their devices',
        params: z.object({ lab: z.uuid(), participant: z.uuid() }),
        body: z
          .object({ name: personName.optional(), removed: z.literal(true).optional() })
          .refine((body) => body.name !== undefined || body.removed !== undefined, 'say a name, or removed: true'),
        reply: participantView,
      },
      async ({ params, body }) => changeParticipant(deps, params.lab, params.participant, body),
    ),
  ];
}
