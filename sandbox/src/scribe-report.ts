/**
 * What the scribe says on its stdout. It is our own program, but every word in it comes from the notebook: each value is
 * checked here as hostile input is, and what is no value of ours counts as nothing.
 */
import { z } from 'zod';
import { isStorableJson, limits, notebookRunLimits, questionKey, value, type NotebookSend } from '@nbpulse/schema/wire';
import { FrameReader } from './frames.js';
import { plainText } from './plain-text.js';

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

/** All values in base64, with room for the rest of each frame. */
export const scribeStdoutBytes = Math.ceil(notebookRunLimits.valuesBytes * 1.5);

const noValue = 'What was sent is no value that nbpulse knows.';

/** States: *listening*; *reported*, after which nothing more counts; *broken*. */
export class ScribeListener {
  readonly #frames = new FrameReader(scribeStdoutBytes);
  readonly #sent: NotebookSend[] = [];
  #report: ScribeReport | undefined;
  #fault: string | undefined;

  constructor(private readonly nonce: string) {}

  get report(): ScribeReport | undefined {
    return this.#fault === undefined ? this.#report : undefined;
  }

  get sent(): readonly NotebookSend[] {
    return this.#sent;
  }

  /** Why there is no trustworthy report, for staff. */
  get fault(): string | undefined {
    return this.#fault ?? this.#frames.broken;
  }

  push(chunk: Buffer): void {
    for (const message of this.#frames.push(chunk)) this.#take(message);
  }

  #take(message: unknown): void {
    if (this.#fault !== undefined || this.#report !== undefined) return;
    const parsed = scribeFrame.safeParse(message);
    if (!parsed.success) {
      this.#fault = `a message of the scribe is not valid: ${z.prettifyError(parsed.error).slice(0, 500)}`;
    } else if (parsed.data.nonce !== this.nonce) {
      this.#fault = 'a message on the scribe’s stdout does not carry the nonce of this run';
    } else if (parsed.data.type === 'report') {
      this.#report = parsed.data;
    } else {
      const { question, valueB64, why } = parsed.data;
      const key = questionKey.safeParse(question);
      if (!key.success || this.#sent.length >= notebookRunLimits.questions) return;
      if (this.#sent.some((one) => one.question === key.data)) return;
      const read = valueB64 === null ? null : readValue(Buffer.from(valueB64, 'base64'));
      this.#sent.push({ question: key.data, value: read, why: read === null ? (why ?? noValue) : null });
    }
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
