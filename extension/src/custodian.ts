/**
 * One kernel's comms, as this page sees them. The kernel's journal is the custodian of records; this end relays.
 *
 * States: `quiet` (nothing of ours heard from this kernel) → `speaking` (it said hello or sent a record: the
 * acknowledgement channel is open, `have` and `enrol` are said) → `quiet` again when the kernel restarts → `disposed`.
 *
 * Messages are read from the connection's `iopubMessage`, not from a comm object: after a reload this page owns no
 * comm object for the data comm that the kernel opened for the page before, and JupyterLab drops messages of comms
 * that it does not know. The target is registered all the same, because JupyterLab closes comms of unknown targets.
 * Several tabs attached to one kernel each get every message, and each relays it: numbers make that harmless.
 */
import {
  dataTarget,
  kernelMessage,
  wireVersion,
  type BatchReply,
  type Enrolment,
  type KernelMessage as OurMessage,
} from '@nbpulse/schema/wire';
import type { KernelMessage } from '@jupyterlab/services';
import { Signal } from '@lumino/signaling';
import { z } from 'zod';
import { AckChannel } from './ack-channel.js';
import { toBase64 } from './binary.js';
import type { Clock } from './clock.js';
import type { CreateMessage, KernelPort } from './kernel-port.js';

/** The little that the page must know of an event; the server checks the rest. */
export const eventHead = z.looseObject({
  kind: z.string(),
  seq: z.int().positive(),
  question: z.string().optional(),
  cell: z.string().optional(),
});
export type EventHead = z.infer<typeof eventHead>;

export type UnclaimedJournal = Extract<OurMessage, { type: 'unclaimed' }>['journals'][number];

export interface ArrivedRecords {
  stream: string;
  events: EventHead[];
  /** Id of the execute request during which the kernel said it; leads to the cell. */
  parentId: string;
}

export class Custodian {
  readonly arrived = new Signal<this, ArrivedRecords>(this);
  readonly troubled = new Signal<this, { code: string; message: string }>(this);
  readonly asked = new Signal<this, { what: 'checkpoint' | 'submit'; id: string }>(this);
  /** Journals that ended before anyone had joined; each time the whole of what there is. */
  readonly offered = new Signal<this, UnclaimedJournal[]>(this);
  /** The kernel's own pipe brought the server's word. */
  readonly told = new Signal<this, { stream: string; saved: number[]; refused: BatchReply['refused'] }>(this);

  private ack: AckChannel | null = null;
  private enrolment: Enrolment | null = null;
  private isSending = true;
  private readonly streams = new Set<string>();
  private readonly spoken = new Set<string>();
  private dataCommId: string | null = null;

  constructor(
    readonly kernel: KernelPort,
    private readonly createMessage: CreateMessage,
    private readonly clock: Clock,
    /** Numbers of a stream that are safe in this page's outbox. */
    private readonly keptSeqs: (stream: string) => Promise<number[]>,
  ) {
    kernel.registerCommTarget(dataTarget, this.acceptComm);
    kernel.iopubMessage.connect(this.hear);
    kernel.statusChanged.connect(this.onStatus);
  }

  /** Streams that this kernel has sent on since it started. */
  speaksFor(stream: string): boolean {
    return this.streams.has(stream);
  }

  /** Tells the kernel whose records these are and where they go; null takes nothing back. */
  enrol(enrolment: Enrolment | null): void {
    const isNew = enrolment !== null && enrolment.token !== this.enrolment?.token;
    this.enrolment = enrolment;
    if (this.ack && isNew) void this.introduce(this.ack);
  }

  /** The student's switch: while it is off the kernel takes nothing. A kernel that starts anew is told again. */
  setSending(isOn: boolean): void {
    if (isOn === this.isSending) return;
    this.isSending = isOn;
    this.ack?.say({ v: wireVersion, type: 'sending', on: isOn });
  }

  /** The server has these for good (or will never take them): the journal may forget them. */
  relay(reply: BatchReply): void {
    this.ack?.say({ v: wireVersion, type: 'saved', stream: reply.stream, seqs: reply.saved, refused: reply.refused });
  }

  /** "These are mine": the journal goes out as the enrolled participant's. */
  claim(stream: string): void {
    this.ack?.say({ v: wireVersion, type: 'claim', stream });
  }

  leave(): void {
    this.enrolment = null;
    this.ack?.say({ v: wireVersion, type: 'leave' });
    // The switch was that student's; whoever comes next begins with sending on.
    this.setSending(true);
  }

  dispose(): void {
    Signal.clearData(this);
    if (!this.kernel.isDisposed) {
      this.kernel.removeCommTarget(dataTarget, this.acceptComm);
      this.kernel.iopubMessage.disconnect(this.hear);
      this.kernel.statusChanged.disconnect(this.onStatus);
      this.ack?.close();
    }
    this.ack = null;
  }

  /** Opens the acknowledgement channel; harmless when it is open. Called when the kernel is known to have our package. */
  speak(): void {
    if (this.ack) return;
    this.ack = new AckChannel(this.kernel, this.createMessage, this.clock, () => this.dataCommId);
    void this.ack.open();
    void this.introduce(this.ack);
  }

  private readonly acceptComm = (): void => undefined;

  /** `enrol` first: the kernel's answer to `have` is to send the rest, and by then it knows whose it is. */
  private async introduce(ack: AckChannel): Promise<void> {
    if (this.enrolment) ack.say({ v: wireVersion, type: 'enrol', enrolment: this.enrolment });
    // Either word: another student's page may have said the other before.
    if (this.enrolment || !this.isSending) ack.say({ v: wireVersion, type: 'sending', on: this.isSending });
    const streams = [...this.streams];
    if (streams.length === 0) ack.say({ v: wireVersion, type: 'have' });
    for (const stream of streams) {
      ack.say({ v: wireVersion, type: 'have', stream, seqs: await this.keptSeqs(stream) });
    }
  }

  private readonly onStatus = (): void => {
    if (this.kernel.status !== 'restarting' && this.kernel.status !== 'autorestarting') return;
    // The process is gone and with it the comms and threads: nothing to close, everything to say anew.
    this.ack = null;
    this.dataCommId = null;
    this.streams.clear();
    this.spoken.clear();
  };

  private readonly hear = (_: unknown, message: KernelMessage.IIOPubMessage): void => {
    const type = message.header.msg_type;
    if (type !== 'comm_open' && type !== 'comm_msg' && type !== 'comm_close') return;
    const content = message.content as { comm_id?: unknown; target_name?: unknown; data?: unknown };
    if (type === 'comm_close') {
      if (content.comm_id === this.ack?.commId) this.ack = null;
      return;
    }
    if (type === 'comm_open' && content.target_name !== dataTarget) return;
    const parsed = kernelMessage.safeParse(content.data);
    // Comms of widgets and other extensions pass here too; only what is wholly ours is taken.
    if (!parsed.success) return;
    if (typeof content.comm_id === 'string') this.dataCommId = content.comm_id;
    const parentId = 'msg_id' in message.parent_header ? message.parent_header.msg_id : '';
    this.take(parsed.data, message.buffers ?? [], parentId);
  };

  private take(message: OurMessage, buffers: (ArrayBuffer | ArrayBufferView)[], parentId: string): void {
    switch (message.type) {
      case 'hello':
        this.meet(message.stream);
        return;
      case 'events': {
        this.meet(message.stream);
        const events = withBinary(message.events, message.binary ?? [], buffers).flatMap((event) => {
          const head = eventHead.safeParse(event);
          return head.success ? [head.data] : [];
        });
        if (events.length > 0) this.arrived.emit({ stream: message.stream, events, parentId });
        return;
      }
      case 'problem': {
        const told = `${message.code} ${message.message}`;
        if (this.spoken.has(told)) return;
        this.spoken.add(told);
        this.troubled.emit({ code: message.code, message: message.message });
        return;
      }
      case 'saved':
        this.meet(message.stream);
        this.told.emit({ stream: message.stream, saved: message.seqs, refused: message.refused ?? [] });
        return;
      case 'unclaimed':
        this.meet(message.stream);
        this.offered.emit(message.journals);
        return;
      case 'ask':
        // Every tab hears it; the id makes two answers one.
        this.asked.emit({ what: message.what, id: message.id });
        return;
      default:
        message satisfies never;
    }
  }

  private meet(stream: string): void {
    const isNew = !this.streams.has(stream);
    this.streams.add(stream);
    if (!this.ack) this.speak();
    else if (isNew) void this.introduce(this.ack);
  }
}

/** Puts each binary buffer back as `value.b64` of the event that it belongs to. */
function withBinary(events: unknown[], owners: number[], buffers: (ArrayBuffer | ArrayBufferView)[]): unknown[] {
  const whole = [...events];
  owners.forEach((owner, i) => {
    const event = whole[owner];
    const buffer = buffers[i];
    if (buffer === undefined || typeof event !== 'object' || event === null || !('value' in event)) return;
    if (typeof event.value !== 'object' || event.value === null) return;
    whole[owner] = { ...event, value: { ...event.value, b64: toBase64(buffer) } };
  });
  return whole;
}
