/**
 * Where the environments of this host stand: a folder each, beside the one that `npm start` made, with a record of what is in it.
 * A folder that is there is a whole one: it is made under another name and then renamed.
 */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { SandboxConfig } from '../environment.js';
import { EngineFault } from '../engine.js';

const environmentRecord = z.object({
  name: z.string(),
  /** Of everything that it was made from. */
  hash: z.string(),
  requirements: z.array(z.string()),
  madeAt: z.string(),
  /** For bubblewrap: the folder holds a venv. */
  venv: z.boolean(),
  /** For Docker: the image's tag. */
  image: z.string().nullable(),
});
export type EnvironmentRecord = z.infer<typeof environmentRecord>;

const recordName = 'environment.json';

/** @throws EngineFault when nothing says where. */
export function environmentsFolder(config: SandboxConfig): string {
  if (config.environmentsFolder !== undefined) return config.environmentsFolder;
  throw new EngineFault(
    'Nothing says where grading environments are kept.',
    'Run npm start once, or set NBPULSE_ENVIRONMENTS to a folder that other users of this host can read.',
  );
}

export const folderOf = (config: SandboxConfig, name: string): string => join(environmentsFolder(config), name);
export const pythonOf = (config: SandboxConfig, name: string): string =>
  join(folderOf(config, name), 'venv', 'bin', 'python3');

export async function findEnvironment(config: SandboxConfig, name: string): Promise<EnvironmentRecord | null> {
  const text = await readFile(join(folderOf(config, name), recordName), 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    const parsed = environmentRecord.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

export async function listEnvironments(config: SandboxConfig): Promise<EnvironmentRecord[]> {
  const names = await readdir(environmentsFolder(config)).catch(() => []);
  const found = await Promise.all(names.sort().map((name) => findEnvironment(config, name)));
  return found.filter((record) => record !== null);
}

export async function writeRecord(folder: string, record: EnvironmentRecord): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, recordName), `${JSON.stringify(record, null, 2)}\n`);
}

export const removeFolder = (config: SandboxConfig, name: string): Promise<void> =>
  rm(folderOf(config, name), { recursive: true, force: true });
