import { drizzle } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import * as tables from '@nbpulse/schema/db';

const reconnectAtMostSeconds = 1;

/** drizzle over postgres.js. drizzle patches the client's JSON serialisers: do not share this client with raw `sql.json()`. */
export function openDatabase(url: string, maxConnections = 10) {
  const client = postgres(url, {
    max: maxConnections,
    onnotice: () => undefined,
    // The client's own waits grow to 20 s; a class is back at work a second after its database is.
    backoff: (attempt) => Math.min(reconnectAtMostSeconds, 0.05 * 2 ** attempt),
    // Short, because a connection that broke in the middle of a statement may need a few attempts (see main.ts).
    connect_timeout: 3,
    connection: { TimeZone: 'UTC', application_name: 'nbpulse' },
  });
  return { db: drizzle(client, { schema: tables }), client, close: () => client.end({ timeout: 5 }) };
}

export type OpenDatabase = ReturnType<typeof openDatabase>;
export type Database = OpenDatabase['db'];
/** A transaction, or the database itself: what a query needs when it does not care. */
export type Queryable = Database | Parameters<Parameters<Database['transaction']>[0]>[0];
