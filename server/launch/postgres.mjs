/**
 * An embedded Postgres under our supervision: a data folder of its own, a random SCRAM password, no TCP, a socket in a short
 * temporary folder, another uid when we are root, and gone when we are gone, SIGKILL included.
 *
 * The folder given as `dataDir` holds `cluster/` (what Postgres calls its data directory), `password`, and after an upgrade
 * `before-migration/` (the last copy of a stopped cluster). A cluster is made under another name and renamed when it is whole.
 *
 * States: *starting* (until Postgres says that it is ready) → *running* → *stopping* (`stop()`: SIGINT, a fast shutdown) → *ended*.
 */
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  createWriteStream,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ask, run } from './command.mjs';
import { makeFolder, reachableByOthers, serviceUser } from './layout.mjs';
import { processMark } from './only-one.mjs';
import { postgresBinaries } from './postgres-binaries.mjs';
import { LaunchProblem } from './problem.mjs';
import { startTied } from './tied-process.mjs';

const databaseUser = 'nbpulse';
const readyWithinMs = 60_000;
/** Environment of Postgres: nothing of ours, messages in English (its ready line is read). */
const environment = { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' };

/** A short path, because a socket's path is at most 107 bytes. @param {{ uid: number, gid: number } | null} [user] */
export function makeSocketFolder(user = serviceUser()) {
  // The comma is there for the `postgres` package: it decodes a percent-encoded host, and so a socket's folder in a URL, only
  // when the host holds one.
  const folder = mkdtempSync('/tmp/nbp,');
  if (user) chownSync(folder, user.uid, user.gid);
  return folder;
}

/**
 * @typedef {object} RunningPostgres
 * @property {string} url of the database `nbpulse`; other databases of this cluster by `databaseUrl`
 * @property {(name: string) => string} databaseUrl
 * @property {number} pid of the process that holds it
 * @property {Promise<number>} exited
 * @property {() => Promise<void>} stop
 */

/**
 * Starts the Postgres of a data folder, and makes the cluster if there is none.
 * @param {object} options
 * @param {string} options.dataDir
 * @param {string} [options.socketDir] default: a new temporary folder, removed at the end
 * @param {boolean} [options.durable] default true; false turns fsync off, for data that may be lost
 * @param {string} [options.binDir] what `--pg-bin` says
 * @param {string} [options.log] where Postgres's own messages go
 * @param {string} [options.litter] removed at the end, even after a SIGKILL of ours
 * @returns {Promise<RunningPostgres>}
 */
export async function startPostgres({ dataDir, socketDir, durable = true, binDir, log, litter }) {
  const user = serviceUser();
  const bin = await postgresBinaries(binDir);
  if (user && !reachableByOthers(dirname(resolve(dataDir)))) {
    throw new LaunchProblem(
      `The folder ${dataDir} cannot be reached by the user "${user.name}", which Postgres runs as because you are root.`,
      'Choose one that can, such as /var/lib/nbpulse/data.',
    );
  }
  const folder = makeFolder(resolve(dataDir), 0o700, user);
  const cluster = join(folder, 'cluster');
  await refuseOtherVersion(cluster, bin);
  if (!existsSync(cluster)) await makeCluster({ folder, bin, user, durable, log });
  await whenStopped(cluster);

  const password = readFileSync(join(folder, 'password'), 'utf8').trim();
  const sockets = socketDir ?? makeSocketFolder(user);
  refuseStrangersFolder(sockets, user);
  const settings = {
    listen_addresses: '',
    unix_socket_directories: `"${sockets}"`,
    unix_socket_permissions: '0700',
    max_connections: '200',
    // A failed statement's detail quotes the row, and so a student's name; its log must not.
    log_error_verbosity: 'terse',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  const tied = startTied(
    join(bin, 'postgres'),
    ['-D', cluster, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    // stdin and output belong to us; a fast shutdown ends the sessions, so the grace is only for a checkpoint on a slow disk
    {
      env: environment,
      user,
      cwd: '/',
      stopSignal: 'INT',
      graceSeconds: 30,
      litter: litter ?? (socketDir ? '' : sockets),
    },
  );
  await untilReady(tied, log);

  const databaseUrl = (/** @type {string} */ name) =>
    `postgres://${databaseUser}:${password}@${encodeURIComponent(sockets)}/${encodeURIComponent(name)}`;
  return {
    url: databaseUrl('nbpulse'),
    databaseUrl,
    pid: tied.pid,
    exited: tied.exited,
    stop: async () => void (await tied.stop()),
  };
}

/**
 * For tests: a cluster in a temporary folder, quick and not durable; nothing of it is left after `stop()` or our death.
 * @returns {Promise<RunningPostgres>}
 */
export async function startThrowawayPostgres() {
  const folder = makeSocketFolder(serviceUser());
  try {
    return await startPostgres({ dataDir: folder, socketDir: folder, durable: false, litter: folder });
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/**
 * Copies the stopped cluster, so that a migration can be undone by hand; the copy before it is replaced when this one is whole.
 * @param {string} dataDir @param {string} log
 * @returns {Promise<string | null>} where the copy is; null when there is no cluster yet
 */
export async function copyBeforeMigration(dataDir, log) {
  const user = serviceUser();
  const cluster = join(dataDir, 'cluster');
  const copy = join(dataDir, 'before-migration');
  if (!existsSync(cluster)) return null;
  await whenStopped(cluster);
  await rm(`${copy}.new`, { recursive: true, force: true });
  await run('cp', ['-R', '-p', cluster, `${copy}.new`], { log, user, cwd: '/' });
  await rm(copy, { recursive: true, force: true });
  await rename(`${copy}.new`, copy);
  return copy;
}

/** @param {string} cluster @param {string} bin */
async function refuseOtherVersion(cluster, bin) {
  const of = join(cluster, 'PG_VERSION');
  if (!existsSync(of)) return;
  const folderVersion = readFileSync(of, 'utf8').trim();
  const said = await ask(join(bin, 'postgres'), ['--version'], { env: environment, user: serviceUser(), cwd: '/' });
  const version = /(\d+)(?:\.|devel|beta|rc|$)/.exec(said?.split(' ').at(-1) ?? '')?.[1];
  if (version === folderVersion) return;
  throw new LaunchProblem(
    `The data in ${cluster} was made by Postgres ${folderVersion}, and this is Postgres ${version ?? '(unknown)'} (${bin}).`,
    `Name the programs of Postgres ${folderVersion} to go on with it: npm start -- --pg-bin /usr/lib/postgresql/${folderVersion}/bin. ` +
      'Or start afresh beside it: npm start -- --data OTHER-FOLDER.',
  );
}

/**
 * A socket folder of an earlier Postgres may be gone, and its name is no secret: who else made a folder of that name would get
 * our callers' passwords. @param {string} folder @param {import('./layout.mjs').ServiceUser | null} user
 */
function refuseStrangersFolder(folder, user) {
  if (!existsSync(folder)) {
    mkdirSync(folder, { mode: 0o700 });
    if (user) chownSync(folder, user.uid, user.gid);
  }
  const { uid } = lstatSync(folder);
  if ([user?.uid, process.getuid?.()].includes(uid)) return;
  throw new LaunchProblem(`The folder ${folder} for Postgres's socket belongs to somebody else (uid ${uid}).`);
}

/** @param {{ folder: string, bin: string, user: import('./layout.mjs').ServiceUser | null, durable: boolean, log?: string }} of */
async function makeCluster({ folder, bin, user, durable, log }) {
  const unfinished = join(folder, 'cluster.new');
  const passwordFile = join(folder, 'password');
  const making = join(folder, 'making.log');
  await rm(unfinished, { recursive: true, force: true });
  writeFileSync(passwordFile, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
  if (user) chownSync(passwordFile, user.uid, user.gid);
  const options = ['--username', databaseUser, '--pwfile', passwordFile, '--auth', 'scram-sha-256'];
  await run(
    join(bin, 'initdb'),
    ['-D', unfinished, ...options, '--encoding', 'UTF8', '--locale', 'C', ...(durable ? [] : ['--no-sync'])],
    {
      log: log ?? making,
      env: environment,
      user,
      cwd: '/',
    },
  );
  // `nbpulse` must exist before anyone connects; a single-user server makes it without one.
  await run(
    '/bin/sh',
    [
      '-c',
      `echo 'CREATE DATABASE nbpulse' | "$1" --single -D "$2" ${durable ? '' : '-F'} postgres`,
      'sh',
      join(bin, 'postgres'),
      unfinished,
    ],
    {
      log: log ?? making,
      env: environment,
      user,
      cwd: '/',
    },
  );
  await rename(unfinished, join(folder, 'cluster'));
  await rm(making, { force: true });
}

/** A Postgres whose launcher was killed needs a moment to end. @param {string} cluster */
async function whenStopped(cluster) {
  for (const until = performance.now() + 15_000; ; await delay(20)) {
    let pid;
    try {
      pid = Number(readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n')[0]);
    } catch {
      return;
    }
    if (processMark(pid) === null || !isPostgres(pid)) return;
    if (performance.now() > until) {
      throw new LaunchProblem(`Another Postgres (process ${pid}) uses ${cluster}.`, `Stop it: kill -INT ${pid}`);
    }
  }
}

/** @param {number} pid */
function isPostgres(pid) {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('postgres');
  } catch {
    return process.platform !== 'linux';
  }
}

/** @param {import('./tied-process.mjs').TiedProcess} tied @param {string | undefined} log */
async function untilReady(tied, log) {
  const file = log === undefined ? undefined : createWriteStream(log, { flags: 'a', mode: 0o600 });
  file?.on('error', () => undefined);
  let said = '';
  /** @type {(ready: boolean) => void} */
  let settle;
  /** @type {Promise<boolean>} */
  const ready = new Promise((done) => (settle = done));
  const listen = (/** @type {Buffer} */ chunk) => {
    file?.write(chunk);
    if (said.length > 100_000) return;
    said += chunk.toString();
    if (said.includes('database system is ready to accept connections')) settle(true);
  };
  tied.child.stdout?.on('data', listen);
  tied.child.stderr?.on('data', listen);
  tied.child.once('close', () => {
    file?.end();
    settle(false);
  });
  const timer = setTimeout(() => settle(false), readyWithinMs);
  const started = await ready;
  clearTimeout(timer);
  if (started) {
    // From here on only the log wants its messages; what was read must not pile up.
    said = ' '.repeat(100_001);
    return;
  }
  await tied.stop();
  throw new LaunchProblem(
    `Postgres did not start. It said:\n${said.trim().split('\n').slice(-12).join('\n').replace(/^/gm, '    ')}`,
    log === undefined ? undefined : `All it said is in ${log}.`,
  );
}
