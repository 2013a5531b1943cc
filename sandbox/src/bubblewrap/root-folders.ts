/**
 * What a sandbox sees of the disk. Either a built root (`sandbox/images`), or one composed from the host: an empty tmpfs
 * with `/usr` read-only, its `/bin` `/lib` `/lib64` links, our own passwd and group, and the grading environment at
 * `/env`. Never the host's `/`: sockets in `/run` stay connectable through a read-only bind, and `/sys` names devices.
 */
import { execFile } from 'node:child_process';
import { lstat, readlink, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { EngineFault } from '../engine.js';
import type { Stage } from '../stage.js';

export interface RootFolders {
  /** bwrap's arguments that make the root, before the mounts that every root gets. */
  argv: readonly string[];
  /** The sandbox's PATH. */
  path: string;
  description: string;
}

export function builtRoot(folder: string): RootFolders {
  return {
    argv: ['--ro-bind', folder, '/'],
    path: '/usr/local/bin:/usr/bin:/bin',
    description: `root folder ${folder}`,
  };
}

/** @param gradingPython `<venv>/bin/python3`, made from an interpreter that other uids can read. */
export async function composedRoot(gradingPython: string, stage: Stage): Promise<RootFolders> {
  const { prefix, basePrefix, version } = await interpreterFolders(gradingPython);
  const argv = ['--ro-bind', '/usr', '/usr'];
  for (const name of ['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32']) {
    const found = await lstat(name).catch(() => undefined);
    if (found?.isSymbolicLink()) argv.push('--symlink', await readlink(name), name);
    else if (found?.isDirectory()) argv.push('--ro-bind', name, name);
  }
  argv.push('--ro-bind', stage.passwdPath, '/etc/passwd', '--ro-bind', stage.groupPath, '/etc/group');
  const isVenv = prefix !== basePrefix;
  if (isVenv) argv.push('--ro-bind', prefix, '/env');
  if (!basePrefix.startsWith('/usr')) argv.push('--ro-bind', basePrefix, basePrefix);
  const own = isVenv ? '/env/bin' : join(basePrefix, 'bin');
  return {
    argv,
    path: `${own}:/usr/local/bin:/usr/bin:/bin`,
    description: `host's /usr and Python ${version} of ${prefix}`,
  };
}

const askInterpreter = 'import sys; print(sys.prefix, sys.base_prefix, sys.version.split()[0], sep="\\n")';

async function interpreterFolders(python: string): Promise<{ prefix: string; basePrefix: string; version: string }> {
  const cure =
    'Run "npm start" once, it makes the grading environment; or set NBPULSE_GRADING_PYTHON to <venv>/bin/python3.';
  let printed: string;
  try {
    printed = (await promisify(execFile)(python, ['-I', '-c', askInterpreter], { timeout: 20_000 })).stdout;
  } catch (cause) {
    throw new EngineFault(`The grading environment's Python, ${python}, does not start.`, cure, { cause });
  }
  const [prefix, basePrefix, version] = printed.trim().split('\n');
  if (prefix === undefined || basePrefix === undefined || version === undefined) {
    throw new EngineFault(`${python} is no Python interpreter.`, cure);
  }
  // A venv's own link may lead through several folders; each must be there inside, or the interpreter isn't found.
  const real = dirname(dirname(await realpath(python)));
  return { prefix, basePrefix: basePrefix === prefix ? prefix : real.startsWith('/usr') ? basePrefix : real, version };
}
