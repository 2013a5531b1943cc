/**
 * Checkpoints and submissions on their way. Each is in the outbox before anything is sent, so a reload or a dead network
 * loses none; its id is made here, so sending it twice stores it once.
 *
 * States of one upload: `waiting` → `sending` → gone (the server answered) or back to `waiting` (no answer: tried again
 * at a growing distance, or at once when the uplink comes online), or `refused` (never taken; the student dismisses it).
 */
import type { CheckpointReply, Receipt } from '@nbpulse/schema/wire';
import { Signal } from '@lumino/signaling';
import { isPassing, type ApiProblem, type Reply, type ServerApi } from './api.js';
import type { Clock } from './clock.js';
import type { Outbox } from './outbox.js';
import type { Upload } from './store.js';

export interface HandIn {
  upload: Upload;
  isSending: boolean;
}
export type Handed =
  | { kind: 'checkpoint'; upload: Upload; reply: CheckpointReply }
  | { kind: 'submission'; upload: Upload; receipt: Receipt };

const firstRetryMs = 2_000;
const longestRetryMs = 60_000;

export class HandIns {
  readonly changed = new Signal<this, undefined>(this);
  readonly handed = new Signal<this, Handed>(this);
  /** A token that the server no longer knows. */
  readonly expired = new Signal<this, ApiProblem>(this);

  private readonly items = new Map<string, HandIn>();
  private failures = 0;
  private isStopped = false;
  private cancelRetry: () => void = () => undefined;

  constructor(
    private readonly api: Pick<ServerApi, 'hasCheckpoint' | 'checkpoint' | 'submit'>,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  get all(): HandIn[] {
    return [...this.items.values()];
  }

  /** Takes up what an earlier page left. */
  async resume(participant: string): Promise<void> {
    for (const upload of await this.outbox.uploads(participant)) {
      if (!this.items.has(upload.id)) this.items.set(upload.id, { upload, isSending: false });
    }
    this.changed.emit(undefined);
    this.sendAll();
  }

  /** Resolves when it is safe in the outbox; then it goes out by itself. */
  async add(upload: Upload): Promise<void> {
    await this.outbox.keepUpload(upload);
    this.items.set(upload.id, { upload, isSending: false });
    this.changed.emit(undefined);
    this.sendAll();
  }

  async dismiss(id: string): Promise<void> {
    this.items.delete(id);
    await this.outbox.dropUpload(id);
    this.changed.emit(undefined);
  }

  sendAll(): void {
    if (this.isStopped) return;
    this.cancelRetry();
    for (const item of this.items.values()) {
      if (!item.isSending && item.upload.refusal === null) void this.send(item);
    }
  }

  stop(): void {
    this.isStopped = true;
    this.cancelRetry();
    Signal.clearData(this);
  }

  private async send(item: HandIn): Promise<void> {
    item.isSending = true;
    this.changed.emit(undefined);
    const { upload } = item;
    const reply = upload.kind === 'checkpoint' ? await this.sendCheckpoint(upload) : await this.sendSubmission(upload);
    item.isSending = false;
    if (this.isStopped) return;
    if (reply.ok) {
      this.failures = 0;
      this.items.delete(upload.id);
      await this.outbox.dropUpload(upload.id);
      this.handed.emit(reply.value);
    } else if (reply.problem.code === 'bad-token' || reply.problem.code === 'not-signed-in') {
      this.expired.emit(reply.problem);
    } else if (isPassing(reply.problem.code)) {
      this.failures += 1;
      const delayMs = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(this.failures - 1, 10));
      this.cancelRetry();
      this.cancelRetry = this.clock.after(reply.problem.retryAfterMs ?? delayMs, () => this.sendAll());
    } else {
      upload.refusal = reply.problem.message;
      await this.outbox.keepUpload(upload);
    }
    this.changed.emit(undefined);
  }

  private async sendCheckpoint(upload: Upload): Promise<Reply<Handed>> {
    const isThere = await this.api.hasCheckpoint(upload.sha256);
    const bytes = isThere ? null : upload.bytes;
    const reply = await this.api.checkpoint(upload.id, upload.madeAt, upload.sha256, bytes);
    return reply.ok ? { ok: true, value: { kind: 'checkpoint', upload, reply: reply.value } } : reply;
  }

  private async sendSubmission(upload: Upload): Promise<Reply<Handed>> {
    const reply = await this.api.submit(upload.id, upload.madeAt, upload.assignment ?? '', upload.bytes);
    return reply.ok ? { ok: true, value: { kind: 'submission', upload, receipt: reply.value } } : reply;
  }
}
