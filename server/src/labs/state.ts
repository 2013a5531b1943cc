/** Everything that the class page shows, as of one revision. */
import { asc, eq } from 'drizzle-orm';
import { lab, participant, question } from '@nbpulse/schema/db';
import type { LabCells, LabState, NotebookRunView, Presence, StaffRole, SubmissionChange } from '@nbpulse/schema/wire';
import type { Database, Queryable } from '../database/index.js';
import { participantView, questionColumns, questionView } from '../views/index.js';
import { gridCells, labActivity, latestActivity } from './grid.js';
import { labView } from './lab-view.js';
import type { KeptGrids } from './kept-grids.js';
import { gridText } from './state-columns.js';

export interface StateDeps {
  db: Database;
  presenceOf: (labId: string) => Presence[];
  /** All submissions of a lab; belongs to the submissions feature. */
  submissionsOf: (tx: Queryable, labId: string) => Promise<SubmissionChange[]>;
  notebookRunsOf: (tx: Queryable, labId: string) => Promise<NotebookRunView[]>;
  grids: KeptGrids;
}

export async function labState(deps: StateDeps, labId: string, role: StaffRole): Promise<LabState | null> {
  return snapshot(deps, labId, role, async (tx, { row, frame }) => {
    const cells = await gridCells(tx, labId);
    const activity = await labActivity(tx, labId, row.openedAt ?? row.createdAt);
    const here = inClass(frame.participants);
    return {
      ...frame,
      cells: cells.filter((cell) => here.has(cell.participant)),
      activity: activity.filter((one) => here.has(one.participant)),
    };
  });
}

/** `labStateColumns` as JSON text in UTF-8: what a page of a large class has to wait for before it shows anything. */
export async function labStateBytes(
  deps: StateDeps,
  labId: string,
  role: StaffRole,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const sees = role === 'assistant' ? 'assistant' : 'teacher';
  return deps.grids.shared(`${labId} ${sees}`, () =>
    snapshot(deps, labId, sees, async (tx, { row, frame }) => {
      const order = {
        participants: frame.participants.map((one) => (isHere(one) ? one.id : null)),
        questions: frame.questions.map(({ key }) => key),
        createdAt: row.createdAt,
        openedAt: row.openedAt ?? row.createdAt,
      };
      // What is left of an erased lab goes piece by piece, without a revision.
      const of = row.erasedAt ? null : JSON.stringify({ rev: row.rev, ...order });
      const { cells, activity } = await deps.grids.read(labId, of, () => gridText(tx, labId, order));
      const text = (part: string): Buffer => Buffer.from(part);
      return Buffer.concat([
        text(`${JSON.stringify(frame).slice(0, -1)},"cells":`),
        cells,
        text(',"activity":'),
        activity,
        text('}'),
      ]);
    }),
  );
}

type Frame = Omit<LabState, 'cells' | 'activity'>;
/** All of the state but the grid, and in the same moment of the database whatever `rest` reads. */
async function snapshot<T>(
  deps: StateDeps,
  labId: string,
  role: StaffRole,
  rest: (tx: Queryable, read: { row: typeof lab.$inferSelect; frame: Frame }) => Promise<T>,
): Promise<T | null> {
  return deps.db.transaction(
    async (tx) => {
      const [row] = await tx.select().from(lab).where(eq(lab.id, labId));
      if (!row) return null;
      const [participants, questions, latest, submissions, runs] = await Promise.all([
        tx
          .select()
          .from(participant)
          // Those who left, too: pseudonyms count everybody who ever came, so that nobody's number shifts.
          .where(eq(participant.labId, labId))
          .orderBy(asc(participant.joinedAt), asc(participant.id)),
        tx.select(questionColumns).from(question).where(eq(question.labId, labId)).orderBy(asc(question.position)),
        latestActivity(tx, labId),
        deps.submissionsOf(tx, labId),
        deps.notebookRunsOf(tx, labId),
      ]);
      const people = participants.map(participantView);
      const here = inClass(people);
      const frame: Frame = {
        rev: row.rev,
        serverAt: new Date().toISOString(),
        lab: labView(row),
        participants: people,
        questions: questions.map(questionView),
        latestActivity: latest.filter((one) => here.has(one.participant)),
        submissions: submissions
          .filter((one) => here.has(one.participant))
          .map((one) => (role === 'assistant' ? { ...one, outcome: null, points: null, maxPoints: null } : one)),
        notebookRuns: runs,
        presence: deps.presenceOf(labId),
      };
      return rest(tx, { row, frame });
    },
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  );
}

/** What is left of somebody erased goes piece by piece, without a revision: it counts as gone at once. */
const isHere = ({ removed, erasedAt }: LabState['participants'][number]): boolean => !removed && erasedAt === null;

const inClass = (participants: LabState['participants']): Set<string> =>
  new Set(participants.flatMap((one) => (isHere(one) ? [one.id] : [])));

/** Part of the grid, with the revision as of which it is. */
export async function someCells(
  db: Database,
  labId: string,
  only: { question?: string | undefined; participant?: string | undefined },
): Promise<LabCells | null> {
  return db.transaction(
    async (tx) => {
      const [head] = await tx.select({ rev: lab.rev }).from(lab).where(eq(lab.id, labId));
      return head ? { rev: head.rev, cells: await gridCells(tx, labId, only) } : null;
    },
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  );
}
