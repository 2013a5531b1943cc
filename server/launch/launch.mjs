/**
 * `npm start`: set-up, then Postgres → the server CLI's `setup` (migrations, sign-in link, worker token, example lab) → server →
 * worker and JupyterLab → two links.
 *
 * States: *setting up* → *starting* → *running* → *stopping* (Ctrl-C, SIGTERM, SIGHUP, a failure; services in the opposite order of
 * their start) → *ended*. A second signal ends us at once; the children end with us in any case.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ask, stopCommands } from './command.mjs';
import { keepPostgres } from './database.mjs';
import { copyExamples } from './examples.mjs';
import { openData, openHome, root } from './layout.mjs';
import { takeOnly } from './only-one.mjs';
import { help, readOptions } from './options.mjs';
import { refuseTakenPort } from './ports.mjs';
import { copyBeforeMigration } from './postgres.mjs';
import { writeFirstSettings } from './jupyter-settings.mjs';
import { LaunchProblem, explain } from './problem.mjs';
import { say } from './progress.mjs';
import { startService } from './service.mjs';
import { alone, setUp } from './setup.mjs';
import { hashOf, writeWhole } from './steps.mjs';

/** What was started, in order; stopped from its end. @type {{ stop(): Promise<unknown> }[]} */
const started = [];
/** @type {(code: number) => void} */
let finish = () => undefined;

/** @param {string[]} args */
export async function main(args) {
  process.stdout.on('error', () => undefined);
  process.stderr.on('error', () => undefined);
  let stopping = false;
  const stop = async (/** @type {number} */ code) => {
    if (stopping) process.exit(code || 130);
    stopping = true;
    await stopCommands();
    for (const service of started.splice(0).reverse()) await service.stop();
    process.exit(code);
  };
  finish = (code) => void stop(code);
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => {
      if (!stopping) say('\nStopping …');
      void stop(0);
    });
  }
  try {
    const options = readOptions(args);
    if (options.help) {
      process.stdout.write(help);
      return await stop(0);
    }
    await launch(options);
  } catch (error) {
    // A command that failed because we are being stopped is no news.
    if (!stopping) say(`\n${explain(error)}`);
    await stop(1);
  }
}

/** @param {import('./options.mjs').Options} options */
async function launch(options) {
  const begun = performance.now();
  if (process.getuid?.() === 0) process.umask(0o022);
  const home = openHome();
  const data = openData(home, options.data);

  const running = takeOnly(data.running, /** @type {Links} */ ({ state: 'starting' }));
  if (!running.held) {
    say(`nbpulse is already running on ${data.data} (process ${running.pid}).`);
    if (running.about.state === 'starting') say('It is still starting; its links appear there.');
    else printLinks(running.about);
    return finish(0);
  }
  started.push({
    async stop() {
      // The CLI's note of where the database is; its socket is gone.
      rmSync(join(data.data, 'run.json'), { force: true });
      running.release();
    },
  });

  await refuseTakenPort('--port', options.host, options.port);
  if (options.notebook) await refuseTakenPort('--jupyter-port', '127.0.0.1', options.jupyterPort);

  const made = await alone(home, () => setUp(home, { notebook: options.notebook, grading: options.grading }));
  const env = await startDatabase(options, home, data);
  const setup = await readSetup(env, options);

  const server = await startService({
    name: 'The server',
    command: process.execPath,
    args: [join(root, 'server/dist/src/main.js')],
    cwd: data.data,
    log: join(data.logs, 'server.log'),
    readyLine: /^nbpulse listening /,
    env: {
      ...env,
      NBPULSE_HOST: options.host,
      NBPULSE_PORT: String(options.port),
      NBPULSE_PUBLIC_URL: options.publicUrl,
      ...(made.wheel.ok ? { NBPULSE_WHEEL: made.wheel.value } : {}),
      ...(options.tlsCert ? { NBPULSE_TLS_CERT: options.tlsCert, NBPULSE_TLS_KEY: options.tlsKey } : {}),
    },
    onGivenUp: () => finish(1),
  });
  started.push(server);

  /** @type {Links} */
  const links = { state: 'running', teacher: setup.teacherLink ?? `${options.publicUrl}/` };
  running.tell(links);
  await printTeacherLink(options, setup, links, begun);

  await startWorker(options, made, setup, data);
  if (options.demo) await startDemo(options, setup, data);
  if (options.notebook) links.notebook = await startNotebook(options, made, setup, data);
  running.tell(links);
  if (links.notebook) say(`\n  Student's notebook   ${links.notebook}`);
  say(`\n  Ctrl-C stops everything. Logs: ${data.logs}`);
}

/** @typedef {{ state: 'starting' | 'running', teacher?: string, notebook?: string }} Links */
/** @param {Links} links */
function printLinks(links) {
  if (links.teacher) say(`  Teacher's page       ${links.teacher}`);
  if (links.notebook) say(`  Student's notebook   ${links.notebook}`);
}

/**
 * @param {import('./options.mjs').Options} options @param {Setup} setup @param {Links} links @param {number} begun
 */
async function printTeacherLink(options, setup, links, begun) {
  say(`\n  Teacher's page       ${links.teacher}   (${((performance.now() - begun) / 1000).toFixed(1)} s)`);
  if (!setup.passwordSet) say('                       a sign-in link that works once; it asks you to set a password');
  if (/^(127\.|localhost|::1)/.test(options.host)) return;
  /** @type {typeof import('qrcode')} */
  const qrcode = createRequire(join(root, 'server/package.json'))('qrcode');
  say(`\n${await qrcode.toString(`${options.publicUrl}/`, { type: 'terminal', small: true })}`);
}

/**
 * The database that DATABASE_URL names, else the embedded one.
 * @param {import('./options.mjs').Options} options
 * @param {import('./layout.mjs').Home} home @param {import('./layout.mjs').Data} data
 */
async function startDatabase(options, home, data) {
  /** @type {NodeJS.ProcessEnv} */
  const env = {
    ...process.env,
    NBPULSE_DATA: data.data,
    NBPULSE_SECRETS: data.secrets,
    NBPULSE_PUBLIC_URL: options.publicUrl,
  };
  if (process.env.DATABASE_URL) return env;
  const log = join(data.logs, 'postgres.log');
  const migrations = hashOf(root, ['schema/migrations']);
  const known = join(data.data, 'migrations.sha256');
  let knownHash;
  try {
    knownHash = readFileSync(known, 'utf8').trim();
  } catch {
    // the first start, or one that never got to its end
  }
  if (knownHash !== migrations && knownHash !== undefined) {
    const copy = await copyBeforeMigration(data.postgres, log);
    if (copy) say(`The database changes with this version; a copy of it as it was is in ${copy}`);
  }
  const postgres = await keepPostgres({
    dataDir: data.postgres,
    binDir: options.pgBin,
    log,
    onGivenUp: () => {
      say('Without its database nothing goes on; everything stops. What was saved is kept.');
      finish(1);
    },
  });
  started.push(postgres);
  env.DATABASE_URL = postgres.url;
  writeWhole(known, migrations);
  return env;
}

/**
 * What the server CLI's `setup` answers.
 * @typedef {{ teacherLink?: string, workerToken: string, passwordSet: boolean, lab: LabLink, demo?: LabLink }} Setup
 * @typedef {{ id: string, name: string, joinCode: string }} LabLink
 */
/** @param {NodeJS.ProcessEnv} env @param {import('./options.mjs').Options} options @returns {Promise<Setup>} */
async function readSetup(env, { demo }) {
  const said = await askLoudly(
    process.execPath,
    [join(root, 'server/cli/nbpulse.mjs'), 'setup', '--json', ...(demo ? ['--demo'] : [])],
    env,
  );
  try {
    return JSON.parse(said);
  } catch (error) {
    throw new LaunchProblem(`nbpulse setup --json answered what is no JSON: ${said.slice(0, 300)}`, undefined, error);
  }
}

/** @param {string} command @param {string[]} args @param {NodeJS.ProcessEnv} env */
async function askLoudly(command, args, env) {
  /** @type {string[]} */
  const errors = [];
  const said = await ask(command, args, { env, cwd: root, timeoutMs: 120_000, onError: (text) => errors.push(text) });
  if (said !== null) return said;
  throw new LaunchProblem(
    `nbpulse ${args.slice(1).join(' ')} failed:\n${errors.join('').trim().slice(-3000).replace(/^/gm, '    ')}`,
  );
}

/**
 * @param {import('./options.mjs').Options} options @param {import('./setup.mjs').SetUp} made
 * @param {Setup} setup @param {import('./layout.mjs').Data} data
 */
async function startWorker(options, made, setup, data) {
  const { engine, grading } = made;
  if (engine === null) return say('  Grading is off (--no-grading).');
  if (engine.engine === 'none') return say(`  Grading is off: ${engine.why}.\n    → ${engine.cure}`);
  if (engine.engine === 'bubblewrap' && !grading.ok) {
    return say(`  Grading is off: ${grading.why}${grading.cure ? `\n    → ${grading.cure}` : ''}`);
  }
  started.push(
    await startService({
      name: 'The worker',
      command: process.execPath,
      args: [join(root, 'server/dist/src/worker.js')],
      cwd: data.data,
      log: join(data.logs, 'worker.log'),
      env: {
        ...withoutSecrets(),
        NBPULSE_SERVER: localUrl(options),
        NBPULSE_WORKER_TOKEN: setup.workerToken,
        NBPULSE_ENGINE: engine.engine,
        ...(engine.engine === 'bubblewrap' ? { NBPULSE_BWRAP: engine.bwrap } : {}),
        ...(grading.ok ? { NBPULSE_GRADING_PYTHON: grading.value } : {}),
        ...(options.tlsCert ? { NODE_EXTRA_CA_CERTS: options.tlsCert } : {}),
      },
    }),
  );
}

/** The simulator plays a class through the public API. @param {import('./options.mjs').Options} options @param {Setup} setup @param {import('./layout.mjs').Data} data */
async function startDemo(options, setup, data) {
  const server = localUrl(options);
  const lab = setup.demo ?? setup.lab;
  started.push(
    await startService({
      name: 'The demo class',
      command: process.execPath,
      args: [
        join(root, 'server/dist/simulator/main.js'),
        '--server',
        server,
        '--join-code',
        lab.joinCode,
        '--students',
        '30',
      ],
      cwd: data.data,
      log: join(data.logs, 'demo.log'),
      again: false,
      env: { ...withoutSecrets(), NBPULSE_SERVER: server, NBPULSE_JOIN_CODE: lab.joinCode },
    }),
  );
  say(`  A class of 30 plays "${lab.name}".`);
}

/**
 * JupyterLab on copies of the examples. Its settings and state are in the data folder, so a user's own Jupyter stays as it is.
 * @param {import('./options.mjs').Options} options @param {import('./setup.mjs').SetUp} made
 * @param {Setup} setup @param {import('./layout.mjs').Data} data
 * @returns {Promise<string | undefined>} the student's link
 */
async function startNotebook(options, made, setup, data) {
  const missing = [made.lab, made.wheel].find((part) => !part.ok);
  if (missing && !missing.ok) {
    say(`  The notebook is off: ${missing.why}${missing.cure ? `\n    → ${missing.cure}` : ''}`);
    return undefined;
  }
  if (!made.lab.ok) return undefined;
  const server = options.publicUrl;
  const first = copyExamples(data.notebooks, { server, lab: setup.lab.id, joinCode: setup.lab.joinCode });
  const token = randomBytes(24).toString('hex');
  const url = `http://127.0.0.1:${options.jupyterPort}`;
  const state = (/** @type {string} */ name) => join(data.jupyter, name);
  writeFirstSettings(state('settings'));
  started.push(
    await startService({
      name: 'JupyterLab',
      command: made.lab.value,
      args: [
        ...[
          '-m',
          'jupyterlab',
          '--no-browser',
          '--ip=127.0.0.1',
          `--port=${options.jupyterPort}`,
          '--ServerApp.port_retries=0',
        ],
        ...(process.getuid?.() === 0 ? ['--allow-root'] : []),
        `--ServerApp.root_dir=${data.notebooks}`,
        '--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate',
        '--LabApp.news_url=None',
      ],
      cwd: data.notebooks,
      log: join(data.logs, 'jupyter.log'),
      env: {
        ...withoutSecrets(),
        // Not on the command line, where any user of this machine could read it.
        JUPYTER_TOKEN: token,
        JUPYTER_PLATFORM_DIRS: '1',
        JUPYTER_NO_CONFIG: undefined,
        JUPYTER_CONFIG_DIR: state('config'),
        JUPYTER_DATA_DIR: state('data'),
        JUPYTER_RUNTIME_DIR: state('runtime'),
        JUPYTERLAB_SETTINGS_DIR: state('settings'),
        JUPYTERLAB_WORKSPACES_DIR: state('workspaces'),
        IPYTHONDIR: state('ipython'),
        MPLCONFIGDIR: state('matplotlib'),
        XDG_STATE_HOME: state('state'),
        NBPULSE_SERVER: server,
        VIRTUAL_ENV: undefined,
        PYTHONPATH: undefined,
      },
    }),
  );
  const readyBy = performance.now() + 90_000;
  while (!(await answers(`${url}/api/status`, { authorization: `token ${token}` }))) {
    if (performance.now() > readyBy) {
      say(`  JupyterLab does not answer yet; see ${join(data.logs, 'jupyter.log')}`);
      break;
    }
    await delay(100);
  }
  return `${url}/lab${first ? `/tree/${first}` : ''}?token=${token}`;
}

/** @param {string} url @param {Record<string, string>} headers */
async function answers(url, headers) {
  try {
    return (await fetch(url, { headers, signal: AbortSignal.timeout(5_000) })).ok;
  } catch {
    return false;
  }
}

/** The server's address from this machine. @param {import('./options.mjs').Options} options */
function localUrl({ host, port, tlsCert }) {
  const any = host === '0.0.0.0' || host === '::';
  const name = any ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  return `${tlsCert ? 'https' : 'http'}://${name}:${port}`;
}

/** Our environment for processes that have no business with the database. */
const withoutSecrets = () => ({ ...process.env, DATABASE_URL: undefined });
