/**
 * The live socket, `/api/v1/live`, both directions. One union for what clients say, one for what the server says.
 *
 * Staff: signed in by cookie (Origin checked on the upgrade), `hello {as: 'staff', lab, since}`. The server answers
 * `welcome` and then `update {from, to, changes}`: a client whose own revision is `from` applies it and is at `to`; on any
 * other `from` it has a gap and refetches `GET …/log?since=`. `reload`: the page is too old or too far behind; fetch
 * the state anew. Participants: bearer token in the hello, never in the URL; they get only their own things.
 */
import { z } from 'zod';
import { batchReply, eventBatch, instant, wireVersion } from './event.js';
import { change, presence, presenceState, rev } from './lab.js';
import { labStatus } from './people.js';
import { submissionView } from './submission.js';
import { trialView } from './trial.js';

const v = z.literal(wireVersion);

export const clientMessage = z.discriminatedUnion('type', [
  z.object({
    v,
    type: z.literal('hello'),
    as: z.discriminatedUnion('role', [
      z.object({ role: z.literal('staff'), lab: z.uuid(), since: rev.optional() }),
      z.object({ role: z.literal('participant'), token: z.string().max(200) }),
    ]),
  }),
  /** Participants only. Answered by `reply` with the same id. */
  z.object({ v, type: z.literal('events'), id: z.int().nonnegative(), batch: eventBatch }),
  /** Participants only: active or idle, and how much waits on their side. */
  z.object({ v, type: z.literal('presence'), state: presenceState, waiting: z.int().nonnegative() }),
  z.object({ v, type: z.literal('ping'), at: z.number() }),
]);
export type ClientMessage = z.infer<typeof clientMessage>;

export const liveRefusal = z.enum([
  'bad-message', // not of the protocol; the socket is closed
  'bad-token', // unknown, revoked or expired; join again
  'not-allowed', // a participant who speaks the staff's protocol, or staff of another course
  'lab-deleted',
  'too-fast', // wait retryAfterMs, then send the same batch again
  'unavailable', // the database is away; nothing is lost, send again
  'version', // this client is older than the server takes; says what to do
]);

export const serverMessage = z.discriminatedUnion('type', [
  z.object({
    v,
    type: z.literal('welcome'),
    serverAt: instant,
    rev: rev.optional(),
    lab: z.object({ id: z.uuid(), name: z.string(), status: labStatus }),
  }),
  z.object({ v, type: z.literal('reload'), reason: z.string() }),
  z.object({ v, type: z.literal('update'), from: rev, to: rev, changes: z.array(change) }),
  z.object({ v, type: z.literal('presence'), presence: z.array(presence) }),
  z.object({ v, type: z.literal('reply'), id: z.int(), reply: batchReply }),
  z.object({
    v,
    type: z.literal('refused'),
    id: z.int().optional(),
    code: liveRefusal,
    message: z.string(),
    retryAfterMs: z.int().optional(),
  }),
  /** Participants: the lab opened, closed, was renamed. */
  z.object({ v, type: z.literal('lab'), lab: z.object({ id: z.uuid(), name: z.string(), status: labStatus }) }),
  /** Participants: something of their `GET /me` changed elsewhere (sending, a deleted record, the lab's settings); ask for it again. */
  z.object({ v, type: z.literal('me'), sending: z.boolean() }),
  /** Participants: their own submission moved on. */
  z.object({ v, type: z.literal('submission'), submission: submissionView }),
  /** Participants: so did their trial. */
  z.object({ v, type: z.literal('trial'), trial: trialView }),
  z.object({ v, type: z.literal('pong'), at: z.number(), serverAt: instant }),
]);
export type ServerMessage = z.infer<typeof serverMessage>;
