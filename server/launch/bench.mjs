/**
 * `npm run bench:live -- --students 30`: sets up what is missing, then runs `server/dist/bench/<name>.js` on an embedded Postgres
 * of its own with durable commits, as in real use. DATABASE_URL, when set, is used instead. `npm run bench:send` runs Python.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run, stopCommands } from './command.mjs';
import { dockerForTests } from './docker-for-tests.mjs';
import { openHome, root } from './layout.mjs';
import { startPostgres } from './postgres.mjs';
import { LaunchProblem, explain } from './problem.mjs';
import { say } from './progress.mjs';
import { ensureEnvironment } from './python.mjs';
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
  if (name === 'send') return benchSend(home, args);
  if (name === 'grade') return benchGrade(home, args);
  const made = await alone(home, () => setUp(home, { grading: false }));
  return start(name, args, {
    ...(made.lab.ok ? { NBPULSE_LAB_PYTHON: made.lab.value } : {}),
    ...(made.wheel.ok ? { NBPULSE_WHEEL: made.wheel.value } : {}),
  });
}

/** @param {string} name @param {string[]} args @param {NodeJS.ProcessEnv} env */
async function start(name, args, env) {
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
    env: { ...process.env, DATABASE_URL: url, ...env },
  });
  atEnd.push(bench.stop);
  return bench.exited;
}

/**
 * Grading needs an engine of each kind that is here; a Docker of its own where none answers. The grading image is made when it is
 * missing. @param {import('./layout.mjs').Home} home @param {string[]} args
 */
async function benchGrade(home, args) {
  const made = await alone(home, () => setUp(home, { notebook: false, develop: true, pages: false }));
  const wantsDocker = !args.some(
    (arg, at) => arg === '--engine=bubblewrap' || (args[at - 1] === '--engine' && arg === 'bubblewrap'),
  );
  const docker = wantsDocker ? await dockerForTests(join(home.logs, 'dockerd.log')) : null;
  if (docker?.ok) {
    atEnd.push(docker.stop);
    await run(process.execPath, [join(root, 'sandbox/images/build-image.mjs')], {
      log: join(home.logs, 'grading-image.log'),
      env: { ...process.env, DOCKER_HOST: docker.host },
    });
  } else if (docker) say(`Docker is left out: ${docker.why}. → ${docker.cure}`);
  const nbgrader = args.includes('--with-nbgrader') ? await environmentOfNbgrader(home, made) : null;
  return start('grade', args, {
    ...(made.grading.ok ? { NBPULSE_GRADING_PYTHON: made.grading.value } : {}),
    ...(made.develop.ok ? { NBPULSE_DEVELOP_PYTHON: made.develop.value } : {}),
    ...(made.engine?.engine === 'bubblewrap' ? { NBPULSE_BWRAP: made.engine.bwrap } : {}),
    ...(docker?.ok ? { DOCKER_HOST: docker.host } : {}),
    ...(nbgrader ? { NBPULSE_NBGRADER_PYTHON: nbgrader } : {}),
  });
}

/** @param {import('./layout.mjs').Home} home @param {import('./setup.mjs').SetUp} made */
async function environmentOfNbgrader(home, { tools }) {
  if (!tools.ok) throw new LaunchProblem(tools.why, tools.cure);
  return alone(home, () => ensureEnvironment(home, tools.value.python, tools.value.uv, 'nbgrader', 'nbgrader'));
}

/** The kernel's side needs its Python environment and no server of ours. @param {import('./layout.mjs').Home} home @param {string[]} args */
async function benchSend(home, args) {
  const { develop } = await alone(home, () =>
    setUp(home, { notebook: false, grading: false, develop: true, pages: false }),
  );
  if (!develop.ok) throw new LaunchProblem(develop.why, develop.cure);
  const bench = startTied(develop.value, [join(root, 'extension/test_python/bench_send.py'), ...args], {
    cwd: root,
    output: ['inherit', 'inherit'],
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
