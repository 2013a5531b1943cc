/**
 * What waits for the server: numbered events, each once, in the order in which they came.
 *
 * States of one event: `waiting` → `under way` (in a batch that has no answer yet) → gone (saved, or never to be taken),
 * or `waiting` again (no answer), or `held` (made after the lab's close, or while sending was off) → `waiting` when the lab opens
 * again, or sending is on. Passive activity is never held: what is not wanted when it is made is forgotten.
 */
import { limits, wireVersion, type BatchReply, type EventBatch } from '@nbpulse/schema/wire';

/** Refusals after which an event stays on this side. */
const holding = ['lab-closed', 'sending-off', 'lab-deleted'] as const;
export type HeldBy = (typeof holding)[number];

export interface Queued {
  stream: string;
  seq: number;
  event: unknown;
  bytes: number;
  state: 'waiting' | 'under way' | 'held';
  heldBy: HeldBy | null;
  isActivity: boolean;
}

/** Leaves room for the batch's own envelope within `limits.batchBytes`. */
const batchEventBytes = limits.batchBytes - 64 * 1024;

export class EventQueue {
  private readonly items = new Map<string, Queued>();

  /** Not committed yet; those held, and passive activity, left out. */
  get waiting(): number {
    return this.count((item) => item.state !== 'held' && !item.isActivity);
  }
  get held(): number {
    return this.count(({ state }) => state === 'held');
  }
  get activity(): number {
    return this.count(({ isActivity }) => isActivity);
  }
  has(stream: string, seq: number): boolean {
    return this.items.has(keyOf(stream, seq));
  }

  /** `heldBy`: they are not to go out before `release` says so. */
  offer(stream: string, events: { seq: number; event: unknown }[], heldBy: HeldBy | null = null): void {
    for (const { seq, event } of events) {
      const key = keyOf(stream, seq);
      if (this.items.has(key)) continue;
      const bytes = new Blob([JSON.stringify(event)]).size;
      const isActivity = typeof event === 'object' && event !== null && 'kind' in event && event.kind === 'activity';
      const state = heldBy === null ? 'waiting' : 'held';
      this.items.set(key, { stream, seq, event, bytes, state, heldBy, isActivity });
    }
  }

  /** The next events of one stream, within the limits of a batch, now under way; null when none waits. */
  next(now: number): { wire: EventBatch; events: Queued[] } | null {
    const events: Queued[] = [];
    let bytes = 0;
    for (const item of this.items.values()) {
      if (item.state !== 'waiting') continue;
      const first = events[0];
      if (first && item.stream !== first.stream) continue;
      if (events.length === limits.batchEvents || (events.length > 0 && bytes + item.bytes > batchEventBytes)) break;
      events.push(item);
      bytes += item.bytes;
    }
    const first = events[0];
    if (!first) return null;
    for (const item of events) item.state = 'under way';
    events.sort((a, b) => a.seq - b.seq);
    const sentAt = new Date(now).toISOString();
    return { wire: { v: wireVersion, stream: first.stream, sentAt, events: events.map(({ event }) => event) }, events };
  }

  /** Those that had no answer wait again. */
  putBack(events: Queued[]): void {
    for (const item of events) if (item.state === 'under way') item.state = 'waiting';
  }

  /** What the server said about a batch. True when it named every event that was sent. */
  take(reply: BatchReply, sent: Queued[]): boolean {
    this.putBack(sent);
    for (const seq of reply.saved) this.items.delete(keyOf(reply.stream, seq));
    for (const { seq, code } of reply.refused) {
      const item = this.items.get(keyOf(reply.stream, seq));
      const heldBy = holding.find((one) => one === code) ?? null;
      if (item && heldBy !== null && !item.isActivity) Object.assign(item, { state: 'held', heldBy });
      else this.items.delete(keyOf(reply.stream, seq));
    }
    const named = new Set([...reply.saved, ...reply.refused.map(({ seq }) => seq)]);
    return sent.every(({ seq }) => named.has(seq));
  }

  /** The lab is open again, or sending is on. */
  release(heldBy: HeldBy): void {
    for (const item of this.items.values()) {
      if (item.state === 'held' && item.heldBy === heldBy) Object.assign(item, { state: 'waiting', heldBy: null });
    }
  }

  /** Forgets passive activity that has not gone out; returns what it was. */
  dropActivity(): Queued[] {
    const gone = [...this.items.values()].filter(({ isActivity }) => isActivity);
    for (const { stream, seq } of gone) this.items.delete(keyOf(stream, seq));
    return gone;
  }

  private count(isMeant: (item: Queued) => boolean): number {
    let count = 0;
    for (const item of this.items.values()) if (isMeant(item)) count += 1;
    return count;
  }
}

const keyOf = (stream: string, seq: number): string => `${stream}/${seq}`;
