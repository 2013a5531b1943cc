/**
 * A fresh, migrated database for a test file, on the run's Postgres.
 *
 *     const database = useDatabase();
 *     it('…', async () => { const sql = postgres(database.url); … await sql.end(); });
 *
 * All migrations run once, in a template; each file's database is a clone of it (some 30 ms). After the file's last test the
 * fixture fails if a connection was left open, then drops the database.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import postgres from 'postgres';
import { afterAll, beforeAll, inject } from 'vitest';
import { migrate } from '../src/database/index.js';

const template = 'migrated_template';
/** Any number; the files of a run wait for each other on it while the template is made. */
const templateLock = 7_301;
/** A pool that was told to end needs a moment until Postgres has seen it. */
const connectionsGoneWithinMs = 30_000;

export interface TestDatabase {
  /** Set before the file's first test. */
  readonly url: string;
}

/** Registers the hooks that make and drop the file's database. `migrated: false` gives an empty one. */
export function useDatabase(options: { migrated?: boolean } = {}): TestDatabase {
  let made: { url: string; drop(): Promise<void> } | undefined;
  beforeAll(async () => {
    made = await createDatabase(options);
  });
  afterAll(async () => {
    await made?.drop();
  });
  return {
    get url() {
      if (made === undefined)
        throw new Error('The database is there from beforeAll on; do not read its url while tests are collected.');
      return made.url;
    },
  };
}

/** A database by hand; `drop` fails when connections to it are still open. */
export async function createDatabase({ migrated = true } = {}): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asAdmin(async (sql) => {
    if (!migrated) {
      await sql.unsafe(`CREATE DATABASE ${name}`);
      return;
    }
    await sql`SELECT pg_advisory_lock(${templateLock})`;
    try {
      const [known] = await sql`SELECT 1 FROM pg_database WHERE datname = ${template}`;
      if (known === undefined) {
        const unfinished = `${template}_new`;
        await sql.unsafe(`DROP DATABASE IF EXISTS ${unfinished} WITH (FORCE)`);
        await sql.unsafe(`CREATE DATABASE ${unfinished}`);
        await migrate(urlOf(unfinished));
        await sql.unsafe(`ALTER DATABASE ${unfinished} RENAME TO ${template}`);
      }
      await sql.unsafe(`CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY wal_log`);
    } finally {
      await sql`SELECT pg_advisory_unlock(${templateLock})`;
    }
  });
  return {
    url: urlOf(name),
    async drop() {
      const left = await asAdmin(async (sql) => {
        const until = Date.now() + connectionsGoneWithinMs;
        for (;;) {
          const open = await sql<{ application_name: string; query: string }[]>`
            SELECT application_name, query FROM pg_stat_activity WHERE datname = ${name} AND backend_type = 'client backend'`;
          if (open.length === 0 || Date.now() > until) {
            await sql.unsafe(`DROP DATABASE ${name} WITH (FORCE)`);
            return open.map((connection) => `${connection.application_name}: ${connection.query.slice(0, 200)}`);
          }
          await delay(20);
        }
      });
      if (left.length > 0) {
        throw new Error(
          `The test left ${left.length} database connections open; their last statements:\n${left.join('\n')}`,
        );
      }
    },
  };
}

function urlOf(name: string): string {
  return inject('postgresUrl').replace(/\/[^/]*$/, `/${name}`);
}

async function asAdmin<T>(work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(inject('postgresUrl'), { max: 1, onnotice: () => undefined });
  try {
    return await work(sql);
  } finally {
    await sql.end();
  }
}
