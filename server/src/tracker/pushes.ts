/**
 * Messages of a teacher to all notebooks of a session, as server-sent events. A notebook listens on a *channel*: the md5 of the
 * session's and its owner's name, which is what its own code computes, so that nobody needs a token and nobody is told who listens.
 *
 * A push travels by Postgres notification, so that each server process has it; it is kept for two minutes for listeners who lost
 * their connection meanwhile (`Last-Event-ID`), and nowhere else.
 */
import { createHash, randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { KiB, minute, second } from '@nbpulse/schema/wire';
import type { Database, OpenDatabase } from '../database/index.js';
import { namesOfDoors } from './sessions.js';

const push = z.object({
  id: z.string(),
  channels: z.array(z.string()),
  title: z.string(),
  body: z.string(),
  code: z.string(),
  type: z.string(),
});
type Push = z.infer<typeof push>;

const pushChannel = 'nbpulse_push';
/** Postgres takes 8,000 bytes of payload. */
const pushBytes = 7 * KiB;
const keptForMs = 2 * minute;
const keptAtMost = 200;
const listenersAtMost = 5_000;
const stillHereEveryMs = 25 * second;
/** Messages that a reader has not fetched; it is dropped, connects again and gets what it missed. */
const unreadAtMost = 100;

export const channelOf = (name: string, handle: string): string =>
  createHash('md5').update(`${name}_${handle}`.toLowerCase()).digest('hex');

interface Listener {
  channels: readonly string[];
  stream: ReadableStreamDefaultController<Uint8Array>;
}

export class Pushes {
  readonly #listeners = new Set<Listener>();
  readonly #kept: { push: Push; at: number }[] = [];
  readonly #stillHere: NodeJS.Timeout;
  #closed = false;

  constructor(readonly database: OpenDatabase) {
    this.#stillHere = setInterval(() => {
      for (const listener of this.#listeners) this.#write(listener, ': still here\n\n');
    }, stillHereEveryMs);
    this.#stillHere.unref();
  }

  /** Resolves when pushes of other processes arrive here. */
  async listen(): Promise<void> {
    await this.database.listen(
      pushChannel,
      (payload) => this.#arrived(payload),
      () => undefined,
    );
  }

  /** @returns false when the message is too long to travel */
  async send(labId: string, message: Omit<Push, 'id' | 'channels'>): Promise<boolean> {
    const names = await namesOfDoors(this.database.db, labId);
    const channels = names.map(({ name, handle }) => channelOf(name, handle));
    const payload = JSON.stringify({ id: randomUUID(), channels, ...message } satisfies Push);
    if (Buffer.byteLength(payload) > pushBytes) return false;
    await this.database.db.execute(sql`select pg_notify(${pushChannel}, ${payload})`);
    return true;
  }

  /** The events of these channels from now on, after those that came since `lastId`. Null when too many listen already. */
  subscribe(channels: readonly string[], lastId: string | null): Response | null {
    if (this.#closed || this.#listeners.size >= listenersAtMost) return null;
    let listener: Listener;
    const body = new ReadableStream<Uint8Array>(
      {
        start: (stream) => {
          listener = { channels, stream };
          this.#listeners.add(listener);
          this.#write(listener, 'retry: 3000\n: listening\n\n');
          for (const missed of this.#missedSince(lastId)) this.#deliver(listener, missed);
        },
        cancel: () => void this.#listeners.delete(listener),
      },
      { highWaterMark: unreadAtMost },
    );
    return new Response(body, {
      headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' },
    });
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#stillHere);
    for (const listener of this.#listeners) this.#end(listener);
  }

  #arrived(payload: string): void {
    const one = push.safeParse(parsed(payload));
    if (!one.success) return;
    this.#kept.push({ push: one.data, at: Date.now() });
    if (this.#kept.length > keptAtMost) this.#kept.shift();
    for (const listener of this.#listeners) this.#deliver(listener, one.data);
  }

  #missedSince(lastId: string | null): Push[] {
    const last = this.#kept.findIndex((one) => one.push.id === lastId);
    if (last < 0) return [];
    return this.#kept.slice(last + 1).flatMap((one) => (Date.now() - one.at < keptForMs ? [one.push] : []));
  }

  #deliver(listener: Listener, { id, channels, ...message }: Push): void {
    if (!channels.some((channel) => listener.channels.includes(channel))) return;
    this.#write(listener, `id: ${id}\nevent: message\ndata: ${JSON.stringify({ ...message, timeout: 0 })}\n\n`);
  }

  #write(listener: Listener, text: string): void {
    try {
      if ((listener.stream.desiredSize ?? 0) <= 0) this.#end(listener);
      else listener.stream.enqueue(new TextEncoder().encode(text));
    } catch {
      this.#listeners.delete(listener); // it went while we wrote
    }
  }

  #end(listener: Listener): void {
    this.#listeners.delete(listener);
    try {
      listener.stream.close();
    } catch {
      // it was closed already
    }
  }
}

/** True when some lab whose door is on has one of these channels. */
export async function someDoorHas(db: Database, channels: readonly string[]): Promise<boolean> {
  const names = await namesOfDoors(db);
  return names.some(({ name, handle }) => channels.includes(channelOf(name, handle)));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
