/** Versions of assignments as stored, parsed once on their way out of the database. */
import { and, asc, desc, eq, inArray } from 'drizzle-orm';
import { z } from 'zod';
import {
  assignmentManifest,
  suiteCheck,
  suiteProfile,
  trialSuite,
  type AssignmentManifest,
  type CheckState,
  type SuiteCheck,
  type SuiteProfile,
  type TrialSuite,
} from '@nbpulse/schema/wire';
import { assignment, assignmentVersion, labAssignment } from '@nbpulse/schema/db';
import type { Queryable } from '../database/index.js';

const storedFiles = z.array(z.object({ path: z.string(), sha256: z.string(), bytes: z.number() }));

export interface AssignmentVersion {
  id: string;
  assignmentId: string;
  number: number;
  manifest: AssignmentManifest;
  files: z.infer<typeof storedFiles>;
  createdAt: Date;
  checkState: CheckState;
  checkedAt: Date | null;
  /** For staff: why the check could not be done. */
  checkProblem: string | null;
  check: SuiteCheck | null;
  /** The rights that the author's solution needed. */
  profile: SuiteProfile | null;
}

const parsed = (row: typeof assignmentVersion.$inferSelect): AssignmentVersion => ({
  id: row.id,
  assignmentId: row.assignmentId,
  number: row.number,
  manifest: assignmentManifest.parse(row.manifest),
  files: storedFiles.parse(row.files),
  createdAt: row.createdAt,
  checkState: row.checkState ?? 'unchecked',
  checkedAt: row.checkedAt,
  checkProblem: row.checkProblem,
  check: suiteCheck.nullable().parse(row.check ?? null),
  profile: suiteProfile.nullable().parse(row.profile ?? null),
});

export async function versionOf(db: Queryable, versionId: string): Promise<AssignmentVersion | null> {
  const [row] = await db.select().from(assignmentVersion).where(eq(assignmentVersion.id, versionId));
  return row ? parsed(row) : null;
}

/** What a trial of this version runs; null when there is nothing to try, or its check was before there were trials. */
export async function trialSuiteOf(db: Queryable, versionId: string): Promise<TrialSuite | null> {
  const [row] = await db
    .select({ trial: assignmentVersion.trial })
    .from(assignmentVersion)
    .where(eq(assignmentVersion.id, versionId));
  return trialSuite.nullable().parse(row?.trial ?? null);
}

/** The newest versions of an assignment, newest first. */
export async function versionsOf(db: Queryable, assignmentId: string, most: number): Promise<AssignmentVersion[]> {
  const rows = await db
    .select()
    .from(assignmentVersion)
    .where(eq(assignmentVersion.assignmentId, assignmentId))
    .orderBy(desc(assignmentVersion.number))
    .limit(most);
  return rows.map(parsed);
}

/** The newest version of each of these assignments, by the assignment's id. */
export async function newestVersions(db: Queryable, assignmentIds: string[]): Promise<Map<string, AssignmentVersion>> {
  if (assignmentIds.length === 0) return new Map();
  const rows = await db
    .selectDistinctOn([assignmentVersion.assignmentId])
    .from(assignmentVersion)
    .where(inArray(assignmentVersion.assignmentId, assignmentIds))
    .orderBy(assignmentVersion.assignmentId, desc(assignmentVersion.number));
  return new Map(rows.map((row) => [row.assignmentId, parsed(row)]));
}

export interface LinkedAssignment {
  id: string;
  slug: string;
  version: AssignmentVersion;
}

/** What a lab links, in order, each with its newest version. */
export async function labAssignments(db: Queryable, labId: string): Promise<LinkedAssignment[]> {
  const rows = await db
    .select({ id: assignment.id, slug: assignment.slug })
    .from(labAssignment)
    .innerJoin(assignment, eq(assignment.id, labAssignment.assignmentId))
    .where(eq(labAssignment.labId, labId))
    .orderBy(asc(labAssignment.position), asc(labAssignment.createdAt), asc(assignment.slug));
  const versions = await newestVersions(
    db,
    rows.map((row) => row.id),
  );
  return rows.flatMap((row) => {
    const version = versions.get(row.id);
    return version ? [{ ...row, version }] : [];
  });
}

export async function findAssignment(db: Queryable, courseId: string, slug: string): Promise<{ id: string } | null> {
  const [row] = await db
    .select({ id: assignment.id })
    .from(assignment)
    .where(and(eq(assignment.courseId, courseId), eq(assignment.slug, slug)));
  return row ?? null;
}
