/** A class that has been at work for an hour, for bench:page: about one record for each student and question, written straight into the database. */
import { randomUUID } from 'node:crypto';
import postgres from 'postgres';

export interface Filled {
  records: number;
  cells: number;
}

const recordsPerRev = 100;
const hourMinutes = 60;

/**
 * One in ten cells has nothing, one in seven two records, one in twelve ends in an error. A third of the answers are equal to
 * others' of the same question, a third are numbers of their own, the rest texts and code.
 */
export async function fillClass(
  databaseUrl: string,
  { lab, questions }: { lab: string; questions: number },
): Promise<Filled> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => undefined });
  const salt = randomUUID();
  try {
    await sql`update lab set opened_at = now() - ${`${hourMinutes} minutes`}::interval where id = ${lab}`;
    await sql`
      insert into question (lab_id, key, title, position, rev)
      select ${lab}, n::text, 'Question ' || n, n, 1 from generate_series(1, ${questions}::int) n`;
    await sql`
      insert into stream (id, lab_id, participant_id, last_seq, last_made_at)
      select md5(id::text || ${salt})::uuid, lab_id, id, 1000, now() from participant where lab_id = ${lab}`;
    await sql`
      with drawn as (
        select p.id as participant, q.key, q.position::int as n, copy,
          abs(hashtext(p.id::text || q.key || copy || ${salt})) as luck, row_number() over () as nth
        from participant p, question q, generate_series(1, 2) copy
        where p.lab_id = ${lab} and q.lab_id = ${lab}),
      sent as (
        select *, luck % 12 = 0 as failed,
          case when luck % 12 = 0 then 'ValueError: shapes (' || luck % 5 || ',) and (3,) not aligned'
            when luck % 3 = 0 then (luck % 7)::text
            when luck % 3 = 1 then (luck / 1000.0)::text
            when luck % 2 = 0 then 'def gradient(w, x, y): return x.T @ (x @ w - y) / ' || luck % 50
            else 'the mean of the ' || luck % 1000 || ' residuals is small' end as summary
        from drawn where (copy = 1 and luck % 10 > 0) or (copy = 2 and luck % 7 = 0))
      insert into event (lab_id, participant_id, stream_id, seq, kind, question_key, body, body_hash, answer_hash, summary, is_error,
        bytes, made_at, received_at, rev)
      select ${lab}, participant, md5(participant::text || ${salt})::uuid, n * 2 + copy, 'record', key,
        jsonb_build_object('t', 'str', 'v', summary), md5(summary), md5(key || summary), summary, failed, length(summary) + 20,
        at, at, 2 + nth / ${recordsPerRev}::int
      from sent, lateral (select now() - ${`${hourMinutes} minutes`}::interval * (1 - (n - 0.5 + (luck % 100) / 100.0) / ${questions + 1}::int)) as t (at)`;
    await sql`update lab set rev = (select max(rev) from event where lab_id = ${lab}) where id = ${lab}`;
    await sql`analyze event, question, participant`;
    const [count] = await sql<{ records: number; cells: number }[]>`
      select count(*)::int as records, count(distinct (participant_id, question_key))::int as cells from event where lab_id = ${lab}`;
    return count ?? { records: 0, cells: 0 };
  } finally {
    await sql.end();
  }
}
