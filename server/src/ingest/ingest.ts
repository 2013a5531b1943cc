/**
 * Ingest: takes batches, writes them in groups, acknowledges after the commit.
 *
 * Per lab there is one writer. It is *idle* (nothing queued: the next batch is written at once) or *writing* (what arrives
 * meanwhile waits and goes into the next group: the longer a commit takes, the larger the groups). No timer is involved, so a single
 * record waits for nobody. After `close` it is *stopping*: what is queued is written, new batches are told to come back.
 *
 * When the database is away nothing is acknowledged: each waiting batch is answered `unavailable`, and its sender, which still
 * holds it, sends it again. A group that takes longer than `groupWithinMs` counts as that, with all that waits behind it; should
 * it be committed after all, what is sent again is a duplicate, and harmless.
 */
import { limits, MiB, second, type BatchReply, type EventBatch } from '@nbpulse/schema/wire';
import { TokenBuckets, type ParticipantCaller } from '../access/index.js';
import type { Blobs } from '../blobs/index.js';
import { databaseFault, TooLate, within, type Announce, type Database } from '../database/index.js';
import { reportFault } from '../http/index.js';
import { replyTo, type ReadyBatch, type Verdicts } from './batch.js';
import { readEvent } from './read-event.js';
import type { Portion } from './portion.js';
import { writeEvents } from './write-events.js';

export type Taken =
  | { reply: BatchReply }
  | { refused: { code: 'invalid' | 'too-fast' | 'unavailable'; message: string; retryAfterMs?: number } };

export interface Ingest {
  /** Never rejects. Resolves when the batch is committed, or with why it was not. */
  take(caller: ParticipantCaller, batch: EventBatch): Promise<Taken>;
  /** Forgets what it knows of a lab: it was deleted. */
  forgetLab(labId: string): void;
  /** Writes what is queued, refuses the rest. */
  close(): Promise<void>;
}

export interface IngestDeps {
  db: Database;
  blobs: Blobs;
  announce: Announce;
  /** A group took too long: the database may have gone silent. */
  onLate?: () => void;
  now?: () => number;
  groupWithinMs?: number;
}

/** One group: as much as one statement carries well. Measured in bench/: larger ones gain nothing. */
const groupEvents = 1_000;
const groupBytes = 8 * MiB;
/** What may wait for one lab's writer before senders are told to slow down. */
const queueBytes = 64 * MiB;
const slowDownMs = 500;
const databaseAwayMs = 1_000;
const clashRetries = 5;

interface Waiting {
  batch: ReadyBatch;
  bytes: number;
  settle: (taken: Taken) => void;
}
interface Writer {
  queue: Waiting[];
  bytes: number;
  writing: Promise<void> | null;
  questions: Set<string>;
}

const unavailable: Taken = {
  refused: {
    code: 'unavailable',
    message:
      'The server’s database is away for a moment. Nothing is lost: these records stay where they are and are sent again.',
    retryAfterMs: databaseAwayMs,
  },
};

export function openIngest({
  db,
  blobs,
  announce,
  onLate = () => undefined,
  now = Date.now,
  groupWithinMs = 10 * second,
}: IngestDeps): Ingest {
  const writers = new Map<string, Writer>();
  const rates = new TokenBuckets({ perSecond: limits.deviceEventsPerSecond, burst: limits.deviceEventsBurst }, now);
  let stopping = false;

  const writerOf = (labId: string): Writer => {
    let writer = writers.get(labId);
    if (!writer) writers.set(labId, (writer = { queue: [], bytes: 0, writing: null, questions: new Set() }));
    return writer;
  };

  async function take(caller: ParticipantCaller, wire: EventBatch): Promise<Taken> {
    if (stopping) return unavailable;
    const retryAfterMs = rates.take(caller.deviceId, wire.events.length);
    if (retryAfterMs > 0) {
      const message =
        'This computer sends records faster than the server takes them. They wait here and go out by themselves.';
      return { refused: { code: 'too-fast', message, retryAfterMs } };
    }
    const writer = writerOf(caller.labId);
    if (writer.bytes > queueBytes) {
      const message = 'The server is catching up with this lab. The records wait here and go out by themselves.';
      return { refused: { code: 'too-fast', message, retryAfterMs: slowDownMs } };
    }
    const receivedAt = new Date(now());
    const batch: ReadyBatch = {
      stream: wire.stream.toLowerCase(),
      labId: caller.labId,
      participantId: caller.participantId,
      receivedAt,
      skewMs: receivedAt.getTime() - Date.parse(wire.sentAt),
      events: [],
      refused: [],
    };
    for (const raw of wire.events) {
      const read = readEvent(raw);
      if ('unnumbered' in read) return { refused: { code: 'invalid', message: read.unnumbered } };
      if ('refused' in read) batch.refused.push(read.refused);
      else batch.events.push(read);
    }
    if (batch.events.length === 0) return { reply: replyTo(batch, new Map()) };
    try {
      await Promise.all(batch.events.flatMap((event) => event.pictures.map((picture) => blobs.put(picture.bytes))));
    } catch (error) {
      if (databaseFault(error) !== 'away') reportFault(error, 'storing a picture');
      return unavailable;
    }
    const bytes = batch.events.reduce((sum, event) => sum + event.bytes, 0);
    return new Promise((settle) => {
      writer.queue.push({ batch, bytes, settle });
      writer.bytes += bytes;
      writer.writing ??= write(caller.labId, writer);
    });
  }

  /** Writes group after group until nothing waits. Never rejects. */
  async function write(labId: string, writer: Writer): Promise<void> {
    // What arrives in this turn of the event loop, from other sockets, still joins the first group.
    await new Promise((resolve) => setImmediate(resolve));
    while (writer.queue.length > 0) {
      const group = nextGroup(writer);
      try {
        const portions = group.flatMap(({ batch }) => batch.events.map((event) => ({ batch, event })));
        const verdicts = await within(groupWithinMs, writePortions(labId, writer, portions));
        for (const { batch, settle } of group) settle({ reply: replyTo(batch, verdicts) });
      } catch (error) {
        if (error instanceof TooLate) {
          onLate();
          group.push(...writer.queue.splice(0));
          writer.bytes = 0;
        } else if (databaseFault(error) !== 'away') reportFault(error, 'writing events');
        for (const { settle } of group) settle(unavailable);
      }
    }
    writer.writing = null;
  }

  function nextGroup(writer: Writer): Waiting[] {
    const group: Waiting[] = [];
    let events = 0;
    let bytes = 0;
    for (let next = writer.queue[0]; next !== undefined; next = writer.queue[0]) {
      if (group.length > 0 && (events + next.batch.events.length > groupEvents || bytes + next.bytes > groupBytes))
        break;
      events += next.batch.events.length;
      bytes += next.bytes;
      group.push(next);
      writer.queue.shift();
      writer.bytes -= next.bytes;
    }
    return group;
  }

  /** One transaction; when the database refuses the data, halves of it, down to the one event that it refuses. */
  async function writePortions(labId: string, writer: Writer, portions: Portion[], attempt = 1): Promise<Verdicts> {
    try {
      const written = await writeEvents(db, blobs, labId, portions, writer.questions);
      for (const key of written.questionKeys) writer.questions.add(key);
      announce(labId, written.rev, written.changes);
      return written.verdicts;
    } catch (error) {
      const fault = databaseFault(error);
      if (fault === 'clash' && attempt <= clashRetries) return writePortions(labId, writer, portions, attempt + 1);
      if (fault !== 'row') throw error;
      if (portions.length > 1) {
        const half = Math.ceil(portions.length / 2);
        const first = await writePortions(labId, writer, portions.slice(0, half));
        return new Map([...first, ...(await writePortions(labId, writer, portions.slice(half)))]);
      }
      const code = reportFault(error, 'writing one event');
      const message = `The database does not take this record (${code}). Change the value and send it again.`;
      return new Map(portions.map(({ event }) => [event, { code: 'invalid', message }]));
    }
  }

  return {
    take,
    forgetLab: (labId) => writers.get(labId)?.questions.clear(),
    async close() {
      stopping = true;
      await Promise.all([...writers.values()].map(async (writer) => writer.writing));
    },
  };
}
