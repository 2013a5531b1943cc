/**
 * A lab's state for the class page. The grid of a large class is written by Postgres, column by column, and passes through here as
 * text: neither made into objects nor checked again. What is left is small.
 */
import { sql } from 'drizzle-orm';
import { verdictPlaces } from '@nbpulse/schema/wire';
import type { Queryable } from '../database/index.js';
import { activityTicks } from './grid.js';

/** The large parts of `labStateColumns`, as JSON text. */
export interface GridText {
  cells: string;
  activity: string;
}

/** Sorting a class's records on disk would take longer than all the rest. */
const workMem = '64MB';

/** @param participants ids, null for who left, and the keys of questions, in the order by whose places the columns name them */
export async function gridText(
  tx: Queryable,
  labId: string,
  {
    participants,
    questions,
    createdAt,
    openedAt,
  }: {
    participants: readonly (string | null)[];
    questions: readonly string[];
    createdAt: Date;
    openedAt: Date;
  },
): Promise<GridText> {
  await tx.execute(sql`select set_config('work_mem', ${workMem}, true)`);
  const column = (values: ReturnType<typeof sql>) =>
    sql`'[' || coalesce(string_agg((${values})::text, ','), '') || ']'`;
  const sinceMs = (at: ReturnType<typeof sql>) =>
    sql`(date_part('epoch', ${at} - ${createdAt.toISOString()}::timestamptz) * 1000)::bigint`;
  const verdicts = sql.join(
    verdictPlaces.slice(1).map((name, index) => sql`when ${name}::text then ${index + 1}::int`),
    sql` `,
  );
  const [row] = await tx.execute<Record<string, string>>(sql`
    with who as (
      select value::uuid as id, ordinality::int - 1 as place
      from json_array_elements_text(${JSON.stringify(participants)}::json) with ordinality),
    what as (
      select value as key, ordinality::int - 1 as place
      from json_array_elements_text(${JSON.stringify(questions)}::json) with ordinality),
    sent as materialized (
      select who.place as participant, what.place as question, event.id, summary, answer_hash, is_error, verdict, made_at, seq,
        received_at
      from event join who on who.id = participant_id left join what on what.key = question_key
      where lab_id = ${labId} and kind = 'record' and deleted_at is null and hidden_at is null),
    ordered as (
      select *, row_number() over latest as back, first_value(answer_hash) over latest as last_hash
      from sent where question is not null
      window latest as (partition by participant, question order by made_at desc, seq desc, received_at desc)),
    cells as (
      select participant, question, count(*) as records, count(*) filter (where is_error) as errors,
        coalesce(min(back) filter (where not is_error) - 1, count(*)) as error_run,
        coalesce(min(back) filter (where answer_hash is distinct from last_hash) - 1, count(*)) as same_run,
        min(made_at) as first_at, max(made_at) as last_at,
        any_value(id) filter (where back = 1) as id, any_value(summary) filter (where back = 1) as summary,
        any_value(last_hash) as hash, bool_or(is_error) filter (where back = 1) as error,
        any_value(verdict) filter (where back = 1) as verdict
      from ordered group by participant, question),
    ticks as (
      select participant,
        (array_agg(case when is_error then -1 - tick else tick end order by made_at desc, seq desc))[1:${sql.raw(String(activityTicks))}] as ticks
      from sent, lateral (
        select greatest(0, round(date_part('epoch', made_at - ${openedAt.toISOString()}::timestamptz) * 100 / 60))::int as tick)
      group by participant)
    select of_cells.*, of_all.activity
    from
      (select ${column(sql`participant`)} as participant, ${column(sql`question`)} as question, ${column(sql`records`)} as records,
        ${column(sql`errors`)} as errors, ${column(sql`error_run`)} as "errorRun", ${column(sql`same_run`)} as "sameRun",
        ${column(sinceMs(sql`first_at`))} as "firstAt", ${column(sinceMs(sql`last_at`))} as "lastAt",
        '"' || coalesce(string_agg(id::text, ''), '') || '"' as id, ${column(sql`to_json(coalesce(summary, ''))`)} as summary,
        ${column(sql`'"' || coalesce(hash, '') || '"'`)} as hash, ${column(sql`error::int`)} as error,
        ${column(sql`case verdict ${verdicts} else 0 end`)} as verdict
      from cells) as of_cells,
      (select ${column(sql`'[' || coalesce(array_to_string(ticks, ','), '') || ']'`)} as activity
      from (select ticks from who left join ticks on ticks.participant = who.place order by who.place) as by_place) as of_all`);
  if (!row) throw new Error('an aggregate without groups has one row');
  const { activity = '[]', ...columns } = row;
  const cells = Object.entries(columns).map(([name, text]) => `${JSON.stringify(name)}:${text}`);
  return { cells: `{${cells.join(',')}}`, activity };
}
