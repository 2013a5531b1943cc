/**
 * A kernel's end of the two comms, doing what `extension/nbpulse` does: it keeps each record until the server has it,
 * hands everything that the page does not have when a page attaches, and forgets only what `saved` names.
 */
import type { Kernel, KernelMessage } from '@jupyterlab/services';
import { pageMessage, type Enrolment, type PageMessage } from '@nbpulse/schema/wire';
import { Signal } from '@lumino/signaling';
import type { CreateMessage, KernelPort } from '../kernel-port.js';

type Sent = {
  header: { msg_type: string; subshell_id?: string | null; msg_id: string };
  content: Record<string, unknown>;
};

let nextMessage = 0;
/** As `KernelMessage.createMessage` does it, without the package behind it. */
export const createMessage = ((options: Record<string, unknown>) => ({
  header: {
    msg_type: options['msgType'],
    msg_id: `m${(nextMessage += 1)}`,
    subshell_id: options['subshellId'] ?? null,
  },
  channel: options['channel'],
  content: options['content'],
})) as unknown as CreateMessage;

export class FakeKernel {
  readonly id = 'kernel-1';
  readonly clientId = 'client';
  readonly username = '';
  status = 'idle';
  isDisposed = false;
  readonly statusChanged = new Signal<this, string>(this);
  readonly iopubMessage = new Signal<this, KernelMessage.IIOPubMessage>(this);
  readonly anyMessage = new Signal<this, unknown>(this);
  readonly spec = Promise.resolve({ language: 'python' });
  info: Promise<unknown>;

  /** All that the page said on the acknowledgement comm, with the thread it was said to. */
  readonly heard: { message: PageMessage; shell: string | null }[] = [];
  readonly opened: { commId: string; shell: string | null; knownDataComm: unknown }[] = [];
  readonly deletedShells: string[] = [];
  enrolment: Enrolment | null = null;
  stream = '22222222-2222-4222-8222-222222222222';
  readonly journal = new Map<number, Record<string, unknown>>();
  dataComm = 'data-1';
  private readonly targets = new Map<string, unknown>();

  constructor(private readonly kind: { subshells: boolean; isBusyForEver?: boolean } = { subshells: true }) {
    const features = kind.subshells ? ['kernel subshells'] : [];
    this.info = kind.isBusyForEver ? new Promise(() => undefined) : Promise.resolve({ supported_features: features });
  }

  get port(): KernelPort {
    return this as unknown as KernelPort;
  }
  get connection(): Kernel.IKernelConnection {
    return this as unknown as Kernel.IKernelConnection;
  }
  said(type: PageMessage['type']): PageMessage[] {
    return this.heard.map(({ message }) => message).filter((message) => message.type === type);
  }

  // what JupyterLab's connection offers
  registerCommTarget(name: string, target: unknown): void {
    this.targets.set(name, target);
  }
  removeCommTarget(name: string): void {
    this.targets.delete(name);
  }
  hasTarget(name: string): boolean {
    return this.targets.has(name);
  }
  requestExecute(): { done: Promise<unknown> } {
    return { done: Promise.resolve({ content: { status: 'ok' } }) };
  }
  sendControlMessage(message: Sent): { done: Promise<unknown> } {
    if (message.header.msg_type === 'delete_subshell_request')
      this.deletedShells.push(String(message.content['subshell_id']));
    if (!this.kind.subshells) return { done: new Promise(() => undefined) };
    return { done: Promise.resolve({ content: { status: 'ok', subshell_id: 'shell-2' } }) };
  }
  sendShellMessage(message: Sent): { done: Promise<unknown> } {
    const shell = message.header.subshell_id ?? null;
    if (message.header.msg_type === 'comm_open') {
      const data = message.content['data'] as { data?: unknown };
      this.opened.push({ commId: String(message.content['comm_id']), shell, knownDataComm: data.data ?? null });
    } else if (message.header.msg_type === 'comm_msg') {
      const said = pageMessage.parse(message.content['data']);
      this.heard.push({ message: said, shell });
      this.obey(said);
    }
    return { done: Promise.resolve(undefined) };
  }

  // what the Python side does
  hello(): void {
    const data = { v: 1, type: 'hello', stream: this.stream, wheel: '0.1.0', pid: 7, lastSeq: this.journal.size };
    this.publish('comm_open', { comm_id: this.dataComm, target_name: 'nbpulse.data', data });
  }
  take(seqs: number[], parentId = 'execute-1', question = '1'): void {
    for (const seq of seqs) this.journal.set(seq, this.record(seq, question));
    this.hand(seqs, parentId);
  }
  hand(seqs: number[], parentId = 'execute-1'): void {
    const events = seqs.map((seq) => this.journal.get(seq));
    this.say({ v: 1, type: 'events', stream: this.stream, sentAt: '2026-03-02T14:00:00Z', events }, [], parentId);
  }
  say(data: Record<string, unknown>, buffers: ArrayBuffer[] = [], parentId = 'execute-1'): void {
    this.publish('comm_msg', { comm_id: this.dataComm, data }, buffers, parentId);
  }
  record(seq: number, question = '1'): Record<string, unknown> {
    return { kind: 'record', seq, question, madeAt: '2026-03-02T14:00:00Z', value: { t: 'int', v: seq } };
  }
  publish(type: string, content: Record<string, unknown>, buffers: ArrayBuffer[] = [], parentId = 'execute-1'): void {
    const message = {
      header: { msg_type: type },
      parent_header: { msg_id: parentId },
      channel: 'iopub',
      content,
      buffers,
    };
    this.iopubMessage.emit(message as unknown as KernelMessage.IIOPubMessage);
  }
  restart(): void {
    this.become('restarting');
    this.stream = '33333333-3333-4333-8333-333333333333';
    this.dataComm = 'data-2';
    this.journal.clear();
    this.become('idle');
  }
  become(status: string): void {
    this.status = status;
    this.statusChanged.emit(status);
  }

  private obey(message: PageMessage): void {
    if (message.type === 'enrol') this.enrolment = message.enrolment;
    if (message.type === 'saved') for (const seq of message.seqs) this.journal.delete(seq);
    if (message.type === 'have') {
      const has = new Set(message.stream === this.stream ? message.seqs : []);
      const rest = [...this.journal.keys()].filter((seq) => !has.has(seq));
      if (rest.length > 0) this.hand(rest);
    }
  }
}
