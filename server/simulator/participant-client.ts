/**
 * A participant's side of the public API: joining, the live socket, batches and their acknowledgement. What the
 * simulator, the benches and the tests drive the server with.
 *
 * States: `open` (socket up), `waiting` (it dropped; tries again with backoff), `closed` (for good). Whatever was not yet
 * acknowledged is sent again after each reconnect; the numbers make that harmless.
 */
import { randomUUID } from 'node:crypto';
import WebSocket from 'ws';
import {
  joinReply,
  receipt,
  serverMessage,
  wireVersion,
  type ClientMessage,
  type JoinReply,
  type Receipt,
  type ServerMessage,
  type Value,
} from '@nbpulse/schema/wire';

export interface JoinOptions {
  /** `http://127.0.0.1:8787` */
  server: string;
  code: string;
  name: string;
}

const api = (server: string, path: string): URL =>
  new URL(`api/v1/${path}`, server.endsWith('/') ? server : `${server}/`);

async function readJson(reply: Response): Promise<unknown> {
  const body: unknown = await reply.json();
  if (reply.ok) return body;
  const message =
    typeof body === 'object' && body !== null && 'message' in body ? String(body.message) : reply.statusText;
  throw new Error(`${reply.url} answered ${reply.status}: ${message}`);
}

/** Joins a lab; a name that is there already becomes "Ada (2)". */
export async function join({ server, code, name }: JoinOptions): Promise<JoinReply> {
  const reply = await fetch(api(server, 'join'), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code, name, another: true, device: { kind: 'page', label: 'simulator' } }),
  });
  return joinReply.parse(await readJson(reply));
}

interface Pending {
  event: { kind: 'record'; seq: number; madeAt: string; question: string; value: Value };
  saved: () => void;
  refused: (reason: Error) => void;
}

export class ParticipantClient {
  readonly stream = randomUUID();
  private seq = 0;
  private batch = 0;
  private socket: WebSocket | null = null;
  private retryMs = 100;
  private retry: NodeJS.Timeout | undefined;
  private closed = false;
  private cut = false;
  private ready = false;
  /** Everything not yet acknowledged, by number. */
  private readonly pending = new Map<number, Pending>();
  private openWaiters: (() => void)[] = [];

  constructor(
    private readonly server: string,
    readonly me: JoinReply,
    private readonly onMessage: (message: ServerMessage) => void = () => undefined,
  ) {
    this.connect();
  }

  get waiting(): number {
    return this.pending.size;
  }

  /** Resolves when the socket is up. */
  async opened(): Promise<void> {
    if (this.ready) return;
    await new Promise<void>((resolve) => this.openWaiters.push(resolve));
  }

  /** Sends one record; resolves when the server has committed it. */
  send(question: string, value: Value): Promise<void> {
    const seq = ++this.seq;
    return new Promise((saved, refused) => {
      this.pending.set(seq, {
        event: { kind: 'record', seq, madeAt: new Date().toISOString(), question, value },
        saved,
        refused,
      });
      if (this.ready) this.transmit([seq]);
    });
  }

  /** Tells the server how this student is doing. */
  presence(state: 'online' | 'idle'): void {
    this.say({ v: wireVersion, type: 'presence', state, waiting: this.pending.size });
  }

  /** Cuts the network until `reconnect`; records wait. */
  disconnect(): void {
    this.cut = true;
    clearTimeout(this.retry);
    this.socket?.terminate();
  }

  reconnect(): void {
    this.cut = false;
    this.connect();
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.retry);
    this.socket?.close();
  }

  async checkpoint(notebook: Uint8Array<ArrayBuffer>): Promise<void> {
    await readJson(await this.upload('me/checkpoints', notebook));
  }

  async submit(assignment: string, notebook: Uint8Array<ArrayBuffer>): Promise<Receipt> {
    return receipt.parse(await readJson(await this.upload(`me/submissions?assignment=${assignment}`, notebook)));
  }

  private upload(path: string, bytes: Uint8Array<ArrayBuffer>): Promise<Response> {
    return fetch(api(this.server, path), {
      method: 'POST',
      headers: {
        authorization: `Bearer ${this.me.token}`,
        'content-type': 'application/octet-stream',
        'x-nbpulse-id': randomUUID(),
        'x-nbpulse-made-at': new Date().toISOString(),
      },
      body: bytes,
    });
  }

  private connect(): void {
    const url = api(this.server, 'live');
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    const socket = new WebSocket(url);
    this.socket = socket;
    socket.on('open', () =>
      this.say({ v: wireVersion, type: 'hello', as: { role: 'participant', token: this.me.token } }),
    );
    socket.on('message', (data: Buffer) => this.receive(serverMessage.parse(JSON.parse(data.toString('utf8')))));
    socket.on('error', () => undefined); // 'close' follows and retries
    socket.on('close', () => {
      if (this.socket !== socket) return;
      this.ready = false;
      if (this.closed || this.cut) return;
      this.retry = setTimeout(() => this.connect(), this.retryMs);
      this.retryMs = Math.min(this.retryMs * 2, 5_000);
    });
  }

  private receive(message: ServerMessage): void {
    if (message.type === 'welcome') {
      this.ready = true;
      this.retryMs = 100;
      this.transmit([...this.pending.keys()]);
      for (const resolve of this.openWaiters.splice(0)) resolve();
    } else if (message.type === 'reply') {
      for (const seq of message.reply.saved) this.settle(seq, (pending) => pending.saved());
      for (const { seq, message: why } of message.reply.refused)
        this.settle(seq, (pending) => pending.refused(new Error(why)));
    } else if (message.type === 'refused' && message.retryAfterMs !== undefined) {
      setTimeout(() => this.transmit([...this.pending.keys()]), message.retryAfterMs);
    }
    this.onMessage(message);
  }

  private settle(seq: number, end: (pending: Pending) => void): void {
    const pending = this.pending.get(seq);
    this.pending.delete(seq);
    if (pending) end(pending);
  }

  private transmit(seqs: number[]): void {
    const size = 100;
    for (let start = 0; start < seqs.length; start += size) {
      const events = seqs.slice(start, start + size).flatMap((seq) => this.pending.get(seq)?.event ?? []);
      if (events.length === 0) continue;
      const batch = { v: wireVersion, stream: this.stream, sentAt: new Date().toISOString(), events } as const;
      this.say({ v: wireVersion, type: 'events', id: ++this.batch, batch });
    }
  }

  private say(message: ClientMessage): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }
}
