/**
 * One lab's way into the database. A batch *waits* (devices take turns), is *read*, has its pictures stored when it has any, is
 * *ready*, is *written* in a group with others, and is answered after the commit.
 *
 * Nothing is read far ahead of the database, and no timer is involved: a single record is read and written at once; while a group is
 * written the next is read, and the longer a commit takes, the larger the groups. When the database is away nothing is acknowledged: what waits is
 * answered `unavailable`, and its sender, which still holds it, sends it again. A group that takes longer than `groupWithinMs`
 * counts as that, with all that waits behind it; should it be committed after all, what is sent again is a duplicate, and harmless.
 */
import { MiB, type EventBatch } from '@nbpulse/schema/wire';
import type { ParticipantCaller } from '../access/index.js';
import type { Blobs } from '../blobs/index.js';
import { databaseFault, TooLate, within } from '../database/index.js';
import type { LabJudge } from '../expected/index.js';
import { reportFault } from '../http/index.js';
import { replyTo, type ReadyBatch } from './batch.js';
import { FairQueue } from './fair-queue.js';
import type { Portion } from './portion.js';
import { readBatch } from './read-batch.js';
import type { Readable, Reader } from './reader.js';
import { removed, unavailable, type Taken } from './taken.js';
import type { Written } from './write-events.js';

export interface Waiting {
  caller: ParticipantCaller;
  wire: EventBatch;
  receivedAt: Date;
  settle: (taken: Taken) => void;
}
interface Ready {
  batch: ReadyBatch;
  bytes: number;
  settle: (taken: Taken) => void;
}
/** What a group's senders are told. */
export type Outcome = Pick<Written, 'receptions' | 'senders'>;

export interface LabWriterDeps {
  blobs: Blobs;
  reader: Reader;
  groupWithinMs: number;
  onLate: () => void;
  /** Writes one group; rejects when the database is away. */
  write(writer: LabWriter, portions: Portion[]): Promise<Outcome>;
}

/** One group: as much as one statement carries well. Measured in bench/: larger ones gain nothing, and everybody in them waits longer. */
const groupEvents = 500;
const groupBytes = 8 * MiB;

export class LabWriter implements Readable {
  /** Keys that this lab is known to have. */
  readonly questions = new Set<string>();
  /** What its questions expect, as of the last flush; read anew when that changed. */
  judge: LabJudge | null = null;
  /** Of all that is not answered yet. */
  bytes = 0;
  readonly #waiting = new FairQueue<Waiting>();
  readonly #ready: Ready[] = [];
  #readyEvents = 0;
  #writing = false;

  constructor(
    readonly labId: string,
    readonly deps: LabWriterDeps,
  ) {}

  add(waiting: Waiting): void {
    this.#waiting.push(waiting.caller.deviceId, waiting);
    this.deps.reader.wake(this);
  }

  wantsReading(): boolean {
    return this.#waiting.size > 0 && this.#readyEvents < groupEvents;
  }

  readOne(): void {
    const waiting = this.#waiting.take();
    if (!waiting) return;
    const { caller, wire, receivedAt, settle } = waiting;
    let batch: ReturnType<typeof readBatch>;
    try {
      batch = readBatch(caller, wire, receivedAt);
    } catch (error) {
      reportFault(error, 'reading a batch');
      settle(unavailable);
      return;
    }
    if ('unnumbered' in batch) settle({ refused: { code: 'invalid', message: batch.unnumbered } });
    else if (batch.events.length === 0) settle({ reply: replyTo(batch, new Map()) });
    else {
      const bytes = batch.events.reduce((sum, event) => sum + event.bytes, 0);
      const ready = { batch, bytes, settle };
      if (batch.events.some((event) => event.pictures.length > 0)) void this.#storePictures(ready);
      else this.#addReady(ready);
    }
  }

  wasRead(): void {
    if (!this.#writing && this.#ready.length > 0) void this.#write();
  }

  async #storePictures(ready: Ready): Promise<void> {
    try {
      const pictures = ready.batch.events.flatMap((event) => event.pictures);
      await Promise.all(pictures.map((picture) => this.deps.blobs.put(picture.bytes)));
    } catch (error) {
      if (databaseFault(error) !== 'away') reportFault(error, 'storing a picture');
      ready.settle(unavailable);
      return;
    }
    this.#addReady(ready);
    this.wasRead();
  }

  #addReady(ready: Ready): void {
    this.#ready.push(ready);
    this.#readyEvents += ready.batch.events.length;
  }

  /** Writes group after group until nothing is ready. Never rejects. */
  async #write(): Promise<void> {
    this.#writing = true;
    while (this.#ready.length > 0) {
      const group = this.#nextGroup();
      this.deps.reader.wake(this);
      try {
        const portions = group.flatMap(({ batch }) => batch.events.map((event) => ({ batch, event })));
        const { receptions, senders } = await within(this.deps.groupWithinMs, this.deps.write(this, portions));
        for (const { batch, settle } of group) {
          const sender = senders.get(batch.participantId);
          settle(sender === 'removed' ? removed : { reply: replyTo(batch, receptions, sender) });
        }
      } catch (error) {
        for (const { settle } of group) settle(unavailable);
        if (error instanceof TooLate) {
          this.deps.onLate();
          for (const { settle } of [...this.#ready.splice(0), ...this.#waiting.takeAll()]) settle(unavailable);
          this.#readyEvents = 0;
        } else if (databaseFault(error) !== 'away') reportFault(error, 'writing events');
      }
    }
    this.#writing = false;
  }

  #nextGroup(): Ready[] {
    let [events, bytes, count] = [0, 0, 0];
    for (const { batch, bytes: more } of this.#ready) {
      if (count > 0 && (events + batch.events.length > groupEvents || bytes + more > groupBytes)) break;
      events += batch.events.length;
      bytes += more;
      count++;
    }
    this.#readyEvents -= events;
    return this.#ready.splice(0, count);
  }
}
