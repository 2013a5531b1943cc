/**
 * What waits for the server: numbered events, each once, in the order in which they came.
 *
 * States of one event: `waiting` → `under way` (in a batch that has no answer yet) → gone (saved, or never to be taken),
 * or `waiting` again (no answer), or `held` (made after the lab's close) → `waiting` when the lab opens again.
 */
import { limits, wireVersion, type BatchReply, type EventBatch } from '@nbpulse/schema/wire';

export interface Queued {
  stream: string;
  seq: number;
  event: unknown;
  bytes: number;
  state: 'waiting' | 'under way' | 'held';
}

/** Leaves room for the batch's own envelope within `limits.batchBytes`. */
const batchEventBytes = limits.batchBytes - 64 * 1024;

export class EventQueue {
  private readonly items = new Map<string, Queued>();

  /** Not committed yet; those held for a closed lab left out. */
  get waiting(): number {
    return this.items.size - this.held;
  }
  get held(): number {
    return [...this.items.values()].filter(({ state }) => state === 'held').length;
  }
  has(stream: string, seq: number): boolean {
    return this.items.has(keyOf(stream, seq));
  }

  offer(stream: string, events: { seq: number; event: unknown }[]): void {
    for (const { seq, event } of events) {
      const key = keyOf(stream, seq);
      if (this.items.has(key)) continue;
      const bytes = new Blob([JSON.stringify(event)]).size;
      this.items.set(key, { stream, seq, event, bytes, state: 'waiting' });
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
    for (const refusal of reply.refused) {
      const item = this.items.get(keyOf(reply.stream, refusal.seq));
      if (item && refusal.code === 'lab-closed') item.state = 'held';
      else this.items.delete(keyOf(reply.stream, refusal.seq));
    }
    const named = new Set([...reply.saved, ...reply.refused.map(({ seq }) => seq)]);
    return sent.every(({ seq }) => named.has(seq));
  }

  /** The lab is open again. */
  release(): void {
    for (const item of this.items.values()) if (item.state === 'held') item.state = 'waiting';
  }
}

const keyOf = (stream: string, seq: number): string => `${stream}/${seq}`;
