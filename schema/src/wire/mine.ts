/** What is stored about a participant besides `GET /me`, as they read it themselves. All of it is in `GET /me/archive`, too. */
import { z } from 'zod';
import { instant, questionKey } from './event.js';
import { recordView } from './lab.js';

/** `GET /api/v1/me/records`: newest first; deleted ones keep who and when. */
export const myRecords = z.object({ records: z.array(recordView) });

/** What was stored besides records. */
export const myOtherEvent = z.discriminatedUnion('kind', [
  /** Passive activity: a cell ran, or ended in an error. Nothing of the cell itself. */
  z.object({
    kind: z.literal('activity'),
    id: z.uuid(),
    what: z.enum(['cell-run', 'error']),
    question: questionKey.nullable(),
    /** Id of the notebook's cell. */
    cell: z.string().nullable(),
    error: z.string().nullable(),
    madeAt: instant,
    receivedAt: instant,
  }),
  /** The kernel's journal was full: so many records of this question were given up before they were sent. */
  z.object({
    kind: z.literal('dropped'),
    id: z.uuid(),
    question: questionKey,
    count: z.int(),
    madeAt: instant,
    receivedAt: instant,
  }),
  /** Another content under a number that was taken: kept beside the first. Its text is in the archive. */
  z.object({ kind: z.literal('conflict'), stream: z.uuid(), seq: z.int(), receivedAt: instant }),
]);
export type MyOtherEvent = z.infer<typeof myOtherEvent>;

/** `GET /api/v1/me/activity`: activity, drops and conflicts, newest first by the time of receipt. */
export const myActivity = z.object({ events: z.array(myOtherEvent) });

/** `GET /api/v1/me/checkpoints`: newest first; the bytes are at `/me/checkpoints/:checkpoint/notebook`. */
export const myCheckpoints = z.object({
  checkpoints: z.array(
    z.object({ id: z.uuid(), madeAt: instant, receivedAt: instant, sha256: z.string(), bytes: z.int() }),
  ),
});
export type MyCheckpoint = z.infer<typeof myCheckpoints>['checkpoints'][number];

/** `GET /api/v1/me/devices`: the computers and browsers that hold a token of this participant, newest first. No addresses. */
export const myDevices = z.object({
  devices: z.array(
    z.object({
      id: z.uuid(),
      kind: z.enum(['page', 'kernel', 'browser']),
      /** As the front end named itself when it joined. */
      label: z.string(),
      createdAt: instant,
      lastUsedAt: instant,
      revokedAt: instant.nullable(),
      /** The one that asks. */
      current: z.boolean(),
    }),
  ),
});
export type MyDevice = z.infer<typeof myDevices>['devices'][number];
