/**
 * Where things stand. Two folders, both `.nbpulse/` of the checkout unless told otherwise:
 *
 * - *home*: what set-up makes once for this checkout (stamps, tools, Python environments, our wheel, caches). As root it must
 *   be readable by other uids, because Postgres and the sandbox run as one: a checkout that others cannot reach (below
 *   /root, say) has its home in /var/lib/nbpulse instead.
 * - *data*: what people make (postgres, blobs, secrets, notebooks, logs). `--data` moves it.
 */
import { createHash } from 'node:crypto';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LaunchProblem } from './problem.mjs';

/** The checkout. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** @typedef {{ uid: number, gid: number, name: string }} ServiceUser */

/**
 * The unprivileged user that Postgres and sandboxes run as when we are root; null when we are not root.
 * It needs a passwd entry (initdb refuses a uid without a name).
 * @returns {ServiceUser | null}
 */
export function serviceUser() {
  if (process.getuid?.() !== 0) return null;
  for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
    const [name, , uid, gid] = line.split(':');
    if (name === 'nobody') return { name, uid: Number(uid), gid: Number(gid) };
  }
  throw new LaunchProblem(
    'As root, Postgres and the sandbox run as the user "nobody", and /etc/passwd has no such user.',
    'Start as an ordinary user, or add it: useradd --system --no-create-home nobody',
  );
}

/** True when every folder from / down to `path` lets any user pass. @param {string} path */
export function reachableByOthers(path) {
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    if (existsSync(folder) && (statSync(folder).mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

/** @param {string} path @param {number} mode @param {{ uid: number, gid: number } | null} [owner] */
export function makeFolder(path, mode, owner) {
  mkdirSync(path, { recursive: true });
  chmodSync(path, mode);
  if (owner) chownSync(path, owner.uid, owner.gid);
  return path;
}

/** Set-up's own folder; made if it is not there. */
export function openHome() {
  const user = serviceUser();
  const inCheckout = join(root, '.nbpulse');
  if (user === null) {
    makeFolder(inCheckout, 0o700);
    return homeOf(makeFolder(join(inCheckout, 'setup'), 0o700), user);
  }
  const shared = reachableByOthers(root);
  const base = shared
    ? inCheckout
    : join('/var/lib/nbpulse', `${basename(root)}-${createHash('sha256').update(root).digest('hex').slice(0, 8)}`);
  if (!shared) makeFolder('/var/lib/nbpulse', 0o711);
  makeFolder(base, 0o711);
  return homeOf(makeFolder(join(base, 'setup'), 0o755), user);
}

/** @param {string} setup @param {ServiceUser | null} user */
function homeOf(setup, user) {
  return {
    user,
    /** The folder that `--data` replaces. */
    defaultData: dirname(setup),
    setup,
    stamps: makeFolder(join(setup, 'stamps'), 0o755),
    logs: makeFolder(join(setup, 'logs'), 0o755),
    tools: join(setup, 'tools'),
    wheels: join(setup, 'wheels'),
    caches: join(setup, 'caches'),
    /** Postgres binaries, when those in node_modules cannot be reached by the uid that runs them. */
    postgres: join(setup, 'postgres'),
    /** @param {'lab' | 'grading' | 'develop' | 'nbgrader'} name */
    python: (name) => join(setup, 'python', name),
  };
}
/** @typedef {ReturnType<typeof openHome>} Home */

/**
 * The folder of what people make; its parts are made if they are not there.
 * @param {Home} home @param {string | undefined} chosen what `--data` says
 */
export function openData(home, chosen) {
  const data = chosen === undefined ? home.defaultData : resolve(chosen);
  if (home.user && !reachableByOthers(dirname(data))) {
    throw new LaunchProblem(
      `The data folder ${data} cannot be reached by the user "${home.user.name}", which Postgres runs as because you are root.`,
      'Choose one that can: npm start -- --data /var/lib/nbpulse/data',
    );
  }
  makeFolder(data, home.user ? 0o711 : 0o700);
  const part = (/** @type {string} */ name) => makeFolder(join(data, name), 0o700);
  return {
    data,
    postgres: makeFolder(join(data, 'postgres'), 0o700, home.user),
    blobs: part('blobs'),
    secrets: part('secrets'),
    notebooks: part('notebooks'),
    jupyter: part('jupyter'),
    logs: part('logs'),
    running: join(data, 'running.json'),
  };
}
/** @typedef {ReturnType<typeof openData>} Data */
