import { drizzle } from 'drizzle-orm/postgres-js';
import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import * as tables from '@nbpulse/schema/db';
import { second } from '@nbpulse/schema/wire';
import { openPools } from './pool.js';
import { within } from './within.js';

const reconnectAtMostSeconds = 1;
const answersWithinMs = 2 * second;

/** drizzle over postgres.js, on connections that come back (pool.ts), and an ear of its own for notifications. */
export function openDatabase(url: string, maxConnections = 10) {
  const options = {
    max: maxConnections,
    onnotice: () => undefined,
    // The client's own waits grow to 20 s; a class is back at work a second after its database is.
    backoff: (attempt: number) => Math.min(reconnectAtMostSeconds, 0.05 * 2 ** attempt),
    connect_timeout: 3,
    connection: { TimeZone: 'UTC', application_name: 'nbpulse' },
  };
  const pools = openPools(url, options);
  const ear = postgres(url, { ...options, max: 1 });
  const db = drizzle(pools.client, { schema: tables });
  /** Rejects when the database does not answer soon. */
  const check = async (): Promise<void> => {
    await within(answersWithinMs, db.execute(sql`select 1`));
  };
  return {
    db,
    check,
    /** Resolves when it listens; `onListen` is called then, and whenever the connection was lost and is back. */
    listen: (channel: string, onMessage: (payload: string) => void, onListen: () => void) =>
      ear.listen(channel, onMessage, onListen),
    /** Somebody waited too long. Connections that do not answer are replaced; those that are just busy stay. */
    renewIfSilent: (): void => {
      check().catch(() => pools.renew());
    },
    async close(): Promise<void> {
      await Promise.all([pools.close(), ear.end({ timeout: 5 })]);
    },
  };
}

export type OpenDatabase = ReturnType<typeof openDatabase>;
export type Database = OpenDatabase['db'];
/** A transaction, or the database itself: what a query needs when it does not care. */
export type Queryable = Database | Parameters<Parameters<Database['transaction']>[0]>[0];
