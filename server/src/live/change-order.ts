/**
 * Puts the changes of one lab into the order of its log, whatever order their writers announce them in.
 *
 * *Asleep* (nobody watches: nothing is kept) → *collecting* (the head is being read) → *in order* (each revision up to `head` was given out) ⇄ *gap* (a later revision is known,
 * an earlier one is missing). A gap closes by itself within a moment, when its writer announces; if it does not, because another
 * process wrote it or a writer said nothing, the log is read from the database.
 */
import type { Change, LabLog } from '@nbpulse/schema/wire';
import type { Clock } from './clock.js';

export type ReadLog = (labId: string, since: number) => Promise<LabLog>;

/** A writer announces right after its commit; what is missing for longer comes from another process. */
const announcedWithinMs = 15;
const readAgainMs = 1_000;
/** Further behind than this many pages of the log, watchers are told to reload instead. */
const maxPages = 5;

export interface InOrder {
  /** The changes with revisions above the former head, up to `to`; `writtenHere`: this process announced them. */
  changes(to: number, changes: Change[], writtenHere: boolean): void;
  /** Too far behind to go through the log: whoever watches must fetch the state anew. */
  lost(to: number): void;
  failed(error: unknown): void;
}

export class ChangeOrder {
  #head: number | null = null;
  #collecting = false;
  /** Revisions above the head + 1, announced early; a null is one that we only know to exist. */
  readonly #ahead = new Map<number, Change[] | null>();
  #cancelGapTimer: (() => void) | null = null;
  #reading = false;

  constructor(
    readonly labId: string,
    readonly readLog: ReadLog,
    readonly clock: Clock,
    readonly out: InOrder,
  ) {}

  get head(): number | null {
    return this.#head;
  }

  /** Keeps what is announced from now on, until `begin`. */
  collect(): void {
    this.#collecting = true;
  }

  /** Begins at this revision, unless it has begun. */
  begin(rev: number): void {
    if (this.#head !== null) return;
    this.#head = rev;
    this.#drain();
  }

  /** Nobody watches any more. */
  stop(): void {
    this.#head = null;
    this.#collecting = false;
    this.#ahead.clear();
    this.#cancelGapTimer?.();
    this.#cancelGapTimer = null;
  }

  announced(rev: number, changes: Change[]): void {
    if (!this.#collecting || (this.#head !== null && rev <= this.#head)) return;
    this.#ahead.set(rev, changes);
    this.#drain();
  }

  /** This revision exists, whoever wrote it. */
  exists(rev: number): void {
    if (!this.#collecting || (this.#head !== null && rev <= this.#head) || this.#ahead.has(rev)) return;
    this.#ahead.set(rev, null);
    this.#drain();
  }

  #drain(): void {
    if (this.#head === null) return;
    const from = this.#head;
    const ready: Change[] = [];
    for (;;) {
      const next = this.#ahead.get(this.#head + 1);
      if (!next) break;
      this.#ahead.delete(++this.#head);
      ready.push(...next);
    }
    for (const rev of this.#ahead.keys()) if (rev <= this.#head) this.#ahead.delete(rev);
    if (this.#head > from) this.out.changes(this.#head, ready, true);
    if (this.#ahead.size > 0) this.#watchGap(announcedWithinMs);
  }

  #watchGap(ms: number): void {
    if (this.#cancelGapTimer !== null || this.#reading) return;
    this.#cancelGapTimer = this.clock.after(ms, () => {
      this.#cancelGapTimer = null;
      if (this.#ahead.size > 0) void this.#readGap();
    });
  }

  async #readGap(): Promise<void> {
    this.#reading = true;
    let retryMs = announcedWithinMs;
    try {
      for (let page = 1; this.#head !== null && this.#ahead.size > 0; page++) {
        const from = this.#head;
        const log = await this.readLog(this.labId, from);
        // Announcements that came meanwhile moved the head themselves.
        if (this.#head !== from) continue;
        this.#head = log.to;
        if (log.more && page >= maxPages) this.out.lost(log.to);
        else if (log.to > from) this.out.changes(log.to, log.changes, false);
        this.#drain();
        if (!log.more) break;
      }
    } catch (error) {
      this.out.failed(error);
      retryMs = readAgainMs;
    } finally {
      this.#reading = false;
    }
    if (this.#head !== null && this.#ahead.size > 0) this.#watchGap(retryMs);
  }
}
