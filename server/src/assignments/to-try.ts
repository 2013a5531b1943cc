/** What students see of a lab's assignments. */
import { inArray, sql } from 'drizzle-orm';
import type { MeView } from '@nbpulse/schema/wire';
import { assignmentVersion } from '@nbpulse/schema/db';
import type { Queryable } from '../database/index.js';
import { versionToGradeBy } from './version-choice.js';
import { labAssignments } from './versions.js';

/** With the number of visible tests that a trial runs, by the version that grades now; null while none may. */
export async function assignmentsToTry(db: Queryable, labId: string): Promise<MeView['lab']['assignments']> {
  const linked = await labAssignments(db, labId);
  const chosen = await Promise.all(linked.map(({ id }) => versionToGradeBy(db, id)));
  const ids = chosen.flatMap((version) => (version && !version.waits ? [version.id] : []));
  const rows =
    ids.length === 0
      ? []
      : await db
          .select({
            id: assignmentVersion.id,
            count: sql<number>`coalesce(jsonb_array_length(${assignmentVersion.trial} -> 'tests'), 0)`,
          })
          .from(assignmentVersion)
          .where(inArray(assignmentVersion.id, ids));
  const counts = new Map(rows.map(({ id, count }) => [id, count]));
  return linked.map(({ slug, version: { manifest } }, at) => ({
    slug,
    title: manifest.title,
    points: manifest.points,
    dueAt: manifest.dueAt ?? null,
    visibleTests: counts.get(chosen[at]?.id ?? '') ?? null,
  }));
}
