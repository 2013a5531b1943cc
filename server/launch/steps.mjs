/**
 * Set-up's steps. A step that was done leaves a stamp with a hash of what it was made from; it is done again when the hash
 * differs or when what it made is gone.
 *
 * The stamp is removed before the step begins and written (to a temporary name, then renamed) after it has ended, so a stop at
 * any moment, power cut included, leaves either a finished step or one that is done again from its beginning.
 */
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { showing } from './progress.mjs';

/**
 * @typedef {object} Step
 * @property {string} name stands in the stamp's file name and in the line of progress
 * @property {string} inputs a hash of all that the step is made from
 * @property {string[]} [makes] paths that must be there, or the step is done again
 * @property {() => Promise<void>} run
 */

/**
 * @param {string} stamps the stamps' folder
 * @param {Step} step
 * @returns {Promise<boolean>} whether anything had to be done
 */
export async function ensure(stamps, { name, inputs, makes = [], run }) {
  const stamp = join(stamps, `${name.replaceAll(/[^a-z0-9]+/gi, '-')}.json`);
  if (readStamp(stamp) === inputs && makes.every((path) => existsSync(path))) return false;
  rmSync(stamp, { force: true });
  await showing(name, run);
  writeWhole(stamp, JSON.stringify({ name, inputs, doneAt: new Date().toISOString() }));
  return true;
}

/** @param {string} stamp */
function readStamp(stamp) {
  try {
    return JSON.parse(readFileSync(stamp, 'utf8')).inputs;
  } catch {
    return undefined;
  }
}

/** Writes a file so that a reader sees the old one or the new one, whole. @param {string} path @param {string} text @param {number} [mode] */
export function writeWhole(path, text, mode = 0o644) {
  const temporary = `${path}.${process.pid}.new`;
  const file = openSync(temporary, 'w', mode);
  writeSync(file, text);
  fsyncSync(file);
  closeSync(file);
  renameSync(temporary, path);
}

const notInputs = new Set([
  'node_modules',
  'dist',
  'lib',
  'labextension',
  '__pycache__',
  '.pytest_cache',
  '.mypy_cache',
]);

/**
 * A hash of files' paths and content; folders are walked. A path that is not there counts as such.
 * @param {string} base @param {string[]} paths relative to `base`
 */
export function hashOf(base, paths) {
  const hash = createHash('sha256');
  const visit = (/** @type {string} */ path) => {
    let entries;
    try {
      entries = readdirSync(join(base, path), { withFileTypes: true });
    } catch (error) {
      const content =
        /** @type {NodeJS.ErrnoException} */ (error).code === 'ENOTDIR' ? readFileSync(join(base, path)) : 'absent';
      hash.update(`${path}\0${content.length}\0`).update(content);
      return;
    }
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (notInputs.has(entry.name) || entry.name.endsWith('.tsbuildinfo')) continue;
      if (entry.isDirectory() || entry.isFile()) visit(join(path, entry.name));
    }
  };
  for (const path of paths) visit(path);
  return hash.digest('hex');
}

/** @param {...string} parts */
export const hashText = (...parts) => createHash('sha256').update(JSON.stringify(parts)).digest('hex');
