/** Where Python packages come from on this machine, as the launcher tells uv: one answer for it, for workers and for commands. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as PackageIndex from '../../launch/package-index.mjs';

/** The launcher is never compiled: found through the package's own name, it is the same from `src` and from `dist`. */
export async function uvVariables(): Promise<Record<string, string>> {
  const folder = dirname(createRequire(import.meta.url).resolve('@nbpulse/server/package.json'));
  const { href } = pathToFileURL(join(folder, 'launch', 'package-index.mjs'));
  const { packageIndex } = (await import(href)) as typeof PackageIndex;
  return packageIndex().forUv;
}
