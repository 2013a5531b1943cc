import { z } from 'zod';
import {
  myQuestionRecords,
  myQuestions,
  questionKey,
  questionRecords as questionRecordsSchema,
  recordFrame,
  recordView,
  timeline as timelineSchema,
} from '@nbpulse/schema/wire';
import type { Caller } from '../access/index.js';
import type { Blobs } from '../blobs/index.js';
import type { Database } from '../database/index.js';
import { defineRoute, refuse, type Route } from '../http/index.js';
import { FrameTickets } from './frame-ticket.js';
import { pictureResponse, renderResponse } from './hostile-content.js';
import {
  oneRecord,
  ownQuestionRecords,
  ownQuestions,
  pictureType,
  questionRecords,
  timeline,
  type TimelineSources,
} from './read.js';

export interface RecordDeps extends TimelineSources {
  db: Database;
  blobs: Blobs;
  /** The path below which the server stands, `/` or `/nbpulse/`. */
  basePath: string;
}

const tag = 'records';
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, '64 hexadecimal digits');
const noRecord = () => refuse(404, 'not-found', 'There is no such record here. It may have been deleted.');
const noPicture = () => refuse(404, 'not-found', 'There is no such picture here. It may have been deleted.');
const selfId = (caller: Caller): string => {
  if (caller.kind !== 'participant') throw new Error('the rule lets participants in only');
  return caller.participantId;
};

export function recordRoutes(deps: RecordDeps): Route[] {
  const { db, blobs } = deps;
  const tickets = new FrameTickets();
  const picture = async (hash: string, of: { labId: string } | { participantId: string }) => {
    const mime = await pictureType(db, hash, of);
    const bytes = mime === null ? null : await blobs.get(hash);
    return mime === null || bytes === null ? noPicture() : pictureResponse(new Uint8Array(bytes), mime);
  };
  return [
    defineRoute(
      {
        method: 'get',
        path: '/labs/{lab}/questions/{key}/records',
        access: 'assistant',
        tag,
        summary: 'The records of a question: each participant’s latest or first, or all',
        params: z.object({ lab: z.uuid(), key: questionKey }),
        query: z.object({ view: z.enum(['latest', 'first', 'all']).default('latest') }),
        reply: questionRecordsSchema,
      },
      async ({ params, query }) =>
        (await questionRecords(db, params.lab, params.key, query.view)) ??
        refuse(404, 'not-found', `Nobody has sent question “${params.key}” in this lab, and it was not declared.`),
    ),
    defineRoute(
      {
        method: 'get',
        path: '/labs/{lab}/records/{record}',
        access: 'assistant',
        tag,
        summary: 'One record with its whole value',
        params: z.object({ lab: z.uuid(), record: z.uuid() }),
        reply: recordView,
      },
      async ({ params }) => (await oneRecord(db, params.record, { labId: params.lab })) ?? noRecord(),
    ),
    defineRoute(
      {
        method: 'get',
        path: '/labs/{lab}/records/{record}/render',
        access: 'assistant',
        tag,
        summary: 'A record’s markup, for a sandboxed frame',
        params: z.object({ lab: z.uuid(), record: z.uuid() }),
        replies: 'An HTML page that runs in an origin of its own, without network',
        status: 200,
      },
      async ({ params }) => {
        const record = await oneRecord(db, params.record, { labId: params.lab });
        if (!record) return noRecord();
        if (record.value?.t !== 'rich') {
          return refuse(404, 'not-found', 'This record is no rich content. Read it as JSON: …/records/<id>.');
        }
        return renderResponse(record.value, deps.basePath);
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/labs/{lab}/participants/{participant}/timeline',
        access: 'assistant',
        tag,
        summary: 'What happened to one participant, oldest first',
        params: z.object({ lab: z.uuid(), participant: z.uuid() }),
        reply: timelineSchema,
      },
      async ({ params, caller }) => {
        const found = await timeline(db, deps, params.lab, params.participant);
        if (!found) return refuse(404, 'not-found', 'There is no such participant in this lab.');
        if (caller.kind === 'staff' && caller.role !== 'assistant') return found;
        // Assistants see no grades.
        const hidden = { outcome: null, points: null, maxPoints: null };
        const items = found.items.map((item) =>
          item.kind === 'submission' ? { ...item, submission: { ...item.submission, ...hidden } } : item,
        );
        return { ...found, returnCode: null, items };
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/labs/{lab}/blobs/{sha256}',
        access: 'assistant',
        tag,
        summary: 'The bytes of a picture that a record of this lab holds',
        params: z.object({ lab: z.uuid(), sha256 }),
        replies: 'The picture, with the type that its record names',
        status: 200,
      },
      ({ params }) => picture(params.sha256, { labId: params.lab }),
    ),
    defineRoute(
      {
        method: 'get',
        path: '/me/records/{record}',
        access: 'participant',
        tag,
        summary: 'One of your own records with its whole value',
        params: z.object({ record: z.uuid() }),
        reply: recordView,
      },
      async ({ params, caller }) =>
        (await oneRecord(db, params.record, { participantId: selfId(caller) })) ?? noRecord(),
    ),
    defineRoute(
      {
        method: 'get',
        path: '/me/questions',
        access: 'participant',
        tag,
        summary: 'The questions that you have sent to, with counts',
        reply: myQuestions,
      },
      async ({ caller }) => ({ questions: await ownQuestions(db, selfId(caller)) }),
    ),
    defineRoute(
      {
        method: 'get',
        path: '/me/questions/{key}/records',
        access: 'participant',
        tag,
        summary:
          'Your records of one question, newest first; a long value comes as null, deleted ones keep who and when',
        params: z.object({ key: questionKey }),
        query: z.object({
          limit: z.coerce.number().int().min(1).max(200).default(50),
          offset: z.coerce.number().int().min(0).default(0),
        }),
        reply: myQuestionRecords,
      },
      ({ params, query, caller }) => ownQuestionRecords(db, selfId(caller), params.key, query),
    ),
    defineRoute(
      {
        method: 'post',
        path: '/me/records/{record}/frame',
        access: 'participant',
        tag,
        summary: 'An address that shows one of your rich records in a frame, for an hour',
        params: z.object({ record: z.uuid() }),
        reply: recordFrame,
      },
      async ({ params, caller }) => {
        const participantId = selfId(caller);
        const record = await oneRecord(db, params.record, { participantId });
        if (record?.value?.t !== 'rich') return noRecord();
        return { url: `${deps.basePath}api/v1/frames/${tickets.make(participantId, params.record)}` };
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/frames/{ticket}',
        access: 'link-holder',
        tag,
        summary: 'A rich record, for a sandboxed frame of its participant, who cannot send a token with a frame',
        params: z.object({ ticket: z.string().max(300) }),
        replies: 'An HTML page that runs in an origin of its own, without network',
        status: 200,
      },
      async ({ params }) => {
        const named = tickets.read(params.ticket);
        const record = named && (await oneRecord(db, named.recordId, { participantId: named.participantId }));
        return record?.value?.t === 'rich' ? renderResponse(record.value, deps.basePath) : noRecord();
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/me/blobs/{sha256}',
        access: 'participant',
        tag,
        summary: 'The bytes of a picture that you sent',
        params: z.object({ sha256 }),
        replies: 'The picture, with the type that its record names',
        status: 200,
      },
      ({ params, caller }) => picture(params.sha256, { participantId: selfId(caller) }),
    ),
  ];
}
