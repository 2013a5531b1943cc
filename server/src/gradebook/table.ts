import { and, asc, eq, inArray, isNull } from 'drizzle-orm';
import type { GradeTable } from '@nbpulse/schema/wire';
import { gradeOverride, participant, submission } from '@nbpulse/schema/db';
import { labAssignments } from '../assignments/index.js';
import type { Queryable } from '../database/index.js';
import { findSubmissions, type Known } from '../submissions/index.js';
import { gradeCell } from './policy.js';

/** A lab's grades: its participants by name, and the assignments it links. */
export async function gradeTableOf(db: Queryable, labId: string): Promise<GradeTable> {
  const linked = await labAssignments(db, labId);
  const people = await db
    .select({ id: participant.id, name: participant.name })
    .from(participant)
    .where(and(eq(participant.labId, labId), isNull(participant.removedAt)))
    .orderBy(asc(participant.nameKey), asc(participant.id));
  const overrides = people.length
    ? await db
        .select()
        .from(gradeOverride)
        .where(
          inArray(
            gradeOverride.participantId,
            people.map(({ id }) => id),
          ),
        )
    : [];

  const cellOf = (person: string, assignmentId: string): string => `${person} ${assignmentId}`;
  const handedIn = new Map<string, Known[]>();
  for (const item of await findSubmissions(db, eq(submission.labId, labId))) {
    const cell = cellOf(item.row.participantId, item.row.assignmentId);
    handedIn.set(cell, [...(handedIn.get(cell) ?? []), item]);
  }
  const overridden = new Map(overrides.map((row) => [cellOf(row.participantId, row.assignmentId), row]));

  return {
    assignments: linked.map(({ id, slug, version }) => ({
      id,
      slug,
      title: version.manifest.title,
      points: version.manifest.points,
      version: version.number,
    })),
    rows: people.map((person) => ({
      participant: person.id,
      name: person.name,
      cells: linked.map(({ id }) =>
        gradeCell(handedIn.get(cellOf(person.id, id)) ?? [], overridden.get(cellOf(person.id, id)) ?? null),
      ),
    })),
  };
}
