/** Which bwrap works here: the one on the PATH first, else the one that the configuration names (`npm start` gets a wheel's). */
import { execFile } from 'node:child_process';
import { access, constants, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface FoundBwrap {
  path: string;
  version: string;
  /** `setup`: named by NBPULSE_BWRAP, or fetched by `npm start`. */
  from: 'PATH' | 'setup';
}

export interface RefusedBwrap {
  path?: string;
  reason: string;
}

/** Existence and version only; whether the kernel lets it make namespaces is shown by starting a sandbox. */
export async function findBwrap(configured: string | undefined): Promise<(FoundBwrap | RefusedBwrap)[]> {
  const found: (FoundBwrap | RefusedBwrap)[] = [];
  const onPath = await findOnPath('bwrap');
  if (onPath === undefined) found.push({ reason: 'there is no bwrap on the PATH' });
  else found.push(await askVersion(onPath, 'PATH'));
  if (configured !== undefined && configured !== onPath) found.push(await askVersion(configured, 'setup'));
  return found;
}

async function askVersion(path: string, from: FoundBwrap['from']): Promise<FoundBwrap | RefusedBwrap> {
  try {
    const { stdout } = await promisify(execFile)(path, ['--version'], { timeout: 10_000 });
    const { mode } = await stat(path);
    if ((mode & 0o4000) !== 0) {
      return { path, reason: `${path} is setuid root: it refuses user namespaces of its own, which nbpulse needs` };
    }
    return { path, version: stdout.trim().replace(/^bubblewrap /, ''), from };
  } catch (error) {
    return { path, reason: `${path} does not start (${error instanceof Error ? error.message : String(error)})` };
  }
}

export async function findOnPath(name: string): Promise<string | undefined> {
  for (const folder of (process.env['PATH'] ?? '').split(':')) {
    const path = join(folder, name);
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (folder !== '' && isThere) return path;
  }
  return undefined;
}
