/**
 * Ingest: takes batches, writes them in groups per lab (lab-writer.ts), acknowledges after the commit.
 *
 * What it holds is bounded: per device, per lab and over all labs. Above that, and above a device's rate, a batch is refused as a
 * whole, before anything of it is read, with the time after which it may come again. After `close` it is *stopping*: what it holds is
 * written, new batches are told to come back.
 */
import { limits, MiB, second, type EventBatch } from '@nbpulse/schema/wire';
import { TokenBuckets, type ParticipantCaller } from '../access/index.js';
import type { Blobs } from '../blobs/index.js';
import { databaseFault, type Announce, type Database } from '../database/index.js';
import { reportFault } from '../http/index.js';
import { LabWriter, type LabWriterDeps, type Outcome } from './lab-writer.js';
import type { Portion } from './portion.js';
import { Reader } from './reader.js';
import { tooFast, unavailable, type Taken } from './taken.js';
import { writeEvents } from './write-events.js';

export interface Ingest {
  /**
   * Never rejects. Resolves when the batch is committed, or with why it was not.
   * @param bytes of the batch as it came; measured when it is not known
   */
  take(caller: ParticipantCaller, batch: EventBatch, bytes?: number): Promise<Taken>;
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
  /** What may be held before senders are told to slow down, in bytes as they came. */
  holds?: { device: number; lab: number; all: number };
}

/** A device has room for two of the largest batches; one lab leaves room for others. */
const defaultHolds = { device: 2 * limits.batchBytes, lab: 64 * MiB, all: 192 * MiB };
const slowDownMs = 500;

/** Nesting that exhausts the stack is refused when it is read, for its event alone; until then it counts as the largest batch. */
function sizeOf(wire: EventBatch): number {
  try {
    return Buffer.byteLength(JSON.stringify(wire));
  } catch {
    return limits.batchBytes;
  }
}
const clashRetries = 5;

export function openIngest({
  db,
  blobs,
  announce,
  onLate = () => undefined,
  now = Date.now,
  groupWithinMs = 10 * second,
  holds = defaultHolds,
}: IngestDeps): Ingest {
  const writers = new Map<string, LabWriter>();
  const rates = new TokenBuckets({ perSecond: limits.deviceEventsPerSecond, burst: limits.deviceEventsBurst }, now);
  const held = new Set<Promise<Taken>>();
  const heldOfDevice = new Map<string, number>();
  let heldBytes = 0;
  let stopping = false;

  const write: LabWriterDeps['write'] = (writer, portions) => writePortions(writer, portions);
  const writerDeps: LabWriterDeps = { blobs, reader: new Reader(), groupWithinMs, onLate, write };
  const writerOf = (labId: string): LabWriter => {
    let writer = writers.get(labId);
    if (!writer) writers.set(labId, (writer = new LabWriter(labId, writerDeps)));
    return writer;
  };

  /** Null when there is room for a batch and the device may send it. */
  function refusal(writer: LabWriter, deviceId: string, wire: EventBatch): Taken | null {
    if (stopping) return unavailable;
    if (heldBytes > holds.all)
      return tooFast('The server is catching up. The records wait here and go out by themselves.', slowDownMs);
    if (writer.bytes > holds.lab) {
      const message = 'The server is catching up with this lab. The records wait here and go out by themselves.';
      return tooFast(message, slowDownMs);
    }
    const ofDevice = heldOfDevice.get(deviceId) ?? 0;
    const retryAfterMs = ofDevice > holds.device ? slowDownMs : rates.take(deviceId, wire.events.length);
    if (retryAfterMs === 0) return null;
    const message =
      'This computer sends records faster than the server takes them. They wait here and go out by themselves.';
    return tooFast(message, retryAfterMs);
  }

  function take(caller: ParticipantCaller, wire: EventBatch, bytes = sizeOf(wire)): Promise<Taken> {
    const writer = writerOf(caller.labId);
    const { deviceId } = caller;
    const refused = refusal(writer, deviceId, wire);
    if (refused) return Promise.resolve(refused);
    const count = (more: number): void => {
      heldBytes += more;
      writer.bytes += more;
      const ofDevice = (heldOfDevice.get(deviceId) ?? 0) + more;
      if (ofDevice > 0) heldOfDevice.set(deviceId, ofDevice);
      else heldOfDevice.delete(deviceId);
    };
    count(bytes);
    const taken = new Promise<Taken>((resolve) => {
      const settle = (answer: Taken): void => {
        count(-bytes);
        held.delete(taken);
        resolve(answer);
      };
      writer.add({ caller, wire, receivedAt: new Date(now()), settle });
    });
    held.add(taken);
    return taken;
  }

  /** One transaction; when the database refuses the data, halves of it, down to the one event that it refuses. */
  async function writePortions(writer: LabWriter, portions: Portion[], attempt = 1): Promise<Outcome> {
    try {
      const written = await writeEvents(db, blobs, writer.labId, portions, writer);
      writer.judge = written.judge;
      for (const key of written.questionKeys) writer.questions.add(key);
      announce(writer.labId, written.rev, written.changes);
      return written;
    } catch (error) {
      const fault = databaseFault(error);
      if (fault === 'clash' && attempt <= clashRetries) return writePortions(writer, portions, attempt + 1);
      if (fault !== 'row') throw error;
      if (portions.length > 1) {
        const half = Math.ceil(portions.length / 2);
        const first = await writePortions(writer, portions.slice(0, half));
        const second = await writePortions(writer, portions.slice(half));
        return {
          receptions: new Map([...first.receptions, ...second.receptions]),
          senders: new Map([...first.senders, ...second.senders]),
        };
      }
      const code = reportFault(error, 'writing one event');
      const message = `The database does not take this record (${code}). Change the value and send it again.`;
      return {
        receptions: new Map(portions.map(({ event }) => [event, { code: 'invalid', message }])),
        senders: new Map(),
      };
    }
  }

  return {
    take,
    forgetLab(labId) {
      const writer = writers.get(labId);
      writer?.questions.clear();
      if (writer) writer.judge = null;
    },
    async close() {
      stopping = true;
      await Promise.all(held);
    },
  };
}
