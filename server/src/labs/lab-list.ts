/** A course's labs, each with its skyline: how many have sent each question. */
import { and, desc, eq, isNull, sql } from 'drizzle-orm';
import { lab, labStaff } from '@nbpulse/schema/db';
import type { LabListItem, StaffRole } from '@nbpulse/schema/wire';
import type { Database } from '../database/index.js';
import { labView } from './lab-view.js';

export async function listLabs(
  db: Database,
  courseId: string,
  staff: { userId: string; role: StaffRole },
): Promise<LabListItem[]> {
  const rows = await db
    .select({ lab })
    .from(lab)
    .leftJoin(labStaff, and(eq(labStaff.labId, lab.id), eq(labStaff.userId, staff.userId)))
    .where(
      and(
        eq(lab.courseId, courseId),
        isNull(lab.deletedAt),
        // Assistants see the labs that are shared with them.
        staff.role === 'assistant' ? sql`${labStaff.userId} is not null` : undefined,
      ),
    )
    .orderBy(desc(lab.createdAt));
  const ids = rows.map((row) => row.lab.id);
  if (ids.length === 0) return [];
  const labIds = sql`(${sql.join(
    ids.map((id) => sql`${id}::uuid`),
    sql`, `,
  )})`;
  const [counts, skylines] = await Promise.all([
    db.execute<{ lab: string; participants: number; records: number; bytes: number }>(sql`
      select lab.id as lab,
        (select count(*)::int from participant where lab_id = lab.id and removed_at is null) as participants,
        (select count(*)::int from event where lab_id = lab.id and kind = 'record' and deleted_at is null and hidden_at is null) as records,
        (coalesce((select sum(octet_length(body::text)) from event where lab_id = lab.id), 0) + coalesce((
          select sum(bytes) from blob where sha256 in (select sha256 from blob_use where lab_id = lab.id)), 0))::float8 as bytes
      from lab where lab.id in ${labIds}`),
    db.execute<{ lab: string; key: string; answered: number; errors: number }>(sql`
      with last as (
        select distinct on (event.lab_id, question_key, participant_id) event.lab_id, question_key, is_error
        from event join participant on participant.id = participant_id and removed_at is null
        where event.lab_id in ${labIds} and kind = 'record' and deleted_at is null and hidden_at is null
        order by event.lab_id, question_key, participant_id, made_at desc, seq desc, received_at desc)
      select question.lab_id as lab, key, count(question_key)::int as answered, (count(*) filter (where is_error))::int as errors
      from question left join last on last.lab_id = question.lab_id and question_key = key
      where question.lab_id in ${labIds}
      group by question.lab_id, key, position
      order by position`),
  ]);
  return rows.map(({ lab: row }) => {
    const count = counts.find((one) => one.lab === row.id);
    return {
      ...labView(row),
      participants: count?.participants ?? 0,
      records: count?.records ?? 0,
      storageBytes: count?.bytes ?? 0,
      questions: skylines
        .filter((one) => one.lab === row.id)
        .map(({ key, answered, errors }) => ({ key, answered, errors })),
    };
  });
}
