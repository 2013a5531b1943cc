import { and, asc, count, eq, isNull } from 'drizzle-orm';
import { z } from 'zod';
import {
  assignmentDetail,
  assignmentPush,
  assignmentView,
  limits,
  pushReply,
  slug,
  type AssignmentDetail,
  type AssignmentView,
} from '@nbpulse/schema/wire';
import { assignment, labAssignment, run, submission } from '@nbpulse/schema/db';
import type { Blobs } from '../blobs/index.js';
import type { Database, Queryable } from '../database/index.js';
import { defineRoute, refuse, type Route } from '../http/index.js';
import { gradingIsOn } from '../queue/index.js';
import { linkToLab, unlinkFromLab } from './lab-links.js';
import { askForCheck, pushAssignment } from './push.js';
import { versionToGradeBy } from './version-choice.js';
import { findAssignment, newestVersions, versionsOf, type AssignmentVersion } from './versions.js';

export interface AssignmentDeps {
  db: Database;
  blobs: Blobs;
}

const courseParams = z.object({ course: z.uuid() });
const slugParams = z.object({ course: z.uuid(), slug });
const linkParams = z.object({ lab: z.uuid(), slug });
const noSuch = (name: string) =>
  refuse(
    404,
    'not-found',
    `This lab's course has no assignment "${name}". Push it first: npx nbpulse assignment push FOLDER`,
  );

export function assignmentRoutes({ db, blobs }: AssignmentDeps): Route[] {
  return [
    defineRoute(
      {
        method: 'post',
        path: '/courses/{course}/assignments',
        access: 'teacher',
        summary: 'Push an assignment: a new version, unless nothing changed',
        tag: 'Assignments',
        params: courseParams,
        body: assignmentPush,
        // base64 adds a third.
        maxBytes: Math.ceil((limits.assignmentBytes * 4) / 3) + 1024 * 1024,
        reply: pushReply,
      },
      async ({ params, body, caller }) => {
        const pushedBy = caller.kind === 'staff' ? caller.userId : 'unknown';
        const pushed = await pushAssignment({ db, blobs }, params.course, body, pushedBy);
        if (pushed.ok) return pushed.value;
        return refuse(422, 'invalid', pushed.problems.join('\n'));
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/courses/{course}/assignments',
        access: 'teacher',
        summary: 'The assignments of a course, each with its newest version',
        tag: 'Assignments',
        params: courseParams,
        reply: z.object({ assignments: z.array(assignmentView) }),
      },
      async ({ params }) => {
        const rows = await db
          .select()
          .from(assignment)
          .where(eq(assignment.courseId, params.course))
          .orderBy(asc(assignment.createdAt), asc(assignment.slug));
        const versions = await newestVersions(
          db,
          rows.map((row) => row.id),
        );
        const views = [];
        for (const row of rows) {
          const version = versions.get(row.id);
          if (version) views.push(await viewOf(db, row, version));
        }
        return { assignments: views };
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/courses/{course}/assignments/{slug}',
        access: 'teacher',
        summary: 'An assignment with its newest versions, and what the check of each found',
        tag: 'Assignments',
        params: slugParams,
        reply: assignmentDetail,
      },
      async ({ params }) => (await detailOf(db, params)) ?? noneInCourse(params.slug),
    ),
    defineRoute(
      {
        method: 'post',
        path: '/courses/{course}/assignments/{slug}/check',
        access: 'teacher',
        summary: 'Check the newest version again, when its check did not pass',
        tag: 'Assignments',
        params: slugParams,
        reply: assignmentDetail,
        status: 202,
      },
      async ({ params }) => {
        const found = await findAssignment(db, params.course, params.slug);
        if (!found) return noneInCourse(params.slug);
        const state = await db.transaction(async (tx) => {
          await tx.select().from(assignment).where(eq(assignment.id, found.id)).for('update');
          const [newest] = await versionsOf(tx, found.id, 1);
          if (!newest || newest.checkState === 'passed' || newest.checkState === 'waiting') return newest?.checkState;
          await askForCheck(tx, newest);
          return undefined;
        });
        if (state === 'passed')
          return refuse(409, 'conflict', 'Its check has passed. Push a change to have it checked anew.');
        if (state === 'waiting') return refuse(409, 'conflict', 'It is being checked already; wait for what is found.');
        return (await detailOf(db, params)) ?? noneInCourse(params.slug);
      },
    ),
    defineRoute(
      {
        method: 'put',
        path: '/labs/{lab}/assignments/{slug}',
        access: 'teacher',
        summary: 'Link an assignment to a lab: its participants can hand it in',
        tag: 'Assignments',
        params: linkParams,
      },
      async ({ params }) => ((await linkToLab(db, params.lab, params.slug)) ? undefined : noSuch(params.slug)),
    ),
    defineRoute(
      {
        method: 'delete',
        path: '/labs/{lab}/assignments/{slug}',
        access: 'teacher',
        summary: 'Take an assignment off a lab; what was handed in stays',
        tag: 'Assignments',
        params: linkParams,
      },
      async ({ params }) => ((await unlinkFromLab(db, params.lab, params.slug)) ? undefined : noSuch(params.slug)),
    ),
  ];
}

const noneInCourse = (name: string) =>
  refuse(
    404,
    'not-found',
    `This course has no assignment "${name}". Push it first: npx nbpulse assignment push FOLDER`,
  );

async function viewOf(
  db: Queryable,
  row: typeof assignment.$inferSelect,
  version: AssignmentVersion,
): Promise<AssignmentView> {
  const links = await db
    .select({ labId: labAssignment.labId })
    .from(labAssignment)
    .where(eq(labAssignment.assignmentId, row.id));
  const choice = await versionToGradeBy(db, row.id);
  return {
    id: row.id,
    slug: row.slug,
    title: version.manifest.title,
    points: version.manifest.points,
    dueAt: version.manifest.dueAt ?? null,
    version: version.number,
    pushedAt: version.createdAt.toISOString(),
    labs: links.map((link) => link.labId),
    check: version.checkState,
    gradedBy: choice === null || choice.waits ? null : choice.number,
    workerThere: await gradingIsOn(db),
  };
}

const versionsShown = 10;

async function detailOf(db: Database, params: { course: string; slug: string }): Promise<AssignmentDetail | null> {
  const [row] = await db
    .select()
    .from(assignment)
    .where(and(eq(assignment.courseId, params.course), eq(assignment.slug, params.slug)));
  if (!row) return null;
  const versions = await versionsOf(db, row.id, versionsShown);
  const [newest] = versions;
  if (!newest) return null;
  const [waiting] = await db
    .select({ runs: count() })
    .from(run)
    .innerJoin(submission, eq(submission.id, run.submissionId))
    .where(and(eq(run.waitsForCheck, true), eq(submission.assignmentId, row.id), isNull(submission.deletedAt)));
  return {
    ...(await viewOf(db, row, newest)),
    waiting: waiting?.runs ?? 0,
    versions: versions.map((version) => ({
      number: version.number,
      pushedAt: version.createdAt.toISOString(),
      state: version.checkState,
      checkedAt: version.checkedAt?.toISOString() ?? null,
      problem: version.checkProblem,
      check: version.check,
    })),
  };
}
