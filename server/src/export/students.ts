/** What an export calls each student: by name, or by the pseudonym that the anonymised page shows. */
import { eq } from 'drizzle-orm';
import { participant } from '@nbpulse/schema/db';
import { pseudonymsOf } from '@nbpulse/schema/wire';
import type { Queryable } from '../database/index.js';
import { uniqueNames } from '../zip/index.js';

export interface Student {
  id: string;
  name: string;
  joinedAt: string;
  openedAt: string | null;
}

/** Those who are still there, by name (the anonymous: by number). */
export async function studentsOf(db: Queryable, labId: string, anonymous: boolean): Promise<Student[]> {
  const rows = await db
    .select({
      id: participant.id,
      name: participant.name,
      joinedAt: participant.joinedAt,
      openedAt: participant.openedAt,
      removedAt: participant.removedAt,
      erasedAt: participant.erasedAt,
    })
    .from(participant)
    .where(eq(participant.labId, labId));
  const all = rows.map((row) => ({
    ...row,
    joinedAt: row.joinedAt.toISOString(),
    openedAt: row.openedAt?.toISOString() ?? null,
  }));
  const pseudonyms = anonymous ? pseudonymsOf(all) : null;
  const unique = uniqueNames();
  const order = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
  return all
    .filter((one) => one.removedAt === null && one.erasedAt === null)
    .map(({ id, name, joinedAt, openedAt }) => ({ id, name: pseudonyms?.get(id) ?? unique(name), joinedAt, openedAt }))
    .sort((a, b) => order.compare(a.name, b.name));
}
