/** npm packages exactly as package-lock.json says; install scripts never run. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ask, run } from './command.mjs';
import { root } from './layout.mjs';
import { LaunchProblem } from './problem.mjs';
import { showing } from './progress.mjs';

/** @param {string} path @returns {Record<string, any> | null} */
function packagesOf(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages;
  } catch {
    return null;
  }
}

/**
 * Whether node_modules holds what the lock names. npm writes its own list there last, so an installation that was stopped has none.
 * @param {string} [folder] the checkout
 */
export function packagesMatch(folder = root) {
  const wanted = packagesOf(join(folder, 'package-lock.json'));
  const present = packagesOf(join(folder, 'node_modules/.package-lock.json'));
  if (wanted === null || present === null) return false;
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '' || entry.link || !path.includes('node_modules/')) continue;
    const found = present[path];
    // What npm may leave out: other platforms' packages, and peers that nobody asked for.
    if (
      found === undefined &&
      (entry.optional || entry.devOptional || entry.peer || entry.extraneous || entry.ideallyInert)
    )
      continue;
    if (found === undefined || found.version !== entry.version || found.integrity !== entry.integrity) return false;
  }
  return true;
}

/** @param {import('./layout.mjs').Home} home */
export async function ensureNpmPackages(home) {
  if (packagesMatch()) return;
  if ((await ask('npm', ['--version'])) === null) {
    throw new LaunchProblem(
      'npm is not installed; it brings the packages that nbpulse is built from.',
      'apt-get install npm   (or install Node.js with npm)',
    );
  }
  await showing('npm packages (about two minutes)', () =>
    run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
      log: join(home.logs, 'npm.log'),
      cwd: root,
      cure: 'When the npm registry cannot be reached: npm config get registry; behind a proxy set HTTPS_PROXY. Then start again.',
    }),
  );
  if (!packagesMatch()) {
    throw new LaunchProblem(
      'npm ci ended well, yet node_modules differs from package-lock.json.',
      'rm -r node_modules, then start again.',
    );
  }
}
