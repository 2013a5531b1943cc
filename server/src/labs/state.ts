/** Everything that the class page shows, as of one revision. */
import { and, asc, eq, isNull } from 'drizzle-orm';
import { lab, participant, question } from '@nbpulse/schema/db';
import type { LabState, Presence, StaffRole, SubmissionChange } from '@nbpulse/schema/wire';
import type { Database, Queryable } from '../database/index.js';
import { participantView } from '../people/index.js';
import { gridCells, labActivity } from './grid.js';
import { labView } from './lab-view.js';

export interface StateDeps {
  db: Database;
  presenceOf: (labId: string) => Presence[];
  /** All submissions of a lab; belongs to the submissions feature. */
  submissionsOf: (tx: Queryable, labId: string) => Promise<SubmissionChange[]>;
}

export async function labState(deps: StateDeps, labId: string, role: StaffRole): Promise<LabState | null> {
  return deps.db.transaction(
    async (tx) => {
      const [row] = await tx.select().from(lab).where(eq(lab.id, labId));
      if (!row) return null;
      const [participants, questions, cells, activity, submissions] = await Promise.all([
        tx
          .select()
          .from(participant)
          .where(and(eq(participant.labId, labId), isNull(participant.removedAt)))
          .orderBy(asc(participant.joinedAt)),
        tx
          .select({ key: question.key, title: question.title, position: question.position })
          .from(question)
          .where(eq(question.labId, labId))
          .orderBy(asc(question.position)),
        gridCells(tx, labId),
        labActivity(tx, labId, row.openedAt ?? row.createdAt),
        deps.submissionsOf(tx, labId),
      ]);
      const here = new Set(participants.map((person) => person.id));
      return {
        rev: row.rev,
        serverAt: new Date().toISOString(),
        lab: labView(row),
        participants: participants.map(participantView),
        questions,
        cells: cells.filter((cell) => here.has(cell.participant)),
        activity: activity.filter((one) => here.has(one.participant)),
        submissions: submissions
          .filter((one) => here.has(one.participant))
          .map((one) => (role === 'assistant' ? { ...one, outcome: null, points: null, maxPoints: null } : one)),
        presence: deps.presenceOf(labId),
      };
    },
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  );
}
