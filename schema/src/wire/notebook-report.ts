/** What one run of an author's notebook in the sandbox gave: its `send`s. Shared by sandbox, worker and server. */
import { z } from 'zod';
import { questionKey } from './event.js';
import { engineName, tier } from './grading.js';
import { MiB, second } from './limits.js';
import { value } from './value.js';

export const notebookRunLimits = {
  /** For the whole run. */
  wallMs: 60 * second,
  /** A lab has fewer; what a notebook sends beyond these is left out, and the report says so. */
  questions: 500,
  /** The JSON text of all values together. */
  valuesBytes: 16 * MiB,
} as const;

export const notebookSend = z.object({
  question: questionKey,
  /** Null: nothing that could be compared was sent; `why` says so. */
  value: value.nullable(),
  why: z.string().max(500).nullable(),
});
export type NotebookSend = z.infer<typeof notebookSend>;

export const notebookReport = z.object({
  v: z.literal(1),
  /**
   * `completed`: every cell had its turn, although some may have raised. `failed`: it is the notebook's own fault that it did
   * not get to its end, and nothing of it counts. `sandbox-error`: ours; it is tried again.
   */
  outcome: z.enum(['completed', 'failed', 'sandbox-error']),
  /** For the author, in words. Absent when completed. */
  reason: z.string().max(2_000).optional(),
  /** The last of each question, in the order of these. */
  sent: z.array(notebookSend).max(notebookRunLimits.questions),
  /** How many more questions there were than fit. */
  leftOut: z.int().nonnegative(),
  /** Cells that raised: `cell 3` as counted from above, code cells only, with the error's class and message. */
  failed: z.array(z.object({ cell: z.string().max(100), message: z.string().max(600) })).max(50),
  engine: engineName,
  tier,
  startedAt: z.iso.datetime({ offset: true }),
  durationMs: z.number().nonnegative(),
});
export type NotebookReport = z.infer<typeof notebookReport>;
