/** Submissions as students, staff and the lab's log see them. */
import { and, asc, eq, gt, inArray, isNull, lte, type SQL } from 'drizzle-orm';
import type { Change, RunReport, StaffSubmission, SubmissionChange, SubmissionView } from '@nbpulse/schema/wire';
import { assignment, participant, submission } from '@nbpulse/schema/db';
import { newestVersions, type AssignmentVersion } from '../assignments/index.js';
import type { Queryable } from '../database/index.js';
import { feedbackOf, reportsOf, runsOf, verdictOf, type RunState } from '../grading/index.js';
import { gradingIsOn } from '../queue/index.js';
import { standingOf, type Standing } from './status.js';

/** A submission with all that its views are made of. */
export interface Known {
  row: typeof submission.$inferSelect;
  assignment: string;
  name: string;
  runs: RunState[];
  newest: RunState | null;
  /** The run whose result counts. */
  verdict: RunState | null;
  standing: Standing;
  /** The assignment's newest version: its deadline holds. */
  version: AssignmentVersion | null;
}

/** The submissions that match, oldest first; deleted ones are left out. */
export async function findSubmissions(db: Queryable, where: SQL | undefined, most = 10_000): Promise<Known[]> {
  const rows = await db
    .select({ row: submission, assignment: assignment.slug, name: participant.name })
    .from(submission)
    .innerJoin(assignment, eq(assignment.id, submission.assignmentId))
    .innerJoin(participant, eq(participant.id, submission.participantId))
    .where(and(where, isNull(submission.deletedAt)))
    .orderBy(asc(submission.receivedAt), asc(submission.id))
    .limit(most);
  if (rows.length === 0) return [];
  const runs = await runsOf(
    db,
    rows.map(({ row }) => row.id),
  );
  const versions = await newestVersions(db, [...new Set(rows.map(({ row }) => row.assignmentId))]);
  const gradingOn = await gradingIsOn(db);
  const now = new Date();
  return rows.map((found) => {
    const own = runs.get(found.row.id) ?? [];
    const newest = own.at(-1) ?? null;
    return {
      ...found,
      runs: own,
      newest,
      verdict: verdictOf(own),
      standing: standingOf(newest, gradingOn, now),
      version: versions.get(found.row.assignmentId) ?? null,
    };
  });
}

export async function findSubmission(db: Queryable, id: string): Promise<Known | null> {
  const [known] = await findSubmissions(db, eq(submission.id, id), 1);
  return known ?? null;
}

/** True when it came after the deadline; the time of receipt decides. */
export const isLate = ({ row, version }: Pick<Known, 'row' | 'version'>): boolean =>
  version?.manifest.dueAt !== undefined && row.receivedAt > new Date(version.manifest.dueAt);

const lateNote = ({ version }: Known): string =>
  `Received after the deadline (${version?.manifest.dueAt ?? ''}): your teacher decides whether it counts.`;

const told = (known: Known): string | null =>
  [known.standing.note, isLate(known) ? lateNote(known) : null].filter((note) => note !== null).join(' ') || null;

const instantOf = (at: Date | null | undefined): string | null => at?.toISOString() ?? null;

function common(known: Known) {
  const { row, newest, standing } = known;
  return {
    id: row.id,
    number: row.number,
    receivedAt: row.receivedAt.toISOString(),
    sha256: row.sha256,
    bytes: row.bytes,
    assignment: known.assignment,
    status: standing.status,
    note: told(known),
    queuedAt: instantOf(newest?.queuedAt),
    startedAt: instantOf(newest?.startedAt),
    endedAt: instantOf(newest?.endedAt),
    progress: standing.status === 'running' ? (newest?.progress ?? null) : null,
    executed: known.verdict?.executedSha256 != null,
  };
}

/** For the participant whose they are. */
export async function studentViews(db: Queryable, known: Known[]): Promise<SubmissionView[]> {
  const reports = await reportsOf(
    db,
    known.flatMap(({ verdict }) => (verdict ? [verdict.id] : [])),
  );
  return known.map((item) => {
    const report = item.verdict && reports.get(item.verdict.id);
    const hidden = item.version?.manifest ?? { showHiddenMessages: false };
    return { ...common(item), result: report ? feedbackOf(report, hidden) : null };
  });
}

/**
 * For staff. Assistants see no points, so no result. In a list (`whole` false) the tests' messages and the printed output
 * are left out: a class has hundreds of them.
 */
export async function staffViews(
  db: Queryable,
  known: Known[],
  { grades, whole }: { grades: boolean; whole: boolean },
): Promise<StaffSubmission[]> {
  const wanted = known.flatMap(({ verdict, newest }) => [verdict?.id, newest?.id].filter((id) => id !== undefined));
  const reports = await reportsOf(db, [...new Set(wanted)], whole);
  return known.map((item) => {
    const shown = item.verdict ?? item.newest;
    const report = shown ? reports.get(shown.id) : undefined;
    const counted = item.verdict ? reports.get(item.verdict.id) : undefined;
    return {
      ...common(item),
      participant: item.row.participantId,
      name: item.name,
      version: shown?.version ?? null,
      attempts: item.newest?.job?.attempts ?? 0,
      staffReason: item.standing.staffNote ?? counted?.staffReason ?? null,
      output: whole ? (report?.output ?? null) : null,
      engine: report?.engine ?? null,
      tier: report?.tier ?? null,
      durationMs: report?.durationMs ?? null,
      result: counted && grades ? staffResult(counted) : null,
    };
  });
}

function staffResult(report: RunReport): NonNullable<StaffSubmission['result']> {
  return {
    outcome: report.outcome,
    reason: report.reason ?? null,
    points: report.points,
    maxPoints: report.maxPoints,
    tests: report.tests,
  };
}

/** As the lab's log and state carry it, with points; whoever sends it to an assistant takes them out. */
export const submissionChangeOf = ({ row, assignment: slug, standing, verdict }: Known): SubmissionChange => ({
  id: row.id,
  number: row.number,
  participant: row.participantId,
  assignment: slug,
  receivedAt: row.receivedAt.toISOString(),
  status: standing.status,
  outcome: verdict?.outcome ?? null,
  points: verdict?.points ?? null,
  maxPoints: verdict?.maxPoints ?? null,
});

/** Submissions whose newest step became visible after `from`, up to `to`: for the lab's log. */
export async function submissionChanges(
  db: Queryable,
  labId: string,
  from: number,
  to: number,
  most: number,
): Promise<Extract<Change, { kind: 'submission' }>[]> {
  const known = await findSubmissions(
    db,
    and(eq(submission.labId, labId), gt(submission.rev, from), lte(submission.rev, to)),
  );
  return known
    .sort((a, b) => a.row.rev - b.row.rev)
    .slice(0, most)
    .map((item) => ({ kind: 'submission', rev: item.row.rev, submission: submissionChangeOf(item) }));
}

/** All submissions of a lab, or of some of its participants, oldest first. */
export async function submissionsOfLab(
  db: Queryable,
  labId: string,
  participants?: string[],
): Promise<SubmissionChange[]> {
  const mine = participants && inArray(submission.participantId, participants);
  return (await findSubmissions(db, and(eq(submission.labId, labId), mine))).map(submissionChangeOf);
}

/** A participant's own, oldest first, as they may see them. */
export async function ownSubmissions(db: Queryable, participantId: string): Promise<SubmissionView[]> {
  return studentViews(db, await findSubmissions(db, eq(submission.participantId, participantId)));
}
