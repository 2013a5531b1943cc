/**
 * Listens to the one trusted program of a run on its stdout: checks every message's form and nonce, and keeps the report.
 * States: *listening*; *reported*, after which nothing more counts; *broken*, with the reason, after which nothing counts at all.
 */
import { z } from 'zod';
import { FrameReader } from './frames.js';

interface Message {
  nonce: string;
  type: string;
}
type Report<M extends Message> = Extract<M, { type: 'report' }>;

export abstract class ReportListener<M extends Message> {
  readonly #frames: FrameReader;
  #report: Report<M> | undefined;
  #fault: string | undefined;

  /** @param who as staff read it: `oracle` */
  constructor(
    private readonly who: string,
    private readonly nonce: string,
    private readonly form: z.ZodType<M>,
    mostFrameBytes: number,
  ) {
    this.#frames = new FrameReader(mostFrameBytes);
  }

  /** A message that came before the report. */
  protected abstract take(message: Exclude<M, Report<M>>): void;

  get report(): Report<M> | undefined {
    return this.#fault === undefined ? this.#report : undefined;
  }

  /** Why there is no trustworthy report, for staff. */
  get fault(): string | undefined {
    return this.#fault ?? this.#frames.broken;
  }

  push(chunk: Buffer): void {
    for (const message of this.#frames.push(chunk)) this.#read(message);
  }

  #read(message: unknown): void {
    if (this.#fault !== undefined || this.#report !== undefined) return;
    const parsed = this.form.safeParse(message);
    if (!parsed.success) {
      this.#fault = `a message of the ${this.who} is not valid: ${z.prettifyError(parsed.error).slice(0, 500)}`;
    } else if (parsed.data.nonce !== this.nonce) {
      this.#fault = `a message on the ${this.who}’s stdout does not carry the nonce of this run`;
    } else if (parsed.data.type === 'report') {
      this.#report = parsed.data as Report<M>;
    } else {
      this.take(parsed.data as Exclude<M, Report<M>>);
    }
  }
}
