/** `DELETE /del-records`: the records that the tracker's pages show, each with the history behind it. */
import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import { event } from '@nbpulse/schema/db';
import { deleteRecords, type DeleteDeps } from '../records/index.js';

/** Postgres takes 65,535 parameters in a statement. */
const idsAtOnce = 10_000;

/** The content goes, who deleted it and when stays. Ids of other labs are passed over. */
export async function deleteWithHistory(
  deps: DeleteDeps,
  labId: string,
  shownIds: string[],
  deletedBy: string,
): Promise<void> {
  const rows = await deps.db
    .select({ id: event.id })
    .from(event)
    .where(
      and(
        eq(event.labId, labId),
        eq(event.kind, 'record'),
        isNull(event.deletedAt),
        sql`(${event.participantId}, ${event.questionKey}, coalesce(${event.part}, '')) in (
          select shown.participant_id, shown.question_key, coalesce(shown.part, '') from event as shown
          where ${and(sql`shown.lab_id = ${labId}`, sql`shown.kind = 'record'`, inArray(sql`shown.id`, shownIds))})`,
      ),
    );
  const ids = rows.map((row) => row.id);
  for (let from = 0; from < ids.length; from += idsAtOnce) {
    await deleteRecords(deps, labId, { ids: ids.slice(from, from + idsAtOnce), deletedBy });
  }
}
