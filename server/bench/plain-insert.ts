/**
 * The baseline of bench:ingest: the very rows that the server has just written, written again with plain multi-row INSERTs into the
 * same table (its indexes, its foreign keys), as durable, as many to a statement as the server's groups had. Statement texts are
 * ready before the clock starts.
 */
import { randomUUID } from 'node:crypto';
import postgres from 'postgres';

const columns = [
  'participant_id',
  'seq',
  'kind',
  'question_key',
  'part',
  'cell',
  'body',
  'body_hash',
  'answer_hash',
  'summary',
  'is_error',
  'bytes',
  'made_at',
  'received_at',
  'late',
  'rev',
];

export interface PlainInsert {
  rowsPerSecond: number;
  rows: number;
  rowsPerStatement: number;
  connections: number;
}

export async function plainInsert(
  url: string,
  options: { labs: string[]; rowsPerStatement: number; rows: number; connections: number },
): Promise<PlainInsert> {
  const { labs, rowsPerStatement, connections } = options;
  const sql = postgres(url, { max: connections, onnotice: () => undefined });
  try {
    const [twin, salt] = [randomUUID(), randomUUID()];
    await sql`insert into lab (id, course_id, name, join_code) select ${twin}, course_id, name, left(${salt}, 8) from lab where id = ${labs[0] ?? ''}`;
    await sql`insert into stream (id, lab_id, participant_id, last_seq, last_made_at)
      select md5(id::text || ${salt})::uuid, ${twin}, participant_id, last_seq, last_made_at from stream where lab_id = any(${labs})`;
    const texts = await sql<{ text: string }[]>`
      select concat_ws(',', quote_literal(gen_random_uuid()), ${`'${twin}'`}::text, quote_literal(md5(stream_id::text || ${salt})::uuid),
        ${sql.unsafe(columns.map((name) => `quote_nullable(${name})`).join(', '))}) as text
      from event where lab_id = any(${labs}) order by rev limit ${options.rows}`;
    const statements: string[] = [];
    for (let at = 0; at < texts.length; at += rowsPerStatement) {
      const values = texts.slice(at, at + rowsPerStatement).map(({ text }) => `(${text})`);
      statements.push(`insert into event (id, lab_id, stream_id, ${columns.join(', ')}) values ${values.join(',')}`);
    }
    await sql`checkpoint`.catch(() => undefined);
    // Connections are open before the clock starts.
    await Promise.all(Array.from({ length: connections }, () => sql`select pg_sleep(0.05)`));
    const began = performance.now();
    const next = statements[Symbol.iterator]();
    const writer = async (): Promise<void> => {
      for (const statement of { [Symbol.iterator]: () => next }) await sql.unsafe(statement).simple();
    };
    await Promise.all(Array.from({ length: connections }, writer));
    const seconds = (performance.now() - began) / 1_000;
    return { rowsPerSecond: texts.length / seconds, rows: texts.length, rowsPerStatement, connections };
  } finally {
    await sql.end();
  }
}
