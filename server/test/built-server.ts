/** What tests start as processes is what is built: `server/dist`. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import postgres from 'postgres';
import { inject } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Any number; the files of a run wait for each other on it, so that none starts a process from a file that is being written. */
const buildLock = 7_302;

/**
 * Builds what changed, as `npm start` does: without a look at the types. The first file of tests that asks does it, the others
 * find it done. @throws what the compiler said.
 */
export async function buildServer(): Promise<void> {
  const sql = postgres(inject('postgresUrl'), { max: 1 });
  try {
    await sql`select pg_advisory_lock(${buildLock})`;
    const compiler = join(root, 'node_modules/typescript/bin/tsc');
    await promisify(execFile)(process.execPath, [compiler, '-b', '--noCheck', 'schema', 'sandbox', 'server'], {
      cwd: root,
    });
  } finally {
    await sql.end();
  }
}
