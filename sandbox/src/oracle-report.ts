/**
 * What the oracle says on its stdout. It is our own program, but hidden tests run inside it and student's words pass
 * through it: sizes are checked and texts cut here, and only frames with the run's nonce count.
 */
import { z } from 'zod';
import { testStatus } from '@nbpulse/schema/wire';
import { FrameReader } from './frames.js';
import { plainText } from './plain-text.js';

const name = z
  .string()
  .min(1)
  .transform((text) => plainText(text, 300));
const staffText = z.string().transform((text) => plainText(text, 19_000));

export const oracleTest = z.object({
  name,
  status: testStatus,
  visible: z.boolean(),
  /** Share of the assignment's points; any unit, only ratios count. */
  weight: z.number().min(0).max(1e6),
  message: z
    .string()
    .transform((text) => plainText(text, 3_900))
    .nullish(),
  staffMessage: staffText.nullish(),
  durationMs: z.number().min(0),
  spoofable: z.boolean().nullish(),
});
export type OracleTest = z.infer<typeof oracleTest>;

export const oracleReport = z.object({
  nonce: z.string(),
  type: z.literal('report'),
  /** The hidden suite did not load: the author's fault or ours, never the student's. */
  suiteError: staffText.nullish(),
  notebook: z.object({ ok: z.boolean(), reason: staffText.nullish(), staffReason: staffText.nullish() }),
  canary: z.enum(['held', 'broken']),
  tests: z.array(oracleTest).max(2_000),
});
export type OracleReport = z.infer<typeof oracleReport>;

const oracleProgress = z.object({
  nonce: z.string(),
  type: z.literal('progress'),
  done: z.int().nonnegative(),
  total: z.int().nonnegative(),
});
const oracleFrame = z.discriminatedUnion('type', [oracleReport, oracleProgress]);

/** 2,000 tests with short messages, or some hundred with the longest. */
export const oracleStdoutBytes = 16 * 1024 * 1024;

/** States: *listening*; *reported*, after which nothing more counts; *broken*. */
export class OracleListener {
  readonly #frames = new FrameReader(oracleStdoutBytes);
  #report: OracleReport | undefined;
  #fault: string | undefined;

  constructor(
    private readonly nonce: string,
    private readonly onProgress: (progress: { done: number; total: number }) => void,
  ) {}

  get report(): OracleReport | undefined {
    return this.#fault === undefined ? this.#report : undefined;
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
    const parsed = oracleFrame.safeParse(message);
    if (!parsed.success) {
      this.#fault = `a message of the oracle is not valid: ${z.prettifyError(parsed.error).slice(0, 500)}`;
    } else if (parsed.data.nonce !== this.nonce) {
      this.#fault = 'a message on the oracle’s stdout does not carry the nonce of this run';
    } else if (parsed.data.type === 'progress') {
      this.onProgress({ done: Math.min(parsed.data.done, parsed.data.total), total: parsed.data.total });
    } else {
      this.#report = parsed.data;
    }
  }
}
