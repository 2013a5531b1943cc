/** Files over 400 lines, unless their opening comment says why: a line with `long because`. */
import { readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './layout.mjs';

const maxLines = 400;
const openingLines = 30;
const source = /\.(ts|tsx|mjs|js|cjs|py|css|sh)$/;

/** @returns {string[]} one sentence per file */
export function tooLong() {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: root,
    encoding: 'utf8',
  });
  return listed
    .split('\0')
    .filter((path) => source.test(path))
    .flatMap((path) => {
      let text;
      try {
        text = readFileSync(join(root, path), 'utf8');
      } catch {
        return []; // removed from the work tree, not yet from the index
      }
      const lines = text.split('\n').length - 1;
      const excused = text
        .split('\n')
        .slice(0, openingLines)
        .some((line) => line.includes('long because'));
      return lines > maxLines && !excused
        ? [`${path} has ${lines} lines (at most ${maxLines}, or say "long because …" at its top)`]
        : [];
    });
}
