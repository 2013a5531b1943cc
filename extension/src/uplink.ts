/**
 * The page's pipe to one server for one participant: a queue of numbered events, sent in batches over the live socket,
 * or by HTTP while sockets fail. It may deliver twice and never claims delivery before the server has committed.
 *
 * States: `stopped` → `dialling` (socket under way, hello sent) → `online` (welcome received) → `waiting` (lost; dials
 * again at a growing distance, at most 30 s, or at once when the browser comes online) → `dialling` … While waiting,
 * batches go by HTTP if that works (`http`). `refused`: the token or this version is no longer taken; only joining
 * again helps. `blocked`: an https page may not call this http server; the kernel's pipe carries everything.
 */
import {
  serverMessage,
  wireVersion,
  type BatchReply,
  type ClientMessage,
  type EventBatch,
  type ServerMessage,
} from '@nbpulse/schema/wire';
import { Signal } from '@lumino/signaling';
import type { Reply } from './api.js';
import type { Clock } from './clock.js';
import type { Dial, Line } from './dial.js';
import { EventQueue, type HeldBy, type Queued } from './event-queue.js';

export type UplinkState =
  | { kind: 'stopped' }
  | { kind: 'dialling' }
  | { kind: 'online' }
  | { kind: 'waiting' }
  | { kind: 'http' }
  | { kind: 'refused'; code: string; message: string }
  | { kind: 'blocked' };

type Pushed = Extract<ServerMessage, { type: 'welcome' | 'lab' | 'submission' | 'trial' | 'me' }>;

const firstRetryMs = 500;
const longestRetryMs = 30_000;
const replyTimeoutMs = 15_000;
const pingEveryMs = 20_000;
/** Two batches on their way hide one round trip; more would only reorder. */
const batchesUnderWay = 2;
/** After this many sockets that never opened, HTTP is tried beside them. */
const failuresBeforeHttp = 2;

export interface UplinkParts {
  url: string;
  token: string;
  isBlocked: boolean;
  dial: Dial;
  post: (batch: EventBatch) => Promise<Reply<BatchReply>>;
  clock: Clock;
}

export class Uplink {
  readonly stateChanged = new Signal<this, UplinkState>(this);
  /** What became of events; numbers in `saved` are committed on the server. */
  readonly answered = new Signal<this, BatchReply>(this);
  readonly pushed = new Signal<this, Pushed>(this);
  /** The server's own words about a batch that it put off, once each. */
  readonly noticed = new Signal<this, string>(this);

  private current: UplinkState = { kind: 'stopped' };
  private line: Line | null = null;
  private readonly queue = new EventQueue();
  private readonly underWay = new Map<number, { events: Queued[]; cancelTimeout: () => void }>();
  private nextId = 1;
  private failures = 0;
  private isPosting = false;
  /** HTTP found nobody either: not tried again before the next dial has failed too. */
  private isHttpOut = false;
  private pausedUntil = 0;
  private presence: 'online' | 'idle' = 'online';
  private cancelRetry: () => void = () => undefined;
  private cancelPing: () => void = () => undefined;
  private cancelPump: () => void = () => undefined;

  constructor(private readonly parts: UplinkParts) {}

  get state(): UplinkState {
    return this.current;
  }
  get waiting(): number {
    return this.queue.waiting;
  }
  get held(): number {
    return this.queue.held;
  }
  /** Passive activity that has not been taken yet. */
  get activityWaiting(): number {
    return this.queue.activity;
  }
  has(stream: string, seq: number): boolean {
    return this.queue.has(stream, seq);
  }

  start(): void {
    if (this.parts.isBlocked) this.become({ kind: 'blocked' });
    else if (this.current.kind === 'stopped') this.dial();
  }

  stop(): void {
    this.become({ kind: 'stopped' });
    this.dropLine();
    this.cancelRetry();
    this.cancelPump();
  }

  /** The browser says that the network is back: no need to wait for the next try. */
  retryNow(): void {
    if (this.current.kind === 'waiting' || this.current.kind === 'http') this.dial();
  }

  offer(stream: string, events: { seq: number; event: unknown }[], heldBy: HeldBy | null = null): void {
    this.queue.offer(stream, events, heldBy);
    this.pump();
  }

  /** What was held for this reason may go out now. */
  release(heldBy: HeldBy): void {
    this.queue.release(heldBy);
    this.pump();
  }

  /** The server's word came by another way (the kernel's own pipe). */
  settleElsewhere(reply: BatchReply): void {
    this.queue.take(reply, []);
    this.answered.emit(reply);
  }

  /** Forgets passive activity that waits; returns what it was. */
  dropActivity(): { stream: string; seq: number }[] {
    return this.queue.dropActivity();
  }

  /** Nothing will ever be taken again. */
  refuse(code: string, message: string): void {
    this.become({ kind: 'refused', code, message });
    this.dropLine();
    this.cancelRetry();
  }

  tellPresence(presence: 'online' | 'idle'): void {
    this.presence = presence;
    this.sayPresence();
  }

  private become(state: UplinkState): void {
    if (state.kind === this.current.kind && state.kind !== 'refused') return;
    this.current = state;
    this.stateChanged.emit(state);
  }

  private dial(): void {
    this.cancelRetry();
    this.dropLine();
    if (this.current.kind !== 'http') this.become({ kind: 'dialling' });
    let isMine = true;
    const line = this.parts.dial(this.parts.url, {
      opened: () => {
        if (!isMine) return;
        this.say({ v: wireVersion, type: 'hello', as: { role: 'participant', token: this.parts.token } });
        this.cancelPing = this.parts.clock.after(replyTimeoutMs, () => line.close());
      },
      text: (text) => {
        if (isMine) this.hear(text);
      },
      closed: () => {
        if (!isMine) return;
        isMine = false;
        this.lost();
      },
    });
    this.line = line;
    this.forgetLine = () => {
      isMine = false;
      line.close();
    };
  }
  private forgetLine: () => void = () => undefined;

  private dropLine(): void {
    this.forgetLine();
    this.forgetLine = () => undefined;
    this.line = null;
    this.cancelPing();
    for (const batch of this.underWay.values()) {
      batch.cancelTimeout();
      this.queue.putBack(batch.events);
    }
    this.underWay.clear();
  }

  private lost(): void {
    this.dropLine();
    if (this.current.kind === 'refused' || this.current.kind === 'stopped') return;
    this.failures += 1;
    this.isHttpOut = false;
    const delayMs = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(this.failures - 1, 10));
    // Between half and all of it, so that a class does not come back in one instant after a restart.
    this.cancelRetry = this.parts.clock.after(delayMs * (0.5 + Math.random() / 2), () => this.dial());
    if (this.current.kind !== 'http') this.become({ kind: 'waiting' });
    this.pump();
  }

  private say(message: ClientMessage): void {
    try {
      this.line?.send(JSON.stringify(message));
    } catch {
      // The socket is closing; `closed` follows and everything under way is sent again.
    }
  }

  private sayPresence(): void {
    if (this.current.kind !== 'online') return;
    this.say({ v: wireVersion, type: 'presence', state: this.presence, waiting: this.waiting });
  }

  private hear(text: string): void {
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch {
      return;
    }
    const parsed = serverMessage.safeParse(json);
    // A newer server may say more than this page knows; what it can't read, it leaves.
    if (!parsed.success) return;
    const message = parsed.data;
    switch (message.type) {
      case 'welcome':
        this.failures = 0;
        this.become({ kind: 'online' });
        this.pushed.emit(message);
        this.planPing();
        this.sayPresence();
        // It may have opened again while there was no line.
        if (message.lab.status === 'open') this.release('lab-closed');
        else this.pump();
        return;
      case 'reply':
        this.settle(message.id, message.reply);
        return;
      case 'refused':
        this.hearRefusal(message);
        return;
      case 'lab':
        this.pushed.emit(message);
        if (message.lab.status === 'open') this.release('lab-closed');
        return;
      case 'submission':
      case 'trial':
      case 'me':
        this.pushed.emit(message);
        return;
      case 'pong':
        this.planPing();
        return;
      case 'reload':
        this.line?.close();
        return;
      case 'update':
      case 'presence':
        return; // what staff pages get
      default:
        message satisfies never;
    }
  }

  private hearRefusal(message: Extract<ServerMessage, { type: 'refused' }>): void {
    switch (message.code) {
      case 'too-fast':
      case 'unavailable': {
        const batch = message.id === undefined ? undefined : this.underWay.get(message.id);
        if (message.id !== undefined) this.underWay.delete(message.id);
        batch?.cancelTimeout();
        this.queue.putBack(batch?.events ?? []);
        this.pause(message.retryAfterMs ?? 1_000);
        this.noticed.emit(message.message);
        return;
      }
      case 'bad-token':
      case 'not-allowed':
      case 'lab-deleted':
      case 'version':
        this.refuse(message.code, message.message);
        return;
      case 'bad-message':
        this.noticed.emit(message.message);
        this.line?.close();
        return;
      default:
        message.code satisfies never;
    }
  }

  private planPing(): void {
    this.cancelPing();
    this.cancelPing = this.parts.clock.after(pingEveryMs, () => {
      this.say({ v: wireVersion, type: 'ping', at: this.parts.clock.now() });
      // No pong: the line is dead though nobody said so (a closed lid, a changed network).
      this.cancelPing = this.parts.clock.after(replyTimeoutMs, () => {
        this.forgetLine();
        this.lost();
      });
    });
  }

  /** Two batches may be put off at once: the longer time counts. */
  private pause(delayMs: number): void {
    const now = this.parts.clock.now();
    this.pausedUntil = Math.max(this.pausedUntil, now + delayMs);
    this.cancelPump();
    this.cancelPump = this.parts.clock.after(this.pausedUntil - now, () => this.pump());
  }

  /** Sends what can be sent now. */
  private pump(): void {
    if (this.parts.clock.now() < this.pausedUntil) return;
    if (this.current.kind === 'online') {
      while (this.underWay.size < batchesUnderWay) {
        const batch = this.queue.next(this.parts.clock.now());
        if (batch === null) return;
        const id = this.nextId++;
        const cancelTimeout = this.parts.clock.after(replyTimeoutMs, () => {
          this.forgetLine();
          this.lost();
        });
        this.underWay.set(id, { events: batch.events, cancelTimeout });
        this.say({ v: wireVersion, type: 'events', id, batch: batch.wire });
      }
    } else if (this.failures >= failuresBeforeHttp && !this.isPosting && !this.isHttpOut) {
      void this.pumpByHttp();
    }
  }

  private async pumpByHttp(): Promise<void> {
    const batch = this.queue.next(this.parts.clock.now());
    if (batch === null) return;
    this.isPosting = true;
    const reply = await this.parts.post(batch.wire);
    this.isPosting = false;
    this.queue.putBack(batch.events);
    if (this.current.kind === 'stopped' || this.current.kind === 'refused') return;
    if (reply.ok) {
      if (this.current.kind === 'waiting' || this.current.kind === 'dialling') this.become({ kind: 'http' });
      this.take(reply.value, batch.events);
      this.pump();
      return;
    }
    const { code, message, retryAfterMs } = reply.problem;
    switch (code) {
      case 'bad-token':
      case 'not-signed-in':
      case 'not-allowed':
      case 'lab-deleted':
        this.refuse(code, message);
        return;
      case 'unreachable':
        this.isHttpOut = true;
        if (this.current.kind === 'http') this.become({ kind: 'waiting' });
        return;
      default:
        this.noticed.emit(message);
        this.pause(retryAfterMs ?? 5_000);
    }
  }

  private settle(id: number, reply: BatchReply): void {
    const batch = this.underWay.get(id);
    this.underWay.delete(id);
    batch?.cancelTimeout();
    this.take(reply, batch?.events ?? []);
    this.sayPresence();
    this.pump();
  }

  private take(reply: BatchReply, sent: Queued[]): void {
    const isWhole = this.queue.take(reply, sent);
    this.answered.emit(reply);
    // Something named neither saved nor refused: not to be sent again without a pause.
    if (!isWhole) this.pause(5_000);
  }
}
