import type { Queryable } from './client.js';

/**
 * A statement that Postgres parses and plans once per connection. Others cost a second round trip each (postgres.js asks for the
 * types of their parameters first), and cannot be sent before the answer to the one before.
 * @param name unique, for the statement's text
 * @param text with `$1`, `$2` …; each with a cast where its type does not follow
 */
export async function prepared<Row extends Record<string, unknown>>(
  tx: Queryable,
  name: string,
  text: string,
  params: unknown[],
): Promise<Row[]> {
  const statement = tx._.session.prepareQuery({ sql: text, params }, undefined, name, false);
  return (await statement.execute()) as Row[];
}
