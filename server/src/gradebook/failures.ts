import { eq } from 'drizzle-orm';
import type { FailureTable } from '@nbpulse/schema/wire';
import { submission } from '@nbpulse/schema/db';
import { labAssignments } from '../assignments/index.js';
import type { Queryable } from '../database/index.js';
import { failuresAlike } from '../grading/index.js';
import { findSubmissions, type Known } from '../submissions/index.js';

type Assignment = FailureTable['assignments'][number];

/** Which tests of a lab's assignments fail, each student counted with the newest submission that was graded. */
export async function failureTableOf(db: Queryable, labId: string): Promise<FailureTable> {
  const linked = await labAssignments(db, labId);
  const newest = new Map<string, Known>();
  for (const known of await findSubmissions(db, eq(submission.labId, labId))) {
    // Oldest first: the last one that was graded stays.
    if (known.verdict) newest.set(`${known.row.assignmentId} ${known.row.participantId}`, known);
  }
  const assignments: Assignment[] = [];
  for (const { id, slug, version } of linked) {
    const graded = [...newest.values()].filter((known) => known.row.assignmentId === id);
    assignments.push({
      slug,
      title: version.manifest.title,
      students: graded.length,
      tests: await testsOf(db, graded),
    });
  }
  return { assignments };
}

async function testsOf(db: Queryable, graded: Known[]): Promise<Assignment['tests']> {
  const byRun = new Map(graded.flatMap((known) => (known.verdict ? [[known.verdict.id, known] as const] : [])));
  const tests = new Map<string, Assignment['tests'][number]>();
  for (const { test: name, visible, status, what, runs } of await failuresAlike(db, [...byRun.keys()])) {
    const students = runs
      .flatMap((id) => byRun.get(id) ?? [])
      .map((known) => ({ participant: known.row.participantId, name: known.name, submission: known.row.id }));
    const test = tests.get(name) ?? { name, visible, failed: 0, groups: [] };
    test.failed += students.length;
    test.groups.push({ status, what, students });
    tests.set(name, test);
  }
  const sorted = [...tests.values()].sort((a, b) => b.failed - a.failed || a.name.localeCompare(b.name));
  for (const test of sorted) test.groups.sort((a, b) => b.students.length - a.students.length);
  return sorted;
}
