/**
 * Retention: what was promised to go goes, by itself. A sweep runs at the start of the server and each hour.
 *
 * A sweep marks the labs whose erase date has come, then the participants of marked labs, then erases what is left of erased
 * participants; links to one's own page go a day after they expired. Each of these is found in the tables, so a sweep that was cut
 * short is simply taken up by the next. Several server processes take turns: each batch needs the sweep's advisory lock, and
 * whoever does not get it leaves the rest to the other.
 */
import { lt, sql } from 'drizzle-orm';
import { pageLink } from '@nbpulse/schema/db';
import { day, hour } from '@nbpulse/schema/wire';
import { databaseFault } from '../database/index.js';
import { reportFault } from '../http/index.js';
import { atOnce, eraseLeftovers, withLeftovers, type EraseDeps, type InTurn } from './erase-content.js';
import { dueLabs, markLab, markParticipants, type EraseLabDeps } from './erase-lab.js';

export interface Retention {
  /** Erases what is due at `now` (default: the present). Resolves when all of it is gone, or another process is at it. */
  sweep(now?: Date): Promise<void>;
  /** Sweeps now, and each hour; unused blobs as well. */
  start(): void;
  /** Waits for the running sweep. */
  close(): Promise<void>;
}

const sweepEveryMs = 1 * hour;
/** Any number, the same in all processes. */
const sweepLock = 7_302;
const batchParticipants = 20;

export function openRetention(deps: EraseDeps & EraseLabDeps): Retention {
  const { db } = deps;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let stopping = false;

  const once = atOnce(db);
  const inTurn: InTurn = async (work) => {
    if (stopping) return null;
    const turn = { mine: true };
    const rows = await once(async (tx) => {
      const [lock] = await tx.execute<{ mine: boolean }>(sql`select pg_try_advisory_xact_lock(${sweepLock}) as mine`);
      turn.mine = lock?.mine === true;
      return turn.mine ? work(tx) : 0;
    });
    return turn.mine ? rows : null;
  };

  async function sweep(now = new Date()): Promise<void> {
    await db.delete(pageLink).where(lt(pageLink.expiresAt, new Date(now.getTime() - 1 * day)));
    for (const labId of await dueLabs(db, now)) if (!(await markLab(deps, inTurn, labId, now))) return;
    if (!(await markParticipants(deps, inTurn))) return;
    let before: string[] = [];
    for (;;) {
      const left = await withLeftovers(db, batchParticipants);
      // The same again: somebody else holds them just now. The next sweep looks.
      if (left.length === 0 || left.join() === before.join()) return;
      before = left;
      if (!(await eraseLeftovers(deps, inTurn, left))) return;
    }
  }
  const failed = (error: unknown): void => {
    if (databaseFault(error) !== 'away') reportFault(error, 'erasing what is due');
  };
  /** Files whose last use went a day ago. Nobody waits for it: each file is a step of its own. */
  const sweepBlobs = async (): Promise<void> => {
    while (!stopping && (await deps.blobs.sweep()) > 0);
  };
  const sweepNow = (): void => {
    running = running.then(() => sweep()).catch(failed);
    void running.then(sweepBlobs).catch(failed);
  };

  return {
    sweep,
    start() {
      sweepNow();
      timer = setInterval(sweepNow, sweepEveryMs);
      timer.unref();
    },
    async close() {
      stopping = true;
      clearInterval(timer);
      await running;
    },
  };
}
