/**
 * What the oracle says on its stdout. It is our own program, but hidden tests run inside it and student's words pass
 * through it: sizes are checked and texts cut here, and only frames with the run's nonce count.
 */
import { z } from 'zod';
import { failureDetail, suiteProfile, testStatus, type FailureDetail } from '@nbpulse/schema/wire';
import { plainText } from './plain-text.js';
import { ReportListener } from './report-listener.js';

const name = z
  .string()
  .min(1)
  .transform((text) => plainText(text, 300));
const staffText = z.string().transform((text) => plainText(text, 19_000));

/** What does not fit is left out: the parts of a message are worth less than the run. */
const detail = failureDetail
  .nullish()
  .catch(null)
  .transform((given) => (given ? (withPlainTexts(given) as FailureDetail) : null))
  .optional();

function withPlainTexts(item: unknown): unknown {
  if (typeof item === 'string') return plainText(item, item.length);
  if (Array.isArray(item)) return item.map(withPlainTexts);
  if (typeof item !== 'object' || item === null) return item;
  return Object.fromEntries(Object.entries(item).map(([key, inner]) => [key, withPlainTexts(inner)]));
}

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
  detail,
  /** A `==` of the submission's own class decided. */
  ownEquality: z.boolean().nullish(),
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
  /** Only when the job asked to record it. */
  profile: suiteProfile.nullish(),
});
export type OracleReport = z.infer<typeof oracleReport>;

const oracleProgress = z.object({
  nonce: z.string(),
  type: z.literal('progress'),
  done: z.int().nonnegative(),
  total: z.int().nonnegative(),
});
/** The executed notebook, passed on unread: a student's bytes, for `executedNotebook` to look at. */
const oracleExecuted = z.object({ nonce: z.string(), type: z.literal('executed'), b64: z.string() });
const oracleFrame = z.discriminatedUnion('type', [oracleReport, oracleProgress, oracleExecuted]);

/** 2,000 tests with short messages, or some hundred with the longest; and the largest executed notebook. */
export const oracleStdoutBytes = 32 * 1024 * 1024;

type OracleFrame = z.infer<typeof oracleFrame>;

export class OracleListener extends ReportListener<OracleFrame> {
  #executed: Uint8Array | undefined;

  constructor(
    nonce: string,
    private readonly onProgress: (progress: { done: number; total: number }) => void,
  ) {
    super('oracle', nonce, oracleFrame, oracleStdoutBytes);
  }

  /** The executed notebook as it came: the student's word. */
  get executed(): Uint8Array | undefined {
    return this.#executed;
  }

  protected override take(message: Exclude<OracleFrame, OracleReport>): void {
    if (message.type === 'progress') {
      this.onProgress({ done: Math.min(message.done, message.total), total: message.total });
    } else {
      this.#executed ??= Buffer.from(message.b64, 'base64');
    }
  }
}
