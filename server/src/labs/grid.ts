/** The class page's grid, computed by Postgres from the records: a cell per participant and question, and each one's activity. */
import { sql } from 'drizzle-orm';
import type { ActivityChange, GridCell, LabState } from '@nbpulse/schema/wire';
import type { Queryable } from '../database/index.js';

/** Ticks of an activity strip; older ones are left out. */
export const activityTicks = 400;

/** `only`: of one question, one participant, or both. */
export async function gridCells(
  tx: Queryable,
  labId: string,
  only: { question?: string | undefined; participant?: string | undefined } = {},
): Promise<GridCell[]> {
  const rows = await tx.execute<{
    participant: string;
    question: string;
    records: number;
    errors: number;
    error_run: number;
    same_run: number;
    first_at: string;
    last_at: string;
    id: string;
    summary: string | null;
    hash: string | null;
    error: boolean;
    verdict: GridCell['last']['verdict'];
  }>(sql`
    with ordered as (
      select participant_id, question_key, id, summary, answer_hash, is_error, verdict, made_at,
        row_number() over (
          partition by participant_id, question_key order by made_at desc, seq desc, received_at desc) as back,
        first_value(answer_hash) over (
          partition by participant_id, question_key order by made_at desc, seq desc, received_at desc) as last_hash
      from event
      where lab_id = ${labId} and kind = 'record' and deleted_at is null and hidden_at is null
        and (${only.question ?? null}::text is null or question_key = ${only.question ?? null})
        and (${only.participant ?? null}::uuid is null or participant_id = ${only.participant ?? null}))
    select participant_id as participant, question_key as question,
      count(*)::int as records,
      (count(*) filter (where is_error))::int as errors,
      coalesce(min(back) filter (where not is_error) - 1, count(*))::int as error_run,
      coalesce(min(back) filter (where answer_hash is distinct from last_hash) - 1, count(*))::int as same_run,
      to_json(min(made_at)) #>> '{}' as first_at,
      to_json(max(made_at)) #>> '{}' as last_at,
      (array_agg(id order by back))[1] as id,
      (array_agg(summary order by back))[1] as summary,
      (array_agg(answer_hash order by back))[1] as hash,
      (array_agg(is_error order by back))[1] as error,
      (array_agg(verdict order by back))[1] as verdict
    from ordered
    group by participant_id, question_key`);
  return rows.map((row) => ({
    participant: row.participant,
    question: row.question,
    records: row.records,
    errors: row.errors,
    errorRun: row.error_run,
    sameRun: row.same_run,
    firstAt: new Date(row.first_at).toISOString(),
    lastAt: new Date(row.last_at).toISOString(),
    last: { id: row.id, summary: row.summary ?? '', hash: row.hash ?? '', error: row.error, verdict: row.verdict },
  }));
}

/** `since`: when the lab opened; minutes count from there. */
export async function labActivity(tx: Queryable, labId: string, since: Date): Promise<LabState['activity']> {
  const rows = await tx.execute<{ participant: string; at: number[] | null; error_at: number[] | null }>(sql`
    with recent as (
      select participant_id, is_error,
        greatest(0, round((extract(epoch from made_at - ${since.toISOString()}::timestamptz) / 60)::numeric, 2))::float8 as minute,
        row_number() over (partition by participant_id order by made_at desc) as back
      from event
      where lab_id = ${labId} and kind = 'record' and deleted_at is null and hidden_at is null)
    select participant_id as participant,
      array_agg(minute order by minute) filter (where not is_error) as at,
      array_agg(minute order by minute) filter (where is_error) as error_at
    from recent
    where back <= ${activityTicks}
    group by participant_id`);
  return rows.map((row) => ({ participant: row.participant, at: row.at ?? [], errorAt: row.error_at ?? [] }));
}

/** The latest passive event of each participant: what "working" means where the lab collects them. */
export async function latestActivity(tx: Queryable, labId: string): Promise<ActivityChange[]> {
  const rows = await tx.execute<{
    participant: string;
    what: ActivityChange['what'];
    question: string | null;
    error: string | null;
    made_at: string;
  }>(sql`
    select distinct on (participant_id) participant_id as participant, body ->> 'what' as what, question_key as question,
      body ->> 'error' as error, to_json(made_at) #>> '{}' as made_at
    from event
    where lab_id = ${labId} and kind = 'activity' and deleted_at is null
    order by participant_id, made_at desc, seq desc`);
  return rows.map(({ made_at, ...row }) => ({ ...row, madeAt: new Date(made_at).toISOString() }));
}
