/**
 * The examples as a student gets them: copied to the data folder, so that a checkout stays clean, and told where to send.
 * A copy that is there is never overwritten; only its metadata is brought up to date. Tests and solutions are not copied.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { root } from './layout.mjs';
import { writeWhole } from './steps.mjs';

const examples = join(root, 'examples');

/** @typedef {{ server: string, lab: string, joinCode?: string, assignment?: string }} NotebookMetadata */

/**
 * @param {string} notebooks where students' notebooks are kept
 * @param {{ server: string, lab: string, joinCode?: string }} stamp
 * @returns {string | null} the notebook that a student opens first, relative to `notebooks`
 */
export function copyExamples(notebooks, stamp) {
  for (const name of existsSync(examples) ? readdirSync(examples) : []) {
    const folder = join(examples, name);
    const manifest = manifestOf(folder);
    // An assignment gives its students the template and the data files; any other example gives its notebooks.
    const given = manifest ? [manifest.template, ...manifest.data] : notebooksIn(folder);
    for (const path of given) {
      const copy = join(notebooks, name, path);
      if (!existsSync(copy)) {
        mkdirSync(dirname(copy), { recursive: true });
        cpSync(join(folder, path), copy, { recursive: true });
      }
      if (path.endsWith('.ipynb'))
        stampNotebook(copy, { ...stamp, ...(manifest ? { assignment: manifest.slug } : {}) });
    }
  }
  const first = 'hello-send/lab.ipynb';
  return existsSync(join(notebooks, first)) ? first : null;
}

/** @param {string} folder */
function notebooksIn(folder) {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.ipynb'));
  } catch {
    return [];
  }
}

/** @param {string} folder @returns {{ slug: string, template: string, data: string[] } | null} null when it is no assignment */
function manifestOf(folder) {
  const path = join(folder, 'assignment.yaml');
  if (!existsSync(path)) return null;
  /** @type {typeof import('yaml')} */
  const yaml = createRequire(join(root, 'server/package.json'))('yaml');
  const { slug, template = 'template.ipynb', data = [] } = yaml.parse(readFileSync(path, 'utf8'));
  return { slug, template, data };
}

/** @param {string} path @param {NotebookMetadata} stamp */
export function stampNotebook(path, stamp) {
  let notebook;
  try {
    notebook = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return; // a student's damaged file is theirs; the extension tells them
  }
  if (notebook === null || typeof notebook !== 'object') return;
  if (JSON.stringify(notebook.metadata?.nbpulse) === JSON.stringify(stamp)) return;
  notebook.metadata = { ...notebook.metadata, nbpulse: stamp };
  writeWhole(path, `${JSON.stringify(notebook, null, 1)}\n`);
}
