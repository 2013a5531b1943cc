/**
 * What the scribe says on its stdout. It is our own program, but every word in it comes from the notebook: each value is
 * checked here as hostile input is, and what is no value of ours counts as nothing.
 */
import { z } from 'zod';
import { isStorableJson, limits, notebookRunLimits, questionKey, value, type NotebookSend } from '@nbpulse/schema/wire';
import { plainText } from './plain-text.js';
import { ReportListener } from './report-listener.js';

const told = (most: number) => z.string().transform((text) => plainText(text, most));
const failedCell = z.object({ cell: told(100), message: told(600) });

const sentFrame = z.object({
  nonce: z.string(),
  type: z.literal('sent'),
  question: z.string(),
  valueB64: z.string().nullable(),
  why: told(500).nullable(),
});
const reportFrame = z.object({
  nonce: z.string(),
  type: z.literal('report'),
  /** Null: the notebook's process was gone before it said that it was done. */
  end: z
    .object({ failed: z.array(failedCell).max(50), unreadable: told(600).optional(), fault: told(1_000).optional() })
    .nullable(),
  /** The notebook's process spoke what ours does not. */
  broken: told(300).nullable(),
  late: z.boolean(),
  /** The cell that began last. */
  cell: told(100).nullable(),
  lost: z.array(failedCell).max(50),
  leftOut: z.int().nonnegative(),
});
export type ScribeReport = z.infer<typeof reportFrame>;
const scribeFrame = z.discriminatedUnion('type', [sentFrame, reportFrame]);
type ScribeFrame = z.infer<typeof scribeFrame>;

/** All values in base64, with room for the rest of each frame. */
export const scribeStdoutBytes = Math.ceil(notebookRunLimits.valuesBytes * 1.5);

const noValue = 'What was sent is no value that nbpulse knows.';

export class ScribeListener extends ReportListener<ScribeFrame> {
  readonly #sent: NotebookSend[] = [];

  constructor(nonce: string) {
    super('scribe', nonce, scribeFrame, scribeStdoutBytes);
  }

  get sent(): readonly NotebookSend[] {
    return this.#sent;
  }

  protected override take({ question, valueB64, why }: Exclude<ScribeFrame, ScribeReport>): void {
    const key = questionKey.safeParse(question);
    if (!key.success || this.#sent.length >= notebookRunLimits.questions) return;
    if (this.#sent.some((one) => one.question === key.data)) return;
    const read = valueB64 === null ? null : readValue(Buffer.from(valueB64, 'base64'));
    this.#sent.push({ question: key.data, value: read, why: read === null ? (why ?? noValue) : null });
  }
}

/** Null for what no kernel of ours would send. Pictures have no place here: nothing can be compared with one. */
function readValue(bytes: Buffer): NotebookSend['value'] {
  if (bytes.byteLength > limits.valueBytes) return null;
  try {
    const json: unknown = JSON.parse(bytes.toString('utf8'));
    if (isTooDeep(json) || !isStorableJson(json)) return null;
    const parsed = value.safeParse(json);
    return parsed.success && parsed.data.t !== 'image' ? parsed.data : null;
  } catch {
    return null;
  }
}

/** A list of lists has two levels of JSON for each of its own. Level by level, so that no nesting exhausts the stack. */
function isTooDeep(json: unknown): boolean {
  const isBranch = (item: unknown): item is object => typeof item === 'object' && item !== null;
  let level = [json].filter(isBranch);
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > 3 * limits.valueDepth + 10) return true;
    level = level.flatMap((item): unknown[] => Object.values(item)).filter(isBranch);
  }
  return false;
}
