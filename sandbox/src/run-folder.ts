/**
 * One run's folder on the host: the data files, mount points and the seam's address. It stands in the temporary folder,
 * readable by the sandboxes' uids (0711: they can pass, not list), and goes with the run. A worker that was killed leaves
 * it; the next one sweeps by the owner's mark in its name.
 */
import { chmod, chown, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { DataFile } from './engine.js';
import { isOwnerAlive, ownMark } from './owner-mark.js';

const prefix = 'nbpulse-run-';

export interface RunFolder {
  path: string;
  dataPath: string;
  remove(): Promise<void>;
}

/** @param at a path that does not exist yet, in a folder of ours; default a new one in the temporary folder. */
export async function makeRunFolder(data: readonly DataFile[], at?: string): Promise<RunFolder> {
  const path = at ?? (await mkdtemp(join(tmpdir(), `${prefix}${await ownMark()}-`)));
  const remove = (): Promise<void> => rm(path, { recursive: true, force: true });
  try {
    if (at !== undefined) await mkdir(at);
    await chmod(path, 0o711);
    const dataPath = join(path, 'data');
    await makeReadableFolder(dataPath);
    await writeData(dataPath, data);
    return { path, dataPath, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** @param dataPath a folder that is there. @throws Error when a path leads out of it, or twice to one file. */
export async function writeData(dataPath: string, data: readonly DataFile[]): Promise<void> {
  for (const file of data) {
    const segments = file.path.split('/');
    if (segments.some((segment) => segment === '' || segment === '.' || segment === '..')) {
      throw new Error(`"${file.path}" is no path inside the assignment.`);
    }
    const target = join(dataPath, ...segments);
    await makeReadableFolders(dataPath, dirname(target));
    await writeFile(target, file.bytes, { mode: 0o644, flag: 'wx' });
    await chmod(target, 0o644);
  }
}

/** chmod after mkdir, because a strict umask (077) would hide the folder from the sandbox's uid. */
export async function makeReadableFolder(path: string, owner?: number): Promise<void> {
  await mkdir(path, { recursive: true });
  await chmod(path, 0o755);
  if (owner !== undefined) await chown(path, owner, owner);
}

async function makeReadableFolders(root: string, path: string): Promise<void> {
  if (path === root) return;
  await makeReadableFolders(root, dirname(path));
  await makeReadableFolder(path);
}

/** Removes what killed workers left. Returns how many folders went. */
export async function sweepRunFolders(): Promise<number> {
  let swept = 0;
  for (const name of await readdir(tmpdir()).catch(() => [])) {
    const mark = /^nbpulse-(?:run|stage|nursery)-(\d+-\d+-\d+)-/.exec(name)?.[1];
    if (mark === undefined || (await isOwnerAlive(mark))) continue;
    await rm(join(tmpdir(), name), { recursive: true, force: true });
    swept += 1;
  }
  return swept;
}
