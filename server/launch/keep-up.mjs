/**
 * The rule by which what the launcher started is started again.
 *
 * States: *running* → *ended* (by itself) → *starting* again, after a pause that doubles → *running* …; *given up* when it ended more
 * often than `maxQuickEnds` times in a row within a minute of its start; *stopped* when the launcher says so.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { explain } from './problem.mjs';
import { say } from './progress.mjs';

const quickMs = 60_000;
const maxQuickEnds = 5;
const firstPauseMs = 500;

/**
 * Follows what runs until it is stopped or given up. Never rejects.
 * @template {{ exited: Promise<number> }} Running
 * @param {object} what
 * @param {string} what.name in messages
 * @param {string} what.log
 * @param {Running} what.first
 * @param {() => Promise<Running>} what.start a start that fails counts as one more end
 * @param {AbortSignal} what.stopped also ends a pause
 * @param {() => void} [what.onGivenUp]
 * @param {number} [what.pauseMs] the first pause; for tests
 */
export async function keepUp({ name, log, first, start, stopped, onGivenUp, pauseMs = firstPauseMs }) {
  /** Null: it did not start. @type {Running | null} */
  let running = first;
  for (let quickEnds = 0; ;) {
    const startedAt = performance.now();
    const code = running && (await running.exited);
    if (stopped.aborted) return;
    quickEnds = performance.now() - startedAt < quickMs ? quickEnds + 1 : 1;
    if (quickEnds > maxQuickEnds) {
      say(`${name} ended ${quickEnds} times in a row; it is given up. See ${log}`);
      onGivenUp?.();
      return;
    }
    if (code !== null) say(`${name} ended with code ${code}; it is started again. See ${log}`);
    await delay(pauseMs * 2 ** (quickEnds - 1), undefined, { signal: stopped }).catch(() => undefined);
    if (stopped.aborted) return;
    try {
      running = await start();
    } catch (error) {
      if (stopped.aborted) return;
      say(`${name}: ${explain(error)}`);
      running = null;
    }
  }
}
