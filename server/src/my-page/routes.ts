/** "What is stored about me": a participant reads all of it, deletes what the lab allows, takes it home. */
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { lab } from '@nbpulse/schema/db';
import { joinReply, myActivity, myCheckpoints, myDevices, myPageLink, myPageOpen } from '@nbpulse/schema/wire';
import type { Caller, ParticipantCaller } from '../access/index.js';
import { checkpointBytes, notebookResponse } from '../checkpoints/index.js';
import { defineRoute, refuse, type Route } from '../http/index.js';
import { labSettingsOf } from '../lab-terms/index.js';
import { teachersOf } from '../people/index.js';
import { byParticipant, deleteRecords, oneRecord, type DeleteDeps } from '../records/index.js';
import { archives } from './archive.js';
import type { ArchiveDeps } from './archive-me.js';
import { pageLinks } from './page-link.js';
import { otherEvents, ownCheckpoints, ownDevices } from './stored.js';

export interface MyPageDeps extends DeleteDeps, ArchiveDeps {
  publicUrl: string;
  /** Something of this participant's `GET /me` changed: their devices ask for it again. */
  tellMe: (participantId: string) => Promise<void>;
}

const tag = 'What is stored about me';
const self = (caller: Caller): ParticipantCaller => {
  if (caller.kind !== 'participant') throw new Error('the rule lets participants in only');
  return caller;
};

export function myPageRoutes(deps: MyPageDeps): Route[] {
  const { db } = deps;
  const links = pageLinks(deps);
  const archive = archives(deps);
  return [
    defineRoute(
      {
        method: 'delete',
        path: '/me/records/{record}',
        access: 'participant',
        tag,
        summary: 'Delete what one of your records holds, where the lab lets you; who and when stay',
        params: z.object({ record: z.uuid() }),
      },
      async ({ params, caller }) => {
        const { labId, participantId } = self(caller);
        const record = await oneRecord(db, params.record, { participantId });
        if (!record) return refuse(404, 'not-found', 'There is no such record of yours. It may have been deleted.');
        const [its] = await db
          .select({ settings: lab.settings, courseId: lab.courseId })
          .from(lab)
          .where(eq(lab.id, labId));
        if (!its || !labSettingsOf(its).mayDelete) {
          const teachers = its ? await teachersOf(db, its.courseId) : [];
          const who = teachers.length === 0 ? 'your teacher' : teachers.join(' or ');
          return refuse(
            403,
            'not-allowed',
            `In this lab nobody deletes records by themselves. Ask ${who}: they can let you, or delete it for you. Say that it belongs to question “${record.question}”.`,
          );
        }
        await deleteRecords(deps, labId, { ids: [params.record], participantId, deletedBy: byParticipant });
        await deps.tellMe(participantId);
        return undefined;
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/me/activity',
        access: 'participant',
        tag,
        summary: 'What was stored besides records: passive activity, dropped records, conflicts; newest first',
        query: z.object({
          limit: z.coerce.number().int().min(1).max(1_000).default(200),
          offset: z.coerce.number().int().min(0).max(100_000).default(0),
        }),
        reply: myActivity,
      },
      async ({ query, caller }) => ({ events: await otherEvents(db, self(caller).participantId, query) }),
    ),
    defineRoute(
      {
        method: 'get',
        path: '/me/checkpoints',
        access: 'participant',
        tag,
        summary: 'Your notebooks that were stored as checkpoints, newest first',
        reply: myCheckpoints,
      },
      async ({ caller }) => ({ checkpoints: await ownCheckpoints(db, self(caller).participantId) }),
    ),
    defineRoute(
      {
        method: 'get',
        path: '/me/checkpoints/{checkpoint}/notebook',
        access: 'participant',
        tag,
        summary: 'The exact bytes of one of your checkpoints',
        params: z.object({ checkpoint: z.uuid() }),
        replies: 'The notebook (application/x-ipynb+json)',
        status: 200,
      },
      async ({ params, caller }) => {
        const found = await checkpointBytes(deps, { participantId: self(caller).participantId }, params.checkpoint);
        if (!found) return refuse(404, 'not-found', 'There is no such checkpoint of yours. It may have been deleted.');
        return notebookResponse(found.bytes, `checkpoint-${found.receivedAt.toISOString().slice(0, 19)}.ipynb`);
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/me/devices',
        access: 'participant',
        tag,
        summary: 'The computers and browsers that hold a token of yours, newest first',
        reply: myDevices,
      },
      async ({ caller }) => {
        const { participantId, deviceId } = self(caller);
        return { devices: await ownDevices(db, participantId, deviceId) };
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/me/archive',
        access: 'participant',
        tag,
        summary: 'Everything that is stored about you, as a zip',
        replies: 'A zip: README.txt, me.json, records.json, pictures, checkpoints, submissions with their feedback',
        status: 200,
      },
      ({ caller }) => archive(self(caller)),
    ),
    defineRoute(
      {
        method: 'post',
        path: '/me/page',
        access: 'participant',
        tag,
        summary: 'A link to the page “What is stored about me”: opens it once, within five minutes',
        reply: myPageLink,
        status: 201,
      },
      ({ caller }) => links.make(self(caller)),
    ),
    defineRoute(
      {
        method: 'post',
        path: '/me/open',
        access: 'link-holder',
        tag,
        summary: 'Open that page with the code of its link: gives this browser a token of its own',
        body: myPageOpen,
        reply: joinReply,
        status: 201,
      },
      ({ body }) => links.open(body.code),
    ),
  ];
}
