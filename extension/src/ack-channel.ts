/**
 * The acknowledgement comm `nbpulse.ack`: the page opens it, the kernel never publishes on it.
 *
 * States: `closed` → `choosing` (which of the kernel's threads shall read it) → `opening` (until the kernel has taken `comm_open`:
 * its router warns of a message that overtakes it, and drops it) → `open`. What is said before it is open waits.
 *
 * JupyterLab's own comm object is not used: it learns of subshells only after `kernel.info`, which stays pending until a
 * running cell ends (38 s of a 40 s cell after a reload), and then it would send `comm_open` on the blocked main shell and
 * the next message on the free subshell, which drops it as one of an unknown comm. So the subshell is asked for here on
 * the control channel, which answers while a cell runs, and every message of one channel takes the same way. ipykernel 6
 * has no subshells: its main shell reads when the cell ends, and nothing depends on it sooner.
 */
import { ackTarget, type PageMessage } from '@nbpulse/schema/wire';
import { UUID } from '@lumino/coreutils';
import type { JSONObject } from '@lumino/coreutils';
import type { Clock } from './clock.js';
import type { CreateMessage, KernelPort } from './kernel-port.js';

/** An idle kernel tells what it can within this time; a busy one is asked for a subshell without knowing. */
const infoPatienceMs = 400;
const subshellPatienceMs = 1_500;
/** ipykernel 6 takes it when the cell ends, and all that follows after it on the same thread: no need to wait that long. */
const openPatienceMs = 2_000;

export class AckChannel {
  readonly commId = UUID.uuid4();
  private state: 'closed' | 'choosing' | 'opening' | 'open' = 'closed';
  private subshell: string | null = null;
  private readonly unsaid: PageMessage[] = [];

  constructor(
    private readonly kernel: KernelPort,
    private readonly createMessage: CreateMessage,
    private readonly clock: Clock,
    /** Id of the data comm that this page has heard, so that the kernel need not open another one for it. */
    private readonly dataCommId: () => string | null,
  ) {}

  async open(): Promise<void> {
    if (this.state !== 'closed') return;
    this.state = 'choosing';
    this.subshell = await this.chooseSubshell();
    if (this.isClosed()) return;
    this.state = 'opening';
    const content = { comm_id: this.commId, target_name: ackTarget, data: { data: this.dataCommId() } };
    await this.within(openPatienceMs, this.send('comm_open', content));
    if (this.isClosed() || this.kernel.isDisposed) return;
    this.state = 'open';
    for (const message of this.unsaid.splice(0)) this.say(message);
  }

  say(message: PageMessage): void {
    if (this.state === 'open') void this.send('comm_msg', { comm_id: this.commId, data: message });
    else if (this.state !== 'closed') this.unsaid.push(message);
    // Closed: nobody listens. What is saved is told again when the kernel sends it again.
  }

  /** Lets the kernel free the thread that read this channel. */
  close(): void {
    if (this.state === 'open' || this.state === 'opening') {
      void this.send('comm_close', { comm_id: this.commId, data: {} });
    }
    this.state = 'closed';
    if (this.subshell !== null) void this.control('delete_subshell_request', { subshell_id: this.subshell });
    this.subshell = null;
  }

  /** A question of its own: `open` waits meanwhile, and `close` may have come. */
  private isClosed(): boolean {
    return this.state === 'closed';
  }

  /** Resolves when the kernel has taken it. */
  private send(msgType: 'comm_open' | 'comm_msg' | 'comm_close', content: JSONObject): Promise<unknown> {
    if (this.kernel.isDisposed || this.kernel.status === 'dead') return Promise.resolve();
    const message = this.createMessage({
      msgType: msgType as 'comm_msg',
      channel: 'shell',
      username: this.kernel.username,
      session: this.kernel.clientId,
      subshellId: this.subshell,
      content: content as never,
    });
    // A future whose kernel restarts is rejected; the next kernel says hello and gets a channel of its own.
    return this.kernel.sendShellMessage(message, false, true).done.catch(() => undefined);
  }

  private control(
    msgType: 'create_subshell_request' | 'delete_subshell_request',
    content: JSONObject,
  ): Promise<unknown> {
    if (this.kernel.isDisposed || this.kernel.status === 'dead') return Promise.resolve(null);
    const message = this.createMessage({
      msgType: msgType as 'create_subshell_request',
      channel: 'control',
      username: this.kernel.username,
      session: this.kernel.clientId,
      content: content,
    });
    return this.kernel.sendControlMessage(message, true, true).done.catch(() => null);
  }

  private async chooseSubshell(): Promise<string | null> {
    const known = await this.within(infoPatienceMs, this.kernel.info);
    if (known && !known.supported_features?.includes('kernel subshells')) return null;
    const reply = await this.within(subshellPatienceMs, this.control('create_subshell_request', {}));
    const content = (reply as { content?: { subshell_id?: unknown } } | null)?.content;
    return typeof content?.subshell_id === 'string' ? content.subshell_id : null;
  }

  private within<T>(patienceMs: number, promise: Promise<T>): Promise<T | null> {
    return new Promise((resolve) => {
      const cancel = this.clock.after(patienceMs, () => resolve(null));
      const settle = (value: T | null): void => {
        cancel();
        resolve(value);
      };
      promise.then(settle, () => settle(null));
    });
  }
}
