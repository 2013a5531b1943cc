/**
 * Events: what a kernel or a page reports, numbered within its stream.
 *
 * A stream is one numbered series from one kernel or page; `(stream, seq)` names an event for ever. Sending the same
 * event again is harmless: the server answers `saved` for what it already has. The same number with another body
 * is a conflict: kept, reported, never overwritten.
 */
import { z } from 'zod';
import { limits } from './limits.js';
import { value } from './value.js';

export const wireVersion = 1;
export const streamId = z.uuid();
export const instant = z.iso.datetime({ offset: true });

/** `3`, `2b`, `warm-up`: one to 64 printable characters, no space at either end. */
export const questionKey = z
  .string()
  .min(1, 'a question key has at least one character')
  .refine((key) => [...key].length <= limits.questionKeyChars, {
    error: `a question key has at most ${String(limits.questionKeyChars)} characters`,
  })
  .refine((key) => key.trim() === key && !/\p{C}/u.test(key), {
    error: 'a question key has no control characters and no space at either end',
  });

const numbered = {
  /** 1, 2, 3 … within the stream. */
  seq: z.int().positive(),
  /** The client's clock when it was made; the server bounds it by the measured skew. */
  madeAt: instant,
};

/** One `send`. */
export const recordEvent = z.object({
  kind: z.literal('record'),
  ...numbered,
  question: questionKey,
  part: z.string().max(limits.partChars).optional(),
  value,
  /** Id of the notebook cell it ran in, when the front end knows it. */
  cell: z.string().max(64).optional(),
});

/** `records … dropped`: what a bounded journal gave up, so that nothing goes missing silently. */
export const droppedEvent = z.object({
  kind: z.literal('dropped'),
  ...numbered,
  question: questionKey,
  count: z.int().positive(),
});

/**
 * Passive activity, made by the page's own stream: a cell ran, or ended in an error. Only where the lab turned it on and the
 * student was told; elsewhere it is refused (`activity-off`). Never any source, output or message: which question the cell
 * sends, and the class of the error. Time on a question follows from these.
 */
export const activityEvent = z.object({
  kind: z.literal('activity'),
  ...numbered,
  what: z.enum(['cell-run', 'error']),
  /** The question whose `send` stands in the cell, if there is one. */
  question: questionKey.optional(),
  cell: z.string().max(64).optional(),
  /** Class of the exception, as `IndexError`; with `what: 'error'` only. */
  error: z.string().max(100).optional(),
});

/** Later kinds (help …) join this union. */
export const event = z.discriminatedUnion('kind', [recordEvent, droppedEvent, activityEvent]);
export type Event = z.infer<typeof event>;
export type RecordEvent = z.infer<typeof recordEvent>;
export type ActivityEvent = z.infer<typeof activityEvent>;

/**
 * A numbered batch of one stream. `events` are parsed one by one, so that one bad row never fails its group:
 * here they are unknown, the server validates each and answers for each.
 */
export const eventBatch = z.object({
  v: z.literal(wireVersion),
  stream: streamId,
  /** The client's clock at sending; with the receipt time it gives the skew. */
  sentAt: instant,
  events: z.array(z.unknown()).min(1).max(limits.batchEvents),
});
export type EventBatch = z.infer<typeof eventBatch>;

export const refusalCode = z.enum([
  'invalid', // does not fit the schema; will never be accepted
  'too-large', // over limits.valueBytes
  'lab-closed', // made after the close; kept on the student's side
  'lab-deleted',
  'not-yours', // the stream belongs to another participant
  'conflict', // the number is taken by another body; this one is kept beside it
  'sending-off', // the participant switched sending off before this was made; it stays on their side
  'activity-off', // this lab does not collect passive activity; the client forgets it
]);
export type RefusalCode = z.infer<typeof refusalCode>;

/** What became of a batch. Numbers in `saved` are committed; the journal may forget them. */
export const batchReply = z.object({
  v: z.literal(wireVersion),
  stream: streamId,
  saved: z.array(z.int().positive()),
  refused: z.array(z.object({ seq: z.int(), code: refusalCode, message: z.string() })),
  receivedAt: instant,
  /** False when the participant has switched sending off (on whichever device): the client takes nothing more until it is on. */
  sending: z.boolean().optional(),
});
export type BatchReply = z.infer<typeof batchReply>;
