/**
 * The rows of the table, page by page, and what arrives meanwhile.
 *
 * States: `loading` (no page yet), `ready`, `failed` (no page could be had). Within `ready`, what is newer than the first row *waits*
 * until the page takes it in, so that nothing moves under the hand; rows that somebody else hid or deleted stay in their place, *gone*.
 * The server alone knows what fits the filters, so each sign of news is answered by reading the newest page once more.
 */
import type { Change, RecordsRow, RecordsTable } from '@nbpulse/schema/wire';
import type { Answer, Failure } from '../api/request.js';

export const pageRows = 100;

export interface FeedView {
  phase: 'loading' | 'ready' | 'failed';
  rows: readonly RecordsRow[];
  gone: ReadonlySet<string>;
  waiting: number;
  /** So many came that the newest page is not enough: the table is read from its beginning. */
  waitingMore: boolean;
  more: boolean;
  readingOn: boolean;
  /** Of the last read; the rows stay. */
  failure: Failure | null;
}

interface FeedParts {
  read: (before: string | undefined) => Promise<Answer<RecordsTable>>;
  hiddenOnly: boolean;
  /** Calls soon, at most once at a time. */
  soon: (look: () => void) => void;
}

export class RecordsFeed {
  view: FeedView = {
    phase: 'loading',
    rows: [],
    gone: new Set(),
    waiting: 0,
    waitingMore: false,
    more: false,
    readingOn: false,
    failure: null,
  };
  readonly #parts: FeedParts;
  readonly #listeners = new Set<() => void>();
  #next: string | null = null;
  #waiting: RecordsRow[] = [];
  #looking = false;
  #asked = false;
  #ended = false;

  constructor(parts: FeedParts) {
    this.#parts = parts;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  end(): void {
    this.#ended = true;
  }

  /** Reads from the beginning. What is shown stays until the new rows are there. */
  async load(): Promise<void> {
    const answer = await this.#parts.read(undefined);
    if (this.#ended) return;
    if (!answer.ok) {
      this.#set({ phase: this.view.phase === 'ready' ? 'ready' : 'failed', failure: answer.failure });
      return;
    }
    this.#next = answer.value.next;
    this.#waiting = [];
    this.#set({
      phase: 'ready',
      rows: answer.value.rows,
      gone: new Set(),
      waiting: 0,
      waitingMore: false,
      more: this.#next !== null,
      failure: null,
    });
  }

  /** The next page of older ones. */
  async readOn(): Promise<void> {
    if (this.#next === null || this.view.readingOn || this.#ended) return;
    this.#set({ readingOn: true });
    const before = this.#next;
    const answer = await this.#parts.read(before);
    // Read anew meanwhile: this page continues another beginning.
    if (this.#isOver() || this.#next !== before) {
      this.#set({ readingOn: false });
      return;
    }
    if (!answer.ok) {
      this.#set({ readingOn: false, failure: answer.failure });
      return;
    }
    this.#next = answer.value.next;
    const known = new Set(this.view.rows.map((row) => row.record.id));
    const rows = [...this.view.rows, ...answer.value.rows.filter((row) => !known.has(row.record.id))];
    this.#set({ rows, readingOn: false, more: this.#next !== null, failure: null });
  }

  /** Something changed in the open lab; null: its snapshot was replaced. */
  changed(changes: readonly Change[] | null): void {
    const matters =
      changes === null ||
      changes.some((one) => one.kind === 'record' || one.kind === 'question' || one.kind === 'participant');
    if (!matters) return;
    this.#apply(changes ?? []);
    if (this.#asked) return;
    this.#asked = true;
    this.#parts.soon(() => {
      this.#asked = false;
      void this.#look();
    });
  }

  /** Lets in what waits, and goes what is gone. */
  async takeIn(): Promise<void> {
    if (this.view.waitingMore) {
      await this.load();
      return;
    }
    const rows = [...this.#waiting, ...this.view.rows.filter((row) => !this.view.gone.has(row.record.id))];
    this.#waiting = [];
    this.#set({ rows, gone: new Set(), waiting: 0 });
  }

  /** Rows that this person took away just now. */
  remove(ids: ReadonlySet<string>): void {
    this.#set({ rows: this.view.rows.filter((row) => !ids.has(row.record.id)) });
  }

  #apply(changes: readonly Change[]): void {
    const records = new Map(changes.flatMap((one) => (one.kind === 'record' ? [[one.record.id, one.record]] : [])));
    if (!this.view.rows.some((row) => records.has(row.record.id))) return;
    const gone = new Set(this.view.gone);
    const rows = this.view.rows.map((row) => {
      const record = records.get(row.record.id);
      if (!record) return row;
      if (record.deleted || record.hidden !== this.#parts.hiddenOnly) gone.add(record.id);
      else gone.delete(record.id);
      return record.deleted ? row : { ...row, record };
    });
    this.#set({ rows, gone });
  }

  async #look(): Promise<void> {
    if (this.#looking || this.view.phase !== 'ready' || this.#ended) return;
    this.#looking = true;
    const answer = await this.#parts.read(undefined);
    this.#looking = false;
    if (this.#isOver()) return;
    if (!answer.ok) {
      this.#set({ failure: answer.failure });
      return;
    }
    const fresh = new Map(answer.value.rows.map((row) => [row.record.id, row]));
    const known = new Set(this.view.rows.map((row) => row.record.id));
    const first = this.view.rows[0];
    // Behind the last row that is shown come older ones, which the next page brings.
    const last = answer.value.rows.findLastIndex((row) => known.has(row.record.id));
    const newer = last === -1 ? answer.value.rows : answer.value.rows.slice(0, last);
    this.#waiting = newer.filter((row) => !known.has(row.record.id));
    const overlaps = answer.value.next === null || last !== -1 || this.view.rows.length === 0;
    this.#set({
      rows: this.view.rows.map((row) => fresh.get(row.record.id) ?? row),
      waiting: this.#waiting.length,
      // Shown again after it was hidden: its place is further down.
      waitingMore: !overlaps || this.#waiting.some((row) => first && row.record.receivedAt < first.record.receivedAt),
      failure: null,
    });
  }

  #isOver(): boolean {
    return this.#ended;
  }
  #set(change: Partial<FeedView>): void {
    if (this.#ended) return;
    this.view = { ...this.view, ...change };
    for (const listener of this.#listeners) listener();
  }
}
