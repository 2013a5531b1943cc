/** Where results go: where one said, else beside the submissions, else here, else nowhere. Never among the submissions. */
import { mkdir, mkdtemp, rmdir, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { CliProblem } from '../problem.js';

/**
 * Found before anything is graded, so that nobody waits for results that cannot be kept.
 * @returns null when there is no place: results are then only printed
 * @throws CliProblem, with 2, when the folder that was named cannot be written
 */
export async function outFolder(folder: string, named: string | undefined, here: string): Promise<string | null> {
  if (named !== undefined) {
    const problem = await whyNotWritable(named);
    if (problem !== null)
      throw new CliProblem(`--out ${named} cannot be written (${problem}). Name another folder.`, 2);
    return named;
  }
  const name = `${basename(folder) || 'submissions'}-graded`;
  const inside = (path: string): boolean => path === folder || path.startsWith(`${folder}/`);
  for (const parent of [dirname(folder), resolve(here)]) {
    const candidate = join(parent, name);
    if (inside(parent)) continue;
    if ((await whyNotWritable(candidate)) === null) return candidate;
  }
  return null;
}

async function whyNotWritable(folder: string): Promise<string | null> {
  try {
    const made = await makeFolder(folder);
    await rmdir(await mkdtemp(join(folder, '.nbpulse-')));
    // Only tried: a run that writes nothing leaves no empty folder.
    for (const path of made.reverse()) await rmdir(path);
    return null;
  } catch (error) {
    return codeOf(error);
  }
}

/**
 * @returns the folders that were not there, outermost first. Node's own `recursive` tries for ever where a folder is there and may
 * hold nothing new, as in /proc.
 */
async function makeFolder(path: string): Promise<string[]> {
  try {
    await mkdir(path);
    return [path];
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EEXIST') return [];
    const isParentThere = await stat(dirname(path)).then(
      () => true,
      () => false,
    );
    if (code !== 'ENOENT' || isParentThere) throw error;
    const above = await makeFolder(dirname(path));
    await mkdir(path);
    return [...above, path];
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error);

/** Writes files by their paths below the folder, and makes the folders on the way. What else is there stays. */
export async function writeFiles(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  for (const [path, text] of files) {
    const target = join(folder, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, text);
  }
}
