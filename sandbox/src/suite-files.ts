/** Which of an assignment's files go where: tests to the oracle only, data to both sandboxes. */
import type { AssignmentFile, AssignmentManifest } from '@nbpulse/schema/wire';
import type { DataFile } from './engine.js';

export interface SuiteFiles {
  tests: AssignmentFile[];
  data: DataFile[];
}

/** @returns `missing`: in words, what the manifest names and the assignment lacks. */
export function filesOfSuite(
  manifest: Pick<AssignmentManifest, 'tests' | 'data' | 'slug'>,
  files: readonly AssignmentFile[],
): SuiteFiles | { missing: string } {
  const tests = pick(manifest.tests, files);
  const data = pick(manifest.data, files);
  const lacking = [...tests.lacking, ...data.lacking];
  if (lacking.length > 0) {
    const named = lacking.map((path) => `"${path}"`).join(', ');
    return { missing: `The assignment ${manifest.slug} names ${named}, but no such file was pushed with it.` };
  }
  return {
    tests: tests.found,
    data: data.found.map(({ path, b64 }) => ({ path, bytes: Buffer.from(b64, 'base64') })),
  };
}

/** An entry names a file, or a folder with everything below it. */
function pick(
  entries: readonly string[],
  files: readonly AssignmentFile[],
): { found: AssignmentFile[]; lacking: string[] } {
  const found = new Map<string, AssignmentFile>();
  const lacking: string[] = [];
  for (const entry of entries) {
    const name = entry.replace(/^\.\//, '').replace(/\/+$/, '');
    const matching = files.filter((file) => name === '.' || file.path === name || file.path.startsWith(`${name}/`));
    if (matching.length === 0) lacking.push(entry);
    for (const file of matching) found.set(file.path, file);
  }
  return { found: [...found.values()], lacking };
}
