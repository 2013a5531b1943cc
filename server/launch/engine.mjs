/**
 * Which sandbox this host gets: Docker when it was asked for, else bubblewrap – the one on the PATH if it works here, else the
 * pinned wheel's – else none, with the reason. What the engine can hold (its tier) is for `nbpulse doctor` to say.
 */
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ask } from './command.mjs';

/**
 * @typedef {{ engine: 'bubblewrap', bwrap: string } | { engine: 'docker' } | { engine: 'none', why: string, cure: string }} Engine
 */

/** All namespaces that a sandbox needs, and nothing else. @param {string} bwrap @param {import('./layout.mjs').ServiceUser | null} user */
async function works(bwrap, user) {
  const namespaces = ['--unshare-all', '--die-with-parent', '--new-session', '--cap-drop', 'ALL'];
  const said = await ask(
    bwrap,
    [...namespaces, '--ro-bind', '/', '/', '--proc', '/proc', '--dev', '/dev', 'echo', 'inside'],
    { user, cwd: '/' },
  );
  return said === 'inside';
}

/**
 * @param {import('./layout.mjs').Home} home
 * @param {string | undefined} fromWheel the wheel's bwrap
 * @returns {Promise<Engine>}
 */
export async function chooseEngine(home, fromWheel) {
  if (process.env.NBPULSE_ENGINE === 'docker') return { engine: 'docker' };
  const onPath = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'bwrap'));
  const there = [...onPath.filter(executable), ...(fromWheel && existsSync(fromWheel) ? [fromWheel] : [])];
  for (const bwrap of there) if (await works(bwrap, home.user)) return { engine: 'bubblewrap', bwrap };
  if (process.platform !== 'linux') {
    return {
      engine: 'none',
      why: `${process.platform} has no bubblewrap`,
      cure: 'install Docker, then: NBPULSE_ENGINE=docker npm start',
    };
  }
  if (there.length === 0) {
    return {
      engine: 'none',
      why: 'bubblewrap is not there and its wheel could not be fetched',
      cure: 'apt-get install bubblewrap',
    };
  }
  return {
    engine: 'none',
    why: 'this host refuses user namespaces to ordinary users',
    cure: 'npx nbpulse doctor says which setting; or with Docker: NBPULSE_ENGINE=docker npm start',
  };
}

/** @param {string} path */
function executable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
