/**
 * `npm run bench:live -- --students 30`: sets up what is missing, then runs `server/dist/bench/<name>.js` on an embedded Postgres
 * of its own with durable commits, as in real use. DATABASE_URL, when set, is used instead.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stopCommands } from './command.mjs';
import { openHome, root } from './layout.mjs';
import { startPostgres } from './postgres.mjs';
import { LaunchProblem, explain } from './problem.mjs';
import { say } from './progress.mjs';
import { alone, setUp } from './setup.mjs';
import { startTied } from './tied-process.mjs';

/** @type {(() => Promise<unknown>)[]} */
const atEnd = [];

async function main() {
  const [name, ...args] = process.argv.slice(2);
  if (!name || !/^[a-z-]+$/.test(name)) throw new LaunchProblem('Which bench?', 'npm run bench:live -- --students 30');
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.once(
      signal,
      () =>
        void stopCommands()
          .then(stopAll)
          .then(() => process.exit(130)),
    );
  }
  const home = openHome();
  const made = await alone(home, () => setUp(home, { grading: false }));
  let url = process.env.DATABASE_URL;
  if (!url) {
    const folder = mkdtempSync(join(tmpdir(), 'nbpulse-bench-'));
    const postgres = await startPostgres({ dataDir: folder, litter: folder });
    atEnd.push(postgres.stop);
    url = postgres.url;
  }
  const bench = startTied(process.execPath, [join(root, `server/dist/bench/${name}.js`), ...args], {
    cwd: root,
    output: ['inherit', 'inherit'],
    env: {
      ...process.env,
      DATABASE_URL: url,
      ...(made.lab.ok ? { NBPULSE_LAB_PYTHON: made.lab.value } : {}),
      ...(made.wheel.ok ? { NBPULSE_WHEEL: made.wheel.value } : {}),
    },
  });
  atEnd.push(bench.stop);
  return bench.exited;
}

async function stopAll() {
  for (const stop of atEnd.splice(0).reverse()) await stop();
}

let code = 1;
try {
  code = await main();
} catch (error) {
  say(explain(error));
}
await stopAll();
process.exit(code);
