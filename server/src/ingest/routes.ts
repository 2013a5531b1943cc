import { z } from 'zod';
import { batchReply, eventBatch, limits } from '@nbpulse/schema/wire';
import { defineRoute, refuse, type Route } from '../http/index.js';
import type { ParticipantCaller } from '../access/index.js';
import type { Ingest } from './ingest.js';

const statusOf = { invalid: 400, 'bad-token': 401, 'too-fast': 429, unavailable: 503 } as const;

/** `seen`: this device is there, though it has no socket. */
export function ingestRoutes({ ingest, seen }: { ingest: Ingest; seen: (caller: ParticipantCaller) => void }): Route[] {
  return [
    defineRoute(
      {
        method: 'post',
        path: '/labs/{lab}/events',
        access: 'participant',
        tag: 'records',
        summary:
          'Send a numbered batch of a stream; answered when it is committed. Sending the same again is harmless.',
        params: z.object({ lab: z.uuid() }),
        body: eventBatch,
        maxBytes: limits.batchBytes,
        reply: batchReply,
      },
      async ({ body, caller }) => {
        if (caller.kind !== 'participant') throw new Error('the rule lets participants in only');
        seen(caller);
        const taken = await ingest.take(caller, body);
        if ('reply' in taken) return taken.reply;
        const { code, message, retryAfterMs } = taken.refused;
        return refuse(statusOf[code], code, message, { retryAfterMs });
      },
    ),
  ];
}
