/** An assignment's folder on disk, read for a push: only what the manifest names, nothing outside the folder, no links. */
import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assignmentFile, limits, type AssignmentPush } from '@nbpulse/schema/wire';
import { parseManifest, pushProblems, type Checked } from './manifest.js';

/** What tools leave behind; never part of an assignment. */
const left = /^(__pycache__|\.ipynb_checkpoints|\.pytest_cache|\.mypy_cache|\.ruff_cache|\.DS_Store|\.git)$/;

/** Reads `assignment.yaml`, the template, solution, tests, data and `requirements.txt` of a folder. */
export async function readAssignmentFolder(folder: string): Promise<Checked<AssignmentPush>> {
  const text = await readFile(join(folder, 'assignment.yaml'), 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && ['ENOENT', 'ENOTDIR'].includes(String(error.code))) return null;
    throw error;
  });
  if (text === null) {
    return {
      ok: false,
      problems: [`There is no assignment.yaml in ${folder}. It names the template and the tests of an assignment.`],
    };
  }
  const manifest = parseManifest(text);
  if (!manifest.ok) return manifest;

  const { template, solution, tests, data } = manifest.value;
  const reading: Reading = { folder, files: new Map(), problems: [], bytes: 0 };
  for (const entry of [
    template,
    ...(solution === undefined ? [] : [solution]),
    ...tests,
    ...data,
    'requirements.txt',
  ]) {
    await read(reading, entry.replace(/^\.\//, '').replace(/\/+$/, ''));
  }
  if (reading.problems.length > 0) return { ok: false, problems: reading.problems };
  const push: AssignmentPush = {
    manifest: manifest.value,
    files: [...reading.files]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([path, bytes]) => ({ path, b64: bytes.toString('base64') })),
  };
  const problems = pushProblems(push);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value: push };
}

interface Reading {
  folder: string;
  files: Map<string, Buffer>;
  problems: string[];
  bytes: number;
}

async function read(reading: Reading, path: string): Promise<void> {
  if (reading.files.has(path) || reading.problems.length > 0) return;
  const fits = assignmentFile.shape.path.safeParse(path);
  if (!fits.success) {
    reading.problems.push(`${path}: must be inside the folder: ${fits.error.issues[0]?.message ?? 'not a path'}.`);
    return;
  }
  // Each step on the way is looked at: a linked folder could lead anywhere.
  const steps = path.split('/');
  for (let count = 1; count <= steps.length; count += 1) {
    const at = steps.slice(0, count).join('/');
    const found = await lstat(join(reading.folder, at)).catch(() => null);
    // A missing file is told by `pushProblems`, which knows what it is for.
    if (!found) return;
    if (found.isSymbolicLink()) {
      reading.problems.push(`${at} is a symbolic link; put the file itself there.`);
      return;
    }
    if (count < steps.length) continue;
    if (found.isDirectory()) {
      for (const name of (await readdir(join(reading.folder, path))).sort()) {
        if (!left.test(name)) await read(reading, `${path}/${name}`);
      }
      return;
    }
    if (!found.isFile()) {
      reading.problems.push(`${path} is neither a file nor a folder.`);
      return;
    }
    reading.bytes += found.size;
    if (reading.bytes > limits.assignmentBytes) {
      reading.problems.push(
        `The files have more than ${String(limits.assignmentBytes / 1024 / 1024)} MiB together (reached at ${path}). Leave large data out.`,
      );
      return;
    }
    if (reading.files.size >= limits.assignmentFiles) {
      reading.problems.push(`There are more than ${String(limits.assignmentFiles)} files (reached at ${path}).`);
      return;
    }
    reading.files.set(path, await readFile(join(reading.folder, path)));
  }
}
