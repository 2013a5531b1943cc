/**
 * Passive activity, where the lab collects it: which cell ran and the class of an error, as events of a series of this page's own.
 * Never source, outputs or messages.
 *
 * States: `off` (the lab does not collect it, or sending is off) → `untold` (it does, and the student has not read so on this
 * computer) → `on`.
 */
import { questionKey, type ActivityEvent } from '@nbpulse/schema/wire';
import { UUID } from '@lumino/coreutils';
import type { Clock } from './clock.js';
import type { EventHead } from './custodian.js';
import { questionOf } from './send-lines/index.js';

/** It is no record: while the server is away, only so much of it is kept. */
const longestWaiting = 500;
const errorClass = /^[\p{L}_][\p{L}\p{N}_.]{0,99}$/u;

export interface CellRun {
  cell: string;
  source: string;
  /** Class of the exception that ended the run; null when none did. */
  error: string | null;
}

export interface ActivityParts {
  /** The lab's terms and the switch, now. */
  isCollected: () => boolean;
  isTold: boolean;
  /** How much of it the server has not taken yet. */
  waiting: () => number;
  take: (stream: string, event: EventHead) => void;
  noteTold: () => Promise<unknown>;
  changed: () => void;
  clock: Clock;
}

export class Activity {
  private readonly stream = UUID.uuid4();
  private seq = 0;
  private isTold: boolean;

  constructor(private readonly parts: ActivityParts) {
    this.isTold = parts.isTold;
  }

  get state(): 'off' | 'untold' | 'on' {
    if (!this.parts.isCollected()) return 'off';
    return this.isTold ? 'on' : 'untold';
  }

  /** The student has read what it is: from now on it goes out. */
  accept(): void {
    this.isTold = true;
    this.parts.changed();
    this.parts.noteTold().catch(() => undefined);
  }

  ran({ cell, source, error }: CellRun): void {
    if (this.state !== 'on' || this.parts.waiting() >= longestWaiting) return;
    this.seq += 1;
    const key = questionKey.safeParse(questionOf(source));
    const event: ActivityEvent = {
      kind: 'activity',
      seq: this.seq,
      madeAt: new Date(this.parts.clock.now()).toISOString(),
      what: error === null ? 'cell-run' : 'error',
      ...(key.success ? { question: key.data } : {}),
      ...(cell.length <= 64 ? { cell } : {}),
      ...(error !== null && errorClass.test(error) ? { error } : {}),
    };
    this.parts.take(this.stream, event);
  }
}
