/** `nbpulse assignment push DIR`. */
import { resolve } from 'node:path';
import { asc, eq, isNull, and } from 'drizzle-orm';
import { z } from 'zod';
import { course, lab } from '@nbpulse/schema/db';
import { linkToLab, pushAssignment, readAssignmentFolder } from '../src/assignments/index.js';
import type { Database } from '../src/database/index.js';
import { CliProblem } from './problem.js';
import { withDatabase, type Surroundings } from './surroundings.js';

export async function pushFolder(
  where: Surroundings,
  folder: string,
  chosen: { course?: string | undefined; lab?: string | undefined },
): Promise<string> {
  const read = await readAssignmentFolder(resolve(folder));
  if (!read.ok) throw new CliProblem(`${folder} was not pushed:\n  ${read.problems.join('\n  ')}`);
  return withDatabase(where, async ({ db, blobs }) => {
    const labRow = chosen.lab === undefined ? null : await findLab(db, chosen.lab);
    const courseId = labRow?.courseId ?? (await chooseCourse(db, chosen.course));
    if (chosen.course !== undefined && chosen.course !== courseId) {
      throw new CliProblem(
        `The lab ${chosen.lab ?? ''} belongs to another course (${courseId}). Leave --course out.`,
        2,
      );
    }
    const pushed = await pushAssignment({ db, blobs }, courseId, read.value, 'cli');
    if (!pushed.ok) throw new CliProblem(`${folder} was not pushed:\n  ${pushed.problems.join('\n  ')}`);
    const { slug, version, unchanged } = pushed.value;
    if (labRow) await linkToLab(db, labRow.id, slug);
    const linked = labRow ? `, linked to the lab "${labRow.name}"` : '';
    return `${slug}: version ${String(version)}${unchanged ? ', unchanged' : ''}${linked}`;
  });
}

const isUuid = (text: string): boolean => z.uuid().safeParse(text).success;

async function findLab(db: Database, id: string): Promise<{ id: string; courseId: string; name: string }> {
  const [row] = isUuid(id)
    ? await db
        .select({ id: lab.id, courseId: lab.courseId, name: lab.name })
        .from(lab)
        .where(and(eq(lab.id, id), isNull(lab.deletedAt)))
    : [];
  if (row) return row;
  const labs = await db.select({ id: lab.id, name: lab.name }).from(lab).where(isNull(lab.deletedAt)).limit(20);
  throw new CliProblem(`--lab: there is no lab ${id}. ${listOf('The labs are', labs)}`);
}

/** The course that was named, or the only one there is. */
export async function chooseCourse(db: Database, id: string | undefined): Promise<string> {
  const courses = await db.select({ id: course.id, name: course.name }).from(course).orderBy(asc(course.createdAt));
  if (id !== undefined) {
    if (courses.some((row) => row.id === id)) return id;
    throw new CliProblem(`--course: there is no course ${id}. ${listOf('The courses are', courses)}`);
  }
  const [only, second] = courses;
  if (!only) throw new CliProblem('There is no course yet. Make one first: npx nbpulse setup --json, or npm start.');
  if (second)
    throw new CliProblem(`There are several courses: say which with --course. ${listOf('They are', courses)}`, 2);
  return only.id;
}

const listOf = (words: string, rows: { id: string; name: string }[]): string =>
  rows.length === 0 ? 'There is none yet.' : `${words}:\n${rows.map((row) => `  ${row.id}  ${row.name}`).join('\n')}`;
