/** How groups stood before an edit, in memory for some minutes: the page's *Undo*. Gone with the process; an edit can be made again. */
import { randomUUID } from 'node:crypto';
import { minute } from '@nbpulse/schema/wire';
import { ForgottenMistakes } from './forgotten.js';
import type { MistakeRow, StoredGroup } from './stored.js';

const keptMs = 15 * minute;
const most = 500;

export interface Snapshot {
  labId: string;
  question: string;
  groups: StoredGroup[];
  /** Known mistakes that the edit changed as they were, and the ids of those it made. */
  mistakes: { before: MistakeRow[]; made: string[] };
  /** `groups_rev` after the edit: when it has moved on since, an undo would lose somebody's work. */
  groupsRev: number;
}

export class Snapshots {
  readonly #kept = new Map<string, { snapshot: Snapshot; at: number }>();
  readonly #now: () => number;
  readonly forgotten: ForgottenMistakes;

  constructor(now: () => number = Date.now) {
    this.#now = now;
    this.forgotten = new ForgottenMistakes(now);
  }

  keep(snapshot: Snapshot): string {
    const id = randomUUID();
    this.#kept.set(id, { snapshot, at: this.#now() });
    for (const [old, { at }] of this.#kept) {
      if (this.#kept.size <= most && this.#now() - at < keptMs) break;
      this.#kept.delete(old);
    }
    return id;
  }

  get(id: string, labId: string, question: string): Snapshot | null {
    const found = this.#kept.get(id);
    if (!found || this.#now() - found.at >= keptMs) return null;
    return found.snapshot.labId === labId && found.snapshot.question === question ? found.snapshot : null;
  }

  forgetLab(labId: string): void {
    for (const [id, { snapshot }] of this.#kept) if (snapshot.labId === labId) this.#kept.delete(id);
  }
}
