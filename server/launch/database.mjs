/**
 * The embedded Postgres of `npm start`, kept up: when it ends by itself (killed, out of memory) it is started again on the same
 * data and in the same socket folder, so that the URL that the server holds stays true.
 *
 * States: those of keep-up.mjs. A start that is under way when `stop` is called is awaited, and stopped then.
 */
import { rmSync } from 'node:fs';
import { keepUp } from './keep-up.mjs';
import { makeSocketFolder, startPostgres } from './postgres.mjs';

/**
 * @param {object} options
 * @param {string} options.dataDir
 * @param {string} [options.binDir]
 * @param {string} options.log
 * @param {() => void} options.onGivenUp
 * @param {number} [options.pauseMs] before the first new start; for tests
 */
export async function keepPostgres({ dataDir, binDir, log, onGivenUp, pauseMs }) {
  const socketDir = makeSocketFolder();
  const stopped = new AbortController();
  /** @type {import('./postgres.mjs').RunningPostgres | undefined} */
  let current;
  // The folder goes with each Postgres, even after a SIGKILL of ours; the next one makes it again under the same name.
  const start = async () => (current = await startPostgres({ dataDir, socketDir, binDir, log, litter: socketDir }));
  let first;
  try {
    first = await start();
  } catch (error) {
    rmSync(socketDir, { recursive: true, force: true });
    throw error;
  }
  const keeping = keepUp({ name: 'Postgres', log, first, start, stopped: stopped.signal, onGivenUp, pauseMs });
  return {
    url: first.url,
    async stop() {
      stopped.abort();
      await current?.stop();
      await keeping;
      await current?.stop();
    },
  };
}
