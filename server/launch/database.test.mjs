import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { keepPostgres } from './database.mjs';
import { keepUp } from './keep-up.mjs';
import { root } from './layout.mjs';
import { LaunchProblem } from './problem.mjs';
import { processesWith, temporaryFolder, until } from './testing.mjs';
import { startTied } from './tied-process.mjs';

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

describe('the database of npm start', () => {
  it('is there again at its address with what it kept, after a SIGKILL and after a shutdown', async (test) => {
    const dataDir = join(temporaryFolder(test), 'postgres');
    const log = join(dataDir, '..', 'postgres.log');
    const pidFile = join(dataDir, 'cluster/postmaster.pid');
    let givenUp = false;
    const postgres = await keepPostgres({ dataDir, log, pauseMs: 10, onGivenUp: () => (givenUp = true) });
    try {
      await withSql(postgres.url, (sql) => sql`CREATE TABLE kept (n int)`);
      for (const [n, signal] of /** @type {const} */ (['SIGKILL', 'SIGINT', 'SIGKILL']).entries()) {
        await withSql(postgres.url, (sql) => sql`INSERT INTO kept VALUES (${n})`);
        const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0]);
        process.kill(pid, signal);
        await until(`another Postgres answers after ${signal}`, async () => {
          if (!existsSync(pidFile) || Number(readFileSync(pidFile, 'utf8').split('\n')[0]) === pid) return false;
          return withSql(postgres.url, (sql) => sql`SELECT n FROM kept`).then(
            (rows) => rows.length === n + 1,
            () => false,
          );
        });
      }
      assert.equal(givenUp, false);
    } finally {
      await postgres.stop();
    }
    assert.deepEqual(processesWith(dataDir), []);
    const sockets = decodeURIComponent(/@([^/]+)\//.exec(postgres.url)?.[1] ?? '');
    assert.match(sockets, /^\/tmp\/nbp/);
    assert.equal(existsSync(sockets), false);
  });
});

describe('what is kept up', () => {
  it('is given up when it ends at once, again and again, failed starts included', async () => {
    const start = async () => startTied('/bin/false', []);
    let starts = 1;
    let givenUp = 0;
    await keepUp({
      name: 'A test',
      log: 'nowhere',
      first: await start(),
      start: async () => {
        starts += 1;
        if (starts === 3) throw new LaunchProblem('It cannot be started.');
        return start();
      },
      stopped: new AbortController().signal,
      onGivenUp: () => (givenUp += 1),
      pauseMs: 1,
    });
    assert.deepEqual([starts, givenUp], [6, 1]);
  });

  it('is not started again once it is stopped, not even in the pause before', async () => {
    const stopped = new AbortController();
    let starts = 1;
    const keeping = keepUp({
      name: 'A test',
      log: 'nowhere',
      first: startTied('/bin/false', []),
      start: async () => {
        starts += 1;
        setImmediate(() => stopped.abort());
        return startTied('/bin/false', []);
      },
      stopped: stopped.signal,
      pauseMs: 20,
    });
    await keeping;
    assert.equal(starts, 2);
  });
});
