/**
 * One lab's data on this page, kept in step with the server.
 *
 * States:
 *  - `loading`: no snapshot yet; updates wait.
 *  - `ready`: a snapshot, and every update up to `model.rev` applied.
 *  - `failed`: the snapshot could not be had; `retry` asks again.
 *  - `deleted`: the lab is gone.
 * Within `ready`, a gap between our revision and an update's `from` starts a *catch-up*: the log is read from our revision
 * until nothing is left, while further updates wait; then they are applied or found to be old. Updates are applied
 * together at the next flush, which the page puts at the next animation frame.
 */
import type { Change, GridCell, LabLog, Presence, ServerMessage } from '@nbpulse/schema/wire';
import type { Answer, Failure } from '../api/request.js';
import { LabModel, type CellScope, type Touched, type StateGiven } from './lab-model.js';

/** More than this many updates waiting are forgotten: the log has them all. */
const maxWaiting = 2_000;
const pulsesPerFrame = 40;
const pulsePauseMs = 2_000;
const busyChangesPerSecond = 60;

interface StoreParts {
  readState: () => Promise<Answer<StateGiven>>;
  readLog: (since: number) => Promise<Answer<LabLog>>;
  /** Calls `flush` once, soon. */
  schedule: (flush: () => void, changesPerSecond: number) => void;
  now: () => number;
}
type Update = Extract<ServerMessage, { type: 'update' }>;
/** What follows the store: `changes` were applied just now; null when the snapshot was replaced. */
type Follower = (changes: readonly Change[] | null, touched: Touched | null) => void;

export class LabStore {
  phase: 'loading' | 'ready' | 'failed' | 'deleted' = 'loading';
  failure: Failure | null = null;
  model: LabModel | null = null;
  /** Records applied since this page was opened; for "caught up: 41 records". */
  recordsApplied = 0;
  /** So many changes that nothing should be animated. */
  busy = false;

  readonly #parts: StoreParts;
  readonly #listeners = new Set<() => void>();
  readonly #followers = new Set<Follower>();
  #updates: Update[] = [];
  #presence = new Map<string, Presence>();
  #scheduled = false;
  #loading = false;
  #catchingUp = false;
  #overflowed = false;
  /** A catch-up failed; `check` starts it again. */
  #missed = false;
  /** The revision that the server said it is at. */
  #promised = 0;
  #pulsedAt = new Map<string, number>();
  #rate: { at: number; changes: number }[] = [];

  constructor(parts: StoreParts) {
    this.#parts = parts;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  follow(follower: Follower): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }
  get rev(): number | undefined {
    return this.model?.rev;
  }
  /** True when everything that the server spoke of is in. */
  get inStep(): boolean {
    return (
      this.model !== null &&
      this.model.rev >= this.#promised &&
      !this.#catchingUp &&
      !this.#missed &&
      this.#updates.length === 0
    );
  }

  /** Reads the snapshot, the first time or anew. What is shown stays until the new one is there. */
  async load(): Promise<void> {
    if (this.#loading) return;
    this.#loading = true;
    if (this.phase === 'failed') {
      this.phase = 'loading';
      this.#tell();
    }
    const answer = await this.#parts.readState();
    this.#loading = false;
    if (!answer.ok) {
      if (answer.failure.code === 'lab-deleted') this.phase = 'deleted';
      else if (this.model === null) this.phase = 'failed';
      this.failure = answer.failure;
      this.#tell();
      return;
    }
    this.model = new LabModel(answer.value);
    this.#promised = Math.max(this.#promised, this.model.rev);
    this.phase = 'ready';
    this.failure = null;
    this.#catchingUp = false;
    this.#missed = false;
    for (const follower of this.#followers) follower(null, null);
    this.#tell();
    this.#soon();
  }

  /** Takes what the live socket says about this lab. */
  receive(message: ServerMessage): void {
    switch (message.type) {
      case 'welcome':
        if (message.rev === undefined) return;
        if (this.model && message.rev < this.model.rev) {
          // The server knows less than we do: it was restored from a copy. Its truth counts.
          this.#promised = message.rev;
          this.#updates = [];
          void this.load();
        } else this.#promised = message.rev;
        return;
      case 'reload':
        this.#updates = [];
        void this.load();
        return;
      case 'update':
        this.#promised = Math.max(this.#promised, message.to);
        if (this.#updates.length >= maxWaiting) {
          this.#updates = [];
          this.#overflowed = true;
        }
        this.#updates.push(message);
        this.#soon();
        return;
      case 'presence':
        for (const one of message.presence) this.#presence.set(one.participant, one);
        this.#soon();
        return;
      case 'refused':
        if (message.code === 'lab-deleted') {
          this.phase = 'deleted';
          this.#tell();
        }
        return;
      case 'reply':
      case 'lab':
      case 'submission':
      case 'trial':
      case 'me':
      case 'pong':
        return;
      default:
        message satisfies never;
    }
  }

  /**
   * Asks the log when the server is known to be ahead and no update brought it. Called about once a second.
   */
  check(): void {
    if (this.phase !== 'ready' || !this.model) return;
    const behind = this.model.rev < this.#promised && this.#updates.length === 0;
    if (behind || this.#missed) void this.#catchUp();
  }

  /** Takes part of the grid as the server has it at `rev`; true when it has to be read once more. */
  readAnew(scope: CellScope, rev: number, cells: readonly GridCell[]): boolean {
    const again = this.model?.readAnew(scope, rev, cells) ?? false;
    this.#tell();
    return again;
  }

  /** Applies what has arrived. */
  flush(): void {
    this.#scheduled = false;
    const model = this.model;
    if (!model || this.#catchingUp) return;
    const now = this.#parts.now();
    const waiting = this.#updates.sort((a, b) => a.from - b.from);
    this.#updates = [];
    const cells: Touched['cells'] = [];
    let told = false;
    for (const [index, update] of waiting.entries()) {
      const before = model.rev;
      const applied = model.applyUpdate(update.from, update.to, update.changes);
      if (applied.kind === 'gap') {
        this.#updates = waiting.slice(index);
        void this.#catchUp();
        break;
      }
      if (applied.kind === 'old') continue;
      this.#applied(
        update.changes.filter((change) => change.rev > before),
        applied.touched,
      );
      cells.push(...applied.touched.cells);
      told ||= applied.visible;
    }
    if (this.#presence.size > 0) {
      model.applyPresence([...this.#presence.values()]);
      this.#presence = new Map();
      told = true;
    }
    if (this.#overflowed) {
      this.#overflowed = false;
      void this.#catchUp();
    }
    this.#noteRate(now, cells.length);
    this.#pulse(model, cells, now);
    if (model.deleted) this.phase = 'deleted';
    if (told) this.#tell();
  }

  async #catchUp(): Promise<void> {
    if (this.#catchingUp) return;
    this.#catchingUp = true;
    this.#missed = false;
    for (;;) {
      const model = this.model;
      if (!model) break;
      const answer = await this.#parts.readLog(model.rev);
      if (this.model !== model) break; // a new snapshot came meanwhile
      if (!answer.ok) {
        this.#catchingUp = false;
        this.#missed = true;
        // Out of reach: `check` asks again. Any other refusal means that the log cannot help; the snapshot can.
        if (answer.failure.code !== 'unreachable') await this.load();
        return;
      }
      const before = model.rev;
      const applied = model.applyUpdate(answer.value.from, answer.value.to, answer.value.changes);
      if (applied.kind === 'gap') {
        this.#catchingUp = false;
        await this.load();
        return;
      }
      if (applied.kind === 'applied') {
        this.#applied(
          answer.value.changes.filter((change) => change.rev > before),
          applied.touched,
        );
        this.#tell();
      }
      if (!answer.value.more) break;
    }
    this.#catchingUp = false;
    if (this.model?.deleted === true) this.phase = 'deleted';
    this.#promised = Math.max(this.model?.rev ?? 0, Math.min(this.#promised, this.#ahead()));
    this.#soon();
    this.#tell();
  }
  /** After the log was read to its end the server's promise holds only for updates that still wait. */
  #ahead(): number {
    return this.#updates.reduce((most, update) => Math.max(most, update.to), 0);
  }

  #applied(changes: readonly Change[], touched: Touched): void {
    this.recordsApplied += touched.cells.length;
    for (const follower of this.#followers) follower(changes, touched);
  }

  #pulse(model: LabModel, cells: Touched['cells'], now: number): void {
    if (cells.length === 0 || cells.length > pulsesPerFrame || this.busy) return;
    const due = cells.filter(({ participant, question }) => {
      const at = this.#pulsedAt.get(`${participant} ${question}`);
      return at === undefined || now - at >= pulsePauseMs;
    });
    if (this.#pulsedAt.size > 1_000) {
      for (const [key, at] of this.#pulsedAt) if (now - at >= pulsePauseMs) this.#pulsedAt.delete(key);
    }
    for (const { participant, question } of due) this.#pulsedAt.set(`${participant} ${question}`, now);
    model.pulse(due);
  }

  #noteRate(now: number, changes: number): void {
    this.#rate = this.#rate.filter((one) => now - one.at < 1_000);
    if (changes > 0) this.#rate.push({ at: now, changes });
    this.busy = this.#perSecond() > busyChangesPerSecond;
  }

  #perSecond(): number {
    return this.#rate.reduce((sum, one) => sum + one.changes, 0);
  }
  #soon(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#parts.schedule(() => this.flush(), this.#perSecond());
  }
  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
