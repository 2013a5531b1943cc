import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { migrate as applyMigrations } from 'drizzle-orm/postgres-js/migrator';
import { openDatabase } from './client.js';

const folder = fileURLToPath(new URL('migrations', import.meta.resolve('@nbpulse/schema/package.json')));

/** Applies the forward-only migrations that this database lacks. Safe to call at each start, and from two processes at once. */
export async function migrate(url: string): Promise<void> {
  const database = openDatabase(url, 1);
  try {
    await database.db.execute(sql`select pg_advisory_lock(718226)`);
    await applyMigrations(database.db, { migrationsFolder: folder });
    await database.db.execute(sql`select pg_advisory_unlock(718226)`);
  } finally {
    await database.close();
  }
}
