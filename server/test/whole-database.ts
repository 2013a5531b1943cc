/** Everything that a database holds, as text: for tests that something is nowhere. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import postgres from 'postgres';

/** Each place where the text occurs, in any case of letters: `event.body`, `blobs/<sha256>`. All columns of all tables are read as text, bytes as hex. */
export async function placesOf(text: string, where: { databaseUrl: string; blobsFolder: string }): Promise<string[]> {
  const sql = postgres(where.databaseUrl, { max: 1, onnotice: () => undefined });
  const found: string[] = [];
  try {
    const columns = await sql<{ table: string; column: string }[]>`
      select table_name as table, column_name as column from information_schema.columns
      where table_schema not in ('pg_catalog', 'information_schema') and table_schema = 'public'`;
    if (columns.length < 50) throw new Error('the tables of the product are not in this database');
    const hex = Buffer.from(text).toString('hex');
    for (const { table, column } of columns) {
      const [row] = await sql<{ count: number }[]>`
        select count(*)::int as count from ${sql(table)}
        where position(lower(${text}) in lower(${sql(column)}::text)) > 0 or position(${hex} in ${sql(column)}::text) > 0`;
      if (row && row.count > 0) found.push(`${table}.${column}`);
    }
  } finally {
    await sql.end();
  }
  const files = await readdir(where.blobsFolder, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const file of files) {
    if (!file.isFile()) continue;
    const bytes = await readFile(join(file.parentPath, file.name));
    if (bytes.includes(text) || unpacked(bytes).includes(text)) found.push(`blobs/${file.name}`);
  }
  return found;
}

/** Checkpoints lie compressed. */
function unpacked(bytes: Buffer): Buffer {
  try {
    return gunzipSync(bytes);
  } catch {
    return Buffer.alloc(0);
  }
}
