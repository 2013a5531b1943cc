/**
 * What lies in a folder of submissions. A file that isn't fit to be graded is a submission all the same, with the reason why:
 * nobody is left out silently. Files are opened without following links and without waiting for whoever writes a pipe.
 */
import { constants } from 'node:fs';
import { lstat, open, readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { limits, MiB } from '@nbpulse/schema/wire';
import { CliProblem } from '../problem.js';

export interface Found {
  /** The file's name; the folder's where each student has one. */
  name: string;
  /** From the folder of submissions on. */
  file: string;
  /** Why it is known beforehand that nothing can be graded. */
  problem?: string;
}

export interface FoundFolder {
  submissions: Found[];
  /** How many other files there were. */
  others: number;
}

/** What tools and operating systems leave behind. */
const leftBehind = /^(\..*|__pycache__|__MACOSX|node_modules|desktop\.ini|Thumbs\.db)$/;
const isSource = (name: string): boolean => /\.(ipynb|py)$/i.test(name);

/**
 * @param except the tests and the solution, should they lie in the same folder
 * @throws CliProblem, with 2, when there is no such folder or nothing in it
 */
export async function findSubmissions(folder: string, except: readonly string[]): Promise<FoundFolder> {
  const names = await readdir(folder).catch((error: unknown) => {
    throw new CliProblem(noFolder(folder, error), 2);
  });
  const own = new Set(await Promise.all(except.map((path) => realpath(path).catch(() => path))));
  const found: FoundFolder = { submissions: [], others: 0 };
  const byName = new Intl.Collator('en', { numeric: true });
  for (const name of names.sort((a, b) => byName.compare(a, b))) {
    if (leftBehind.test(name)) continue;
    const path = join(folder, name);
    if (own.has(await realpath(path).catch(() => path))) continue;
    const kind = await lstat(path).catch(() => null);
    if (kind?.isDirectory() === true) found.submissions.push(...(await inFolder(folder, name)));
    else if (isSource(name)) found.submissions.push({ name, file: name });
    else found.others += 1;
  }
  if (found.submissions.length > 0) return found;
  throw new CliProblem(
    `There is nothing to grade in ${folder}: it holds no .ipynb and no .py, and no folder with one in it.`,
    2,
  );
}

/** A folder for each student, as course systems hand them out. One without a notebook is none, unless it is called like one. */
async function inFolder(folder: string, name: string): Promise<Found[]> {
  if (isSource(name)) return [{ name, file: name, problem: 'is a folder, not a file' }];
  const inside = await readdir(join(folder, name)).catch(() => null);
  if (inside === null) return [{ name, file: name, problem: 'is a folder that cannot be opened' }];
  const sources = inside.filter((one) => isSource(one) && !leftBehind.test(one)).sort();
  const [only, second] = sources;
  if (only === undefined) return [];
  if (second === undefined) return [{ name, file: `${name}/${only}` }];
  const problem = `is a folder with ${String(sources.length)} notebooks or programs (${only}, ${second}${sources.length > 2 ? ', …' : ''}); leave one in it`;
  return [{ name, file: name, problem }];
}

const noFolder = (folder: string, error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOENT') return `There is no folder ${folder}. Name the one that holds the submissions.`;
  if (code === 'ENOTDIR') return `${folder} is a file. Name the folder that holds the submissions.`;
  return `${folder} cannot be opened (${code}). May you read it?`;
};

/** @returns its bytes, or why it cannot be graded, in words that go on after its name */
export async function readSubmission(folder: string, found: Found): Promise<Buffer | string> {
  if (found.problem !== undefined) return found.problem;
  const path = join(folder, found.file);
  let file;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    return whyNotOpen(path, error);
  }
  try {
    const kind = await file.stat();
    if (kind.isDirectory()) return 'is a folder, not a file';
    if (!kind.isFile()) return 'is no ordinary file';
    if (kind.size === 0) return 'is empty';
    if (kind.size > limits.notebookBytes) return tooLarge(kind.size);
    const bytes = Buffer.alloc(limits.notebookBytes + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await file.read(bytes, length, bytes.length - length, null);
      length += bytesRead;
      if (bytesRead === 0 || length === bytes.length) break;
    }
    return length > limits.notebookBytes ? tooLarge(length) : Buffer.from(bytes.subarray(0, length));
  } catch (error) {
    return `cannot be read (${codeOf(error)})`;
  } finally {
    await file.close();
  }
}

async function whyNotOpen(path: string, error: unknown): Promise<string> {
  const code = codeOf(error);
  if (code === 'ELOOP' || code === 'EMLINK') {
    const target = await stat(path).catch(() => null);
    return `is a symbolic link${target === null ? ' to nothing' : ''}; put the file itself there`;
  }
  if (code === 'EACCES') return 'cannot be read: permission is missing';
  if (code === 'ENOENT') return 'is gone, or its name is no text in UTF-8';
  return `cannot be read (${code})`;
}

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '?');
const tooLarge = (bytes: number): string =>
  `has ${(bytes / MiB).toFixed(1)} MiB, and at most ${String(limits.notebookBytes / MiB)} are graded; clear its outputs`;
