/** A page of the table: whose labs, whose records, and what of each is shown. */
import { and, eq, inArray, isNotNull, isNull, sql } from 'drizzle-orm';
import { event, lab, labStaff, participant, recordRemoval } from '@nbpulse/schema/db';
import type { RecordsTable, StaffRole, recordsQuery } from '@nbpulse/schema/wire';
import type { z } from 'zod';
import type { Database, Queryable } from '../database/index.js';
import { refuse, type ProblemReply } from '../http/index.js';
import { previewColumns, recordView } from '../records/index.js';
import { readCursor } from './cursor.js';
import { findRecords } from './find.js';

const nothing: RecordsTable = { rows: [], next: null };

export async function recordsPage(
  db: Database,
  courseId: string,
  staff: { userId: string; role: StaffRole },
  query: z.output<typeof recordsQuery>,
): Promise<RecordsTable | ProblemReply> {
  const before = query.before === undefined ? null : readCursor(query.before);
  if (query.before !== undefined && before === null) {
    return refuse(400, 'invalid', 'This page of the table does not exist. Load the table again from its beginning.', {
      fields: { before: 'it is no `next` of a page before' },
    });
  }
  return db.transaction(
    async (tx) => {
      const labs = (await visibleLabs(tx, courseId, staff)).filter((id) => (query.lab ?? id) === id);
      if (labs.length === 0) return nothing;
      const people = await whose(tx, labs, query);
      if (people.participants?.length === 0) return nothing;
      const text = query.text?.trim() === '' ? undefined : query.text;
      const { question, hidden, limit } = query;
      const goes = hidden === 'without' ? [] : await underDeletion(tx, labs);
      const { ids, next } = await findRecords(tx, { labs, ...people, goes, question, text, hidden, before, limit });
      return { rows: await rowsOf(tx, ids), next };
    },
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  );
}

/** Labs of the course that this account may see; of deleted ones nothing is left. */
async function visibleLabs(
  tx: Queryable,
  courseId: string,
  staff: { userId: string; role: StaffRole },
): Promise<string[]> {
  const rows = await tx
    .select({ id: lab.id })
    .from(lab)
    .leftJoin(labStaff, and(eq(labStaff.labId, lab.id), eq(labStaff.userId, staff.userId)))
    .where(
      and(
        eq(lab.courseId, courseId),
        isNull(lab.deletedAt),
        staff.role === 'assistant' ? sql`${labStaff.userId} is not null` : undefined,
      ),
    );
  return rows.map((row) => row.id);
}

/** Whose records: of all but those who were removed or erased, unless somebody is named. */
async function whose(
  tx: Queryable,
  labs: string[],
  { participant: one, name }: { participant?: string | undefined; name?: string | undefined },
): Promise<{ participants: string[] | null; without: string[] }> {
  const gone = sql`(${participant.removedAt} is not null or ${participant.erasedAt} is not null)`;
  const named = name?.trim() ?? '';
  const all = one === undefined && named === '';
  const rows = await tx
    .select({ id: participant.id })
    .from(participant)
    .where(
      and(
        inArray(participant.labId, labs),
        all ? gone : sql`not ${gone}`,
        one === undefined ? undefined : eq(participant.id, one),
        // Folded as browsers and people do; strpos has no wildcards.
        named === '' ? undefined : sql`strpos(lower(${participant.name}), lower(${named})) > 0`,
      ),
    );
  const ids = rows.map((row) => row.id);
  return all ? { participants: null, without: ids } : { participants: ids, without: [] };
}

/** Deletions that can still be undone: what they hide is not to be shown again one by one. */
async function underDeletion(tx: Queryable, labs: string[]): Promise<string[]> {
  const rows = await tx
    .select({ id: recordRemoval.id })
    .from(recordRemoval)
    .where(and(inArray(recordRemoval.labId, labs), isNotNull(recordRemoval.erasesAt), isNull(recordRemoval.endedAt)));
  return rows.map((row) => row.id);
}

async function rowsOf(tx: Queryable, ids: string[]): Promise<RecordsTable['rows']> {
  if (ids.length === 0) return [];
  const rows = await tx
    .select({ ...previewColumns, labId: lab.id, labName: lab.name, name: participant.name })
    .from(event)
    .innerJoin(participant, eq(participant.id, event.participantId))
    .innerJoin(lab, eq(lab.id, event.labId))
    .where(inArray(event.id, ids));
  const place = new Map(ids.map((id, index) => [id, index]));
  return rows
    .sort((a, b) => (place.get(a.id) ?? 0) - (place.get(b.id) ?? 0))
    .map((row) => ({
      record: recordView(row),
      lab: { id: row.labId, name: row.labName },
      participant: { id: row.participantId, name: row.name },
    }));
}
