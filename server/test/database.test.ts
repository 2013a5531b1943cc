import { readdirSync } from 'node:fs';
import postgres from 'postgres';
import { describe, expect, it } from 'vitest';
import { createDatabase, useDatabase } from './database.js';

describe('a test database', () => {
  const database = useDatabase({ migrated: false });

  it('is empty, and no other file sees it', async () => {
    const sql = postgres(database.url);
    const [row] = await sql<
      { tables: number }[]
    >`SELECT count(*)::int AS tables FROM pg_tables WHERE schemaname = 'public'`;
    await sql.end();
    expect(row?.tables).toBe(0);
  });

  it('refuses TCP: Postgres listens on its socket only', async () => {
    const sql = postgres(database.url);
    const [row] = await sql<{ listen_addresses: string }[]>`SHOW listen_addresses`;
    await sql.end();
    expect(row?.listen_addresses).toBe('');
  });

  it('fails a test that leaves a connection open, and says what it last did', async () => {
    const leaky = await createDatabase({ migrated: false });
    const sql = postgres(leaky.url);
    await sql`SELECT 42 AS left_open`;
    await expect(leaky.drop()).rejects.toThrow(/left 1 database connections open[^]*left_open/);
    await sql.end().catch(() => undefined);
  });

  it('is cloned from a template that has every migration', async () => {
    const migrated = await createDatabase();
    const sql = postgres(migrated.url);
    const [row] = await sql<
      { tables: number }[]
    >`SELECT count(*)::int AS tables FROM pg_tables WHERE schemaname = 'public'`;
    await sql.end();
    await migrated.drop();
    const migrations = readdirSync(new URL('../../schema/migrations', import.meta.url)).filter((name) =>
      name.endsWith('.sql'),
    );
    expect(migrations.length).toBeGreaterThan(0);
    expect(row?.tables).toBeGreaterThan(0);
  });
});
