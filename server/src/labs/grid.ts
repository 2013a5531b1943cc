/** The class page's grid, computed by Postgres from the records: a cell per participant and question, and each one's activity. */
import { sql } from 'drizzle-orm';
import type { GridCell, LabState } from '@nbpulse/schema/wire';
import type { Queryable } from '../database/index.js';

/** Ticks of an activity strip; older ones are left out. */
const activityTicks = 400;

export async function gridCells(tx: Queryable, labId: string): Promise<GridCell[]> {
  const rows = await tx.execute<{
    participant: string;
    question: string;
    records: number;
    errors: number;
    error_run: number;
    first_at: string;
    last_at: string;
    id: string;
    summary: string | null;
    hash: string | null;
    error: boolean;
  }>(sql`
    with ordered as (
      select participant_id, question_key, id, summary, answer_hash, is_error, made_at,
        row_number() over (
          partition by participant_id, question_key order by made_at desc, seq desc, received_at desc) as back
      from event
      where lab_id = ${labId} and kind = 'record' and deleted_at is null)
    select participant_id as participant, question_key as question,
      count(*)::int as records,
      (count(*) filter (where is_error))::int as errors,
      coalesce(min(back) filter (where not is_error) - 1, count(*))::int as error_run,
      to_json(min(made_at)) #>> '{}' as first_at,
      to_json(max(made_at)) #>> '{}' as last_at,
      (array_agg(id order by back))[1] as id,
      (array_agg(summary order by back))[1] as summary,
      (array_agg(answer_hash order by back))[1] as hash,
      (array_agg(is_error order by back))[1] as error
    from ordered
    group by participant_id, question_key`);
  return rows.map((row) => ({
    participant: row.participant,
    question: row.question,
    records: row.records,
    errors: row.errors,
    errorRun: row.error_run,
    firstAt: new Date(row.first_at).toISOString(),
    lastAt: new Date(row.last_at).toISOString(),
    last: { id: row.id, summary: row.summary ?? '', hash: row.hash ?? '', error: row.error },
  }));
}

/** `since`: when the lab opened; minutes count from there. */
export async function labActivity(tx: Queryable, labId: string, since: Date): Promise<LabState['activity']> {
  const rows = await tx.execute<{ participant: string; at: number[] | null; error_at: number[] | null }>(sql`
    with recent as (
      select participant_id, is_error,
        round((extract(epoch from made_at - ${since.toISOString()}::timestamptz) / 60)::numeric, 2)::float8 as minute,
        row_number() over (partition by participant_id order by made_at desc) as back
      from event
      where lab_id = ${labId} and kind = 'record' and deleted_at is null)
    select participant_id as participant,
      array_agg(minute order by minute) filter (where not is_error) as at,
      array_agg(minute order by minute) filter (where is_error) as error_at
    from recent
    where back <= ${activityTicks}
    group by participant_id`);
  return rows.map((row) => ({ participant: row.participant, at: row.at ?? [], errorAt: row.error_at ?? [] }));
}
