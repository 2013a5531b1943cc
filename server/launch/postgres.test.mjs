import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { root } from './layout.mjs';
import { copyBeforeMigration, startPostgres, startThrowawayPostgres } from './postgres.mjs';
import { processesWith, startNode, temporaryFolder, until } from './testing.mjs';

/** @type {typeof import('postgres')} */
const connect = createRequire(join(root, 'server/package.json'))('postgres');

/** @template T @param {string} url @param {(sql: import('postgres').Sql) => Promise<T>} work */
async function withSql(url, work) {
  const sql = connect(url, { max: 1, onnotice: () => undefined });
  try {
    return await work(sql);
  } finally {
    await sql.end();
  }
}

/** A durable Postgres in another process. @param {import('node:test').TestContext} test @param {string} dataDir */
function startElsewhere(test, dataDir) {
  const module = new URL('./postgres.mjs', import.meta.url).href;
  return startNode(test, [
    '--input-type=module',
    '-e',
    `import { startPostgres } from ${JSON.stringify(module)};
     const { url } = await startPostgres({ dataDir: ${JSON.stringify(dataDir)} });
     console.log('url=' + url);
     setInterval(() => undefined, 1e6);`,
  ]);
}

describe('the embedded Postgres', () => {
  it('keeps what was committed through a SIGKILL of its parent, and leaves no process', async (test) => {
    const dataDir = join(temporaryFolder(test), 'postgres');
    const parent = startElsewhere(test, dataDir);
    const [, url] = await parent.says(/url=(\S+)/);
    await withSql(url, async (sql) => {
      await sql`CREATE TABLE kept (n int)`;
      await sql`INSERT INTO kept VALUES (42)`;
    });
    parent.child.kill('SIGKILL');
    // The next start waits for the end of the one before; nothing here does.
    const postgres = await startPostgres({ dataDir });
    assert.deepEqual([...(await withSql(postgres.url, (sql) => sql`SELECT n FROM kept`))], [{ n: 42 }]);
    await postgres.stop();
    await until('no process is left', () => processesWith(dataDir).length === 0);
  });

  it('logs that a statement failed, not whose row it was', async (test) => {
    const folder = temporaryFolder(test);
    const log = join(folder, 'postgres.log');
    const postgres = await startPostgres({ dataDir: join(folder, 'postgres'), log });
    try {
      await withSql(postgres.url, async (sql) => {
        await sql`CREATE TABLE person (name text PRIMARY KEY)`;
        const add = () => sql`INSERT INTO person VALUES (${'Ada Lovelace'})`;
        await add();
        await assert.rejects(add, /duplicate key/);
      });
      await until('the log tells', () => readFileSync(log, 'utf8').includes('duplicate key'));
      assert.doesNotMatch(readFileSync(log, 'utf8'), /Lovelace/);
    } finally {
      await postgres.stop();
    }
  });

  it('listens on its socket only, asks for a password, and keeps others out of its folders', async (test) => {
    const dataDir = join(temporaryFolder(test), 'postgres');
    const postgres = await startPostgres({ dataDir });
    try {
      assert.deepEqual(
        [...(await withSql(postgres.url, (sql) => sql`SHOW listen_addresses`))],
        [{ listen_addresses: '' }],
      );
      const otherPassword = postgres.url.replace(/:[^:@/]+@/, ':guess@');
      await assert.rejects(
        withSql(otherPassword, (sql) => sql`SELECT 1`),
        /password authentication failed/,
      );
      const hba = readFileSync(join(dataDir, 'cluster/pg_hba.conf'), 'utf8');
      assert.doesNotMatch(hba, /^[^#]*\btrust\b/m);
      assert.equal(statSync(dataDir).mode & 0o777, 0o700);
      if (process.getuid?.() === 0) assert.notEqual(statSync(dataDir).uid, 0);
    } finally {
      await postgres.stop();
    }
  });

  it('refuses a folder of another version, and says with what it can be read', async (test) => {
    const dataDir = join(temporaryFolder(test), 'postgres');
    await (await startPostgres({ dataDir, durable: false })).stop();
    writeFileSync(join(dataDir, 'cluster/PG_VERSION'), '15\n');
    await assert.rejects(startPostgres({ dataDir }), (/** @type {any} */ error) => {
      assert.match(error.message, /made by Postgres 15, and this is Postgres \d+/);
      assert.match(error.cure, /--pg-bin \/usr\/lib\/postgresql\/15\/bin/);
      return true;
    });
  });

  it('makes its cluster anew when making it was stopped half-way', async (test) => {
    const dataDir = join(temporaryFolder(test), 'postgres');
    await (await startPostgres({ dataDir, durable: false })).stop();
    assert.deepEqual(readdirSync(dataDir).sort(), ['cluster', 'password']);
    const unfinished = join(temporaryFolder(test), 'postgres');
    const parent = startElsewhere(test, unfinished);
    await until('initdb is at work', () => existsSync(join(unfinished, 'cluster.new')));
    parent.child.kill('SIGKILL');
    await until('nobody is at work there', () => processesWith(unfinished).length === 0);
    assert.ok(!existsSync(join(unfinished, 'cluster')));
    const postgres = await startPostgres({ dataDir: unfinished, durable: false });
    assert.equal((await withSql(postgres.url, (sql) => sql`SELECT 1`)).length, 1);
    await postgres.stop();
  });

  it('is copied before a migration; the copy starts, and only the last one is kept', async (test) => {
    const folder = temporaryFolder(test);
    const dataDir = join(folder, 'postgres');
    const log = join(folder, 'log');
    assert.equal(await copyBeforeMigration(dataDir, log), null);
    for (const n of [1, 2]) {
      const postgres = await startPostgres({ dataDir, durable: false });
      await withSql(postgres.url, async (sql) => {
        await sql`CREATE TABLE IF NOT EXISTS counted (n int)`;
        await sql`INSERT INTO counted VALUES (${n})`;
      });
      await postgres.stop();
      assert.equal(await copyBeforeMigration(dataDir, log), join(dataDir, 'before-migration'));
    }
    assert.deepEqual(readdirSync(dataDir).sort(), ['before-migration', 'cluster', 'password']);
    const { renameSync, rmSync } = await import('node:fs');
    rmSync(join(dataDir, 'cluster'), { recursive: true });
    renameSync(join(dataDir, 'before-migration'), join(dataDir, 'cluster'));
    const restored = await startPostgres({ dataDir, durable: false });
    assert.equal((await withSql(restored.url, (sql) => sql`SELECT n FROM counted`)).length, 2);
    await restored.stop();
  });

  it('for a test run leaves nothing in the temporary folder', async () => {
    const postgres = await startThrowawayPostgres();
    const folder = decodeURIComponent(new URL(postgres.url).hostname);
    assert.ok(existsSync(join(folder, 'cluster')));
    await postgres.stop();
    assert.ok(!existsSync(folder));
  });

  it('names a --pg-bin that holds no Postgres', async (test) => {
    const folder = temporaryFolder(test);
    await assert.rejects(startPostgres({ dataDir: join(folder, 'postgres'), binDir: folder }), /holds no initdb/);
  });
});
