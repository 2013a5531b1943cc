/**
 * The last grid of a lab, as the bytes that pages get, for as long as nothing in the lab changes: every change that a page shows moves
 * the lab's revision. Made for whoever asks first; those who ask meanwhile wait for the next one together.
 */
import { MiB, minute } from '@nbpulse/schema/wire';

/** JSON text in UTF-8. */
export interface GridBytes {
  cells: Uint8Array;
  activity: Uint8Array;
}
interface Kept {
  /** All that the bytes depend on. */
  of: string;
  grid: GridBytes;
  cancel: () => void;
}

const mostBytes = 64 * MiB;
/** Answers of students are in it: it does not outlive the class's interest. */
const keptMs = 5 * minute;

export class KeptGrids {
  /** The least lately asked for first. */
  readonly #kept = new Map<string, Kept>();
  readonly #running = new Map<string, Promise<unknown>>();
  readonly #next = new Map<string, Promise<unknown>>();

  /**
   * One after another per `name`. Begins after the call, so that it sees all that the caller knows of; whoever calls while one runs
   * shares the next.
   */
  async shared<T>(name: string, work: () => Promise<T>): Promise<T> {
    const next = this.#next.get(name);
    if (next) return next as Promise<T>;
    const running = this.#running.get(name);
    const begin = (): Promise<T> => {
      this.#next.delete(name);
      const run = work().finally(() => this.#running.delete(name));
      this.#running.set(name, run);
      return run;
    };
    if (!running) return begin();
    const after = running.then(begin, begin);
    this.#next.set(name, after);
    return after;
  }

  /** @param of all that the grid depends on; null: not to be kept */
  async read(
    labId: string,
    of: string | null,
    make: () => Promise<{ cells: string; activity: string }>,
  ): Promise<GridBytes> {
    const kept = this.#kept.get(labId);
    if (kept && kept.of === of) {
      this.#keep(labId, of, kept.grid);
      return kept.grid;
    }
    // Nothing that is out of date stays, whatever becomes of the new one.
    this.forgetLab(labId);
    const text = await make();
    const grid = { cells: Buffer.from(text.cells), activity: Buffer.from(text.activity) };
    if (of !== null) this.#keep(labId, of, grid);
    return grid;
  }

  forgetLab(labId: string): void {
    this.#kept.get(labId)?.cancel();
    this.#kept.delete(labId);
  }

  #keep(labId: string, of: string, grid: GridBytes): void {
    this.forgetLab(labId);
    const timer = setTimeout(() => this.#kept.delete(labId), keptMs);
    timer.unref();
    this.#kept.set(labId, { of, grid, cancel: () => clearTimeout(timer) });
    let bytes = 0;
    for (const { grid: one } of this.#kept.values()) bytes += one.cells.length + one.activity.length;
    for (const [name, { grid: one }] of this.#kept) {
      if (bytes <= mostBytes || this.#kept.size === 1) return;
      bytes -= one.cells.length + one.activity.length;
      this.forgetLab(name);
    }
  }
}
