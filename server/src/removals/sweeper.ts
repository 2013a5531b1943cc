/**
 * Erases the content of deletions whose time to undo is over. It sleeps until the next one is due, as the database says it, and looks
 * each minute besides: for what another process, or this one before it was started again, left behind. Several processes may sweep at
 * once; each takes a removal that nobody else holds.
 */
import { and, asc, eq, isNotNull, isNull, lte, sql } from 'drizzle-orm';
import { event, recordRemoval } from '@nbpulse/schema/db';
import { minute, second, type Change } from '@nbpulse/schema/wire';
import type { Blobs } from '../blobs/index.js';
import { databaseFault, nextRev } from '../database/index.js';
import { reportFault } from '../http/index.js';
import { emptyRecords } from '../records/index.js';
import type { RemovalDeps } from './remove.js';

export interface Sweeper {
  /** Erases what is due at `now` (default: the database's present). @returns how many deletions it ended */
  sweep(now?: Date): Promise<number>;
  /** A deletion is due at this time at the latest. */
  dueAt(erasesAt: Date): void;
  /** Takes up what is left, and goes on. */
  start(): void;
  /** Waits for the running sweep. */
  close(): Promise<void>;
}

const lookEveryMs = 1 * minute;
const atLeastMs = 50;
const afterFaultMs = 5 * second;
/** Postgres takes 65,535 parameters in a statement. */
const recordsAtOnce = 10_000;

export function openSweeper(deps: RemovalDeps & { blobs: Blobs }): Sweeper {
  const { db, blobs, announce } = deps;
  let timer: NodeJS.Timeout | undefined;
  let wakesAtMs = Infinity;
  let running: Promise<void> | null = null;
  let started = false;
  let stopping = false;

  const open = and(isNull(recordRemoval.endedAt), isNotNull(recordRemoval.erasesAt));

  /** Null: none is due, or somebody else has it. */
  const eraseNext = (now: Date | undefined): Promise<{ labId: string; rev: number; changes: Change[] } | null> =>
    db.transaction(async (tx) => {
      const [removal] = await tx
        .select()
        .from(recordRemoval)
        .where(and(open, lte(recordRemoval.erasesAt, now ?? sql`now()`)))
        .orderBy(asc(recordRemoval.erasesAt))
        .limit(1)
        .for('update', { skipLocked: true });
      if (!removal) return null;
      const { labId } = removal;
      const rev = await nextRev(tx, labId);
      const rows = await tx.select({ id: event.id }).from(event).where(eq(event.removalId, removal.id));
      const changes: Change[] = [];
      for (let from = 0; from < rows.length; from += recordsAtOnce) {
        const ids = rows.slice(from, from + recordsAtOnce).map((row) => row.id);
        for (const record of await emptyRecords(tx, blobs, rev, ids, removal.removedBy)) {
          changes.push({ kind: 'record', rev, record });
        }
      }
      await tx
        .update(recordRemoval)
        .set({ endedAt: sql`now()` })
        .where(eq(recordRemoval.id, removal.id));
      return { labId, rev, changes };
    });

  async function sweep(now?: Date): Promise<number> {
    for (let ended = 0; ; ended++) {
      const done = stopping ? null : await eraseNext(now);
      if (!done) return ended;
      announce(done.labId, done.rev, done.changes);
    }
  }

  async function untilNextMs(): Promise<number> {
    const [next] = await db
      .select({
        inMs: sql<
          number | null
        >`(extract(epoch from min(${recordRemoval.erasesAt}) - clock_timestamp()) * 1000)::float8`,
      })
      .from(recordRemoval)
      .where(open);
    return next?.inMs ?? lookEveryMs;
  }

  const wakeIn = (ms: number): void => {
    if (!started || stopping) return;
    const waitMs = Math.max(atLeastMs, Math.min(ms, lookEveryMs));
    const atMs = performance.now() + waitMs;
    if (atMs >= wakesAtMs) return;
    clearTimeout(timer);
    wakesAtMs = atMs;
    timer = setTimeout(run, waitMs);
    timer.unref();
  };

  function run(): void {
    wakesAtMs = Infinity;
    // One at a time: whoever is at work asks for the next wake-up when it is done.
    running ??= sweep()
      .then(untilNextMs)
      .catch((error: unknown) => {
        if (databaseFault(error) !== 'away') reportFault(error, 'erasing deleted records');
        return afterFaultMs;
      })
      .then((ms) => {
        running = null;
        wakeIn(ms);
      });
  }

  return {
    sweep,
    dueAt: (erasesAt) => wakeIn(erasesAt.getTime() - Date.now()),
    start() {
      started = true;
      run();
    },
    async close() {
      stopping = true;
      clearTimeout(timer);
      await running;
    },
  };
}
