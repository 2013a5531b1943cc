/** Known mistakes that were just forgotten, in memory for some minutes: the page's *Undo*. Gone with the process. */
import { randomUUID } from 'node:crypto';
import { minute } from '@nbpulse/schema/wire';
import type { MistakeRow } from './stored.js';

const keptMs = 15 * minute;
const most = 100;

export interface Forgotten {
  mistake: MistakeRow;
  /** Groups that staff had given its name, in any lab of the course. */
  groups: string[];
}

export class ForgottenMistakes {
  readonly #kept = new Map<string, { forgotten: Forgotten; at: number }>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Returns by which it is undone. */
  keep(forgotten: Forgotten): string {
    const id = randomUUID();
    this.#kept.set(id, { forgotten, at: this.#now() });
    for (const [old, { at }] of this.#kept) {
      if (this.#kept.size <= most && this.#now() - at < keptMs) break;
      this.#kept.delete(old);
    }
    return id;
  }

  get(id: string, courseId: string): Forgotten | null {
    const found = this.#kept.get(id);
    if (!found || this.#now() - found.at >= keptMs || found.forgotten.mistake.courseId !== courseId) return null;
    return found.forgotten;
  }
}
