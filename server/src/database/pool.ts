/**
 * Connections of postgres.js that come back after the database was away.
 *
 * postgres.js 3.4 reuses a lost connection's object, and keeps in it what was about to be written (`chunk`, `nextWriteTimer` in its
 * connection.js). Reused, such a connection writes nothing any more, so each query on it hangs. A transaction makes it worse: its
 * callback goes on after the loss and writes a ROLLBACK to a socket that is null, from a timer where nobody can catch it.
 *
 * So no lost connection is used again. One pool is *current*; the first loss of any of its connections (or `renew`) makes it
 * *retired*: a new pool becomes current at once, what still runs in the old one has `retireWithinMs` to end, then is rejected as
 * away. Within a transaction of a retired pool no further statement is sent; one that only commits, on a connection that lives,
 * still commits. On a connection that died the callback of the transaction is left unsettled, which keeps postgres.js from
 * writing to it; its caller was told before.
 */
import { drizzle } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';

/** Its types do not know `close`, which ends idle connections without closing the pool for others. */
type Client = postgres.Sql<Record<string, unknown>> & { close: () => Promise<void> };
type TransactionClient = postgres.TransactionSql<Record<string, unknown>>;
type Options = postgres.Options<Record<string, postgres.PostgresType>>;

const retireWithinMs = 3_000;
/** A retired connection that was waiting to connect again may still do so, once; then it is closed as well. */
const sweepAfterMs = 5_000;

interface Pool {
  sql: Client;
  retired: boolean;
}

export interface Pools {
  /** What drizzle needs of a client; always of the current pool. */
  client: Client;
  /** Replaces the current pool: its connections do not answer. */
  renew: () => void;
  close: () => Promise<void>;
}

export function openPools(url: string, options: Options): Pools {
  let closing = false;
  const retiring = new Set<Promise<void>>();
  const open = (): Pool => {
    const pool: Pool = {
      retired: false,
      sql: postgres(url, { ...options, max_lifetime: null, onclose: () => retire(pool) }) as Client,
    };
    // drizzle sets its own parsers and serialisers in the client's options.
    drizzle(pool.sql);
    return pool;
  };
  const retire = (pool: Pool): void => {
    if (pool.retired) return;
    pool.retired = true;
    if (closing) return;
    if (pool === current) current = open();
    const ended = pool.sql.end({ timeout: retireWithinMs / 1000 });
    retiring.add(ended);
    void ended.finally(() => {
      retiring.delete(ended);
      setTimeout(() => void pool.sql.close(), sweepAfterMs).unref();
    });
  };
  let current = open();

  const client = {
    options: current.sql.options,
    unsafe: (...query: Parameters<Client['unsafe']>) => current.sql.unsafe(...query),
    begin: (work: (sql: TransactionClient) => Promise<unknown>) => begin(current, work),
  };
  return {
    // Only these three are used by drizzle-orm/postgres-js (session.js, driver.js).
    client: client as unknown as Client,
    renew: () => retire(current),
    async close() {
      closing = true;
      await Promise.all([current.sql.end({ timeout: 5 }), ...retiring]);
    },
  };
}

function begin(pool: Pool, work: (sql: TransactionClient) => Promise<unknown>): Promise<unknown> {
  /** postgres.js has told the caller that the connection of this transaction is gone, or that it is over. */
  let over = false;
  const guard = (work: (sql: TransactionClient) => Promise<unknown>) => async (sql: TransactionClient) => {
    const settled = await settle(() => work(guarded(sql)));
    if (pool.retired) {
      // If it was our connection that was lost, `running` is rejected in this turn of the event loop.
      await new Promise((resolve) => setImmediate(resolve));
      if (over) await new Promise(() => undefined);
    }
    if ('error' in settled) throw settled.error;
    return settled.value;
  };
  /** The client of the transaction or of a savepoint in it. */
  const guarded = (sql: TransactionClient): TransactionClient => {
    const allowed = {
      unsafe: (...query: Parameters<Client['unsafe']>) => (pool.retired ? refusal() : sql.unsafe(...query)),
      savepoint: (work: (sql: TransactionClient) => Promise<unknown>) =>
        pool.retired ? refusal() : sql.savepoint(guard(work)),
    };
    return allowed as unknown as TransactionClient;
  };
  const running = pool.sql.begin(guard(work));
  running.then(
    () => (over = true),
    () => (over = true),
  );
  return running;
}

async function settle(work: () => Promise<unknown>): Promise<{ value: unknown } | { error: unknown }> {
  try {
    return { value: await work() };
  } catch (error) {
    return { error };
  }
}

/** Like a query of postgres.js that failed. */
function refusal(): Promise<never> & { values: () => Promise<never> } {
  const lost = Object.assign(new Error('a connection to the database was lost'), { code: 'CONNECTION_CLOSED' });
  const rejected = Promise.reject(lost);
  rejected.catch(() => undefined);
  return Object.assign(rejected, { values: () => rejected });
}
