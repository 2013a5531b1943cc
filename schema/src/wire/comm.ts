/**
 * The two comms between kernel and page.
 *
 * `nbpulse.data` is opened by the kernel: records go to the page. `nbpulse.ack` is opened by the page, and the kernel
 * never publishes on it: so ipykernel routes its messages to a thread that is free even while a cell runs, and
 * acknowledgements arrive within milliseconds. ipykernel 6 has no such thread: acks then come when the cell ends,
 * and nothing depends on them sooner.
 *
 * Several pages may be attached to one kernel, and a page may see a message twice: numbers make that harmless.
 */
import { z } from 'zod';
import { instant, questionKey, refusalCode, streamId, wireVersion } from './event.js';

export const dataTarget = 'nbpulse.data';
export const ackTarget = 'nbpulse.ack';
const v = z.literal(wireVersion);

/** Where this kernel's records go. The page tells the kernel, so that the kernel's own pipe (HTTP) can carry them too. */
export const enrolment = z.object({
  server: z.url(),
  lab: z.uuid(),
  participant: z.uuid(),
  token: z.string().min(20).max(200),
  name: z.string(),
});
export type Enrolment = z.infer<typeof enrolment>;

/** Kernel → page, on the data comm. The open message carries a `hello` as its data. */
export const kernelMessage = z.discriminatedUnion('type', [
  z.object({
    v,
    type: z.literal('hello'),
    stream: streamId,
    wheel: z.string(),
    pid: z.int(),
    lastSeq: z.int().nonnegative(),
  }),
  /** Events with binary parts left out of JSON: `value.b64` of the image at `buffers[i]` is in buffer i. */
  z.object({
    v,
    type: z.literal('events'),
    stream: streamId,
    sentAt: instant,
    events: z.array(z.unknown()),
    /** Which event (by position) each binary buffer belongs to. */
    binary: z.array(z.int().nonnegative()).optional(),
  }),
  /** Why something could not be sent: for the status badge, never for the cell. */
  z.object({
    v,
    type: z.literal('problem'),
    stream: streamId,
    code: z.string().max(40),
    message: z.string().max(2_000),
    cell: z.string().optional(),
  }),
  /**
   * The server's word, when the kernel's own pipe (HTTP) brought it: for the marks beside the cells, and so that the page drops its
   * copies. A page that hears nothing of the kind loses nothing.
   */
  z.object({
    v,
    type: z.literal('saved'),
    stream: streamId,
    seqs: z.array(z.int().positive()),
    refused: z.array(z.object({ seq: z.int(), code: refusalCode, message: z.string() })).optional(),
  }),
  /**
   * Journals of kernels that ended before anyone had joined: offered to whoever joins, never sent by themselves. On a shared
   * computer they may be anyone's: so no values. The whole of what there is; an empty list takes an offer back.
   */
  z.object({
    v,
    type: z.literal('unclaimed'),
    /** Of the kernel that says so. */
    stream: streamId,
    journals: z
      .array(
        z.object({
          stream: streamId,
          records: z.int().positive(),
          /** `madeAt` of the first and the last, by the kernel's clock. */
          firstAt: z.string().max(40),
          lastAt: z.string().max(40),
          /** At most 20, in the order in which they were first sent. */
          questions: z.array(questionKey).max(20),
        }),
      )
      .max(20),
  }),
  /** `checkpoint()` and `submit()` in code ask the page. */
  z.object({ v, type: z.literal('ask'), what: z.enum(['checkpoint', 'submit']), id: z.uuid() }),
]);
export type KernelMessage = z.infer<typeof kernelMessage>;

/** Page → kernel, on the acknowledgement comm. */
export const pageMessage = z.discriminatedUnion('type', [
  /** On attach: what the page already has safely (in its outbox or saved), so the kernel sends the rest again. */
  z.object({ v, type: z.literal('have'), stream: streamId.optional(), seqs: z.array(z.int()).optional() }),
  z.object({ v, type: z.literal('enrol'), enrolment }),
  /** The participant left this computer: forget token and journal. */
  z.object({ v, type: z.literal('leave') }),
  z.object({
    v,
    type: z.literal('saved'),
    stream: streamId,
    seqs: z.array(z.int().positive()),
    refused: z.array(z.object({ seq: z.int(), code: refusalCode, message: z.string() })).optional(),
  }),
  z.object({ v, type: z.literal('sending'), on: z.boolean() }),
  /** "These are mine": an unclaimed journal becomes the enrolled participant's, and goes out. */
  z.object({ v, type: z.literal('claim'), stream: streamId }),
]);
export type PageMessage = z.infer<typeof pageMessage>;
