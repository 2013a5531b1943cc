/** `nbpulse assignment push DIR`: a new version, and what its check found. */
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { asc, eq, isNull, and } from 'drizzle-orm';
import { z } from 'zod';
import { course, lab } from '@nbpulse/schema/db';
import { minute } from '@nbpulse/schema/wire';
import { linkToLab, pushAssignment, readAssignmentFolder, versionsOf } from '../src/assignments/index.js';
import type { Database } from '../src/database/index.js';
import { gradingIsOn } from '../src/queue/index.js';
import { CliProblem } from './problem.js';
import type { Terminal } from './terminal.js';
import { withDatabase, type Surroundings } from './surroundings.js';

/** A check takes some seconds; one that takes longer than this goes on without us. */
const waitForCheckMs = 5 * minute;
const lookEachMs = 300;

/** @returns the exit code: 1 when the check stops this version */
export async function pushFolder(
  where: Surroundings,
  folder: string,
  terminal: Terminal,
  chosen: { course?: string | undefined; lab?: string | undefined; waits: boolean },
): Promise<0 | 1> {
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
    const { id, slug, version, unchanged } = pushed.value;
    if (labRow) await linkToLab(db, labRow.id, slug);
    const linked = labRow ? `, linked to the lab "${labRow.name}"` : '';
    terminal.out(`${slug}: version ${String(version)}${unchanged ? ', unchanged' : ''}${linked}\n`);
    return chosen.waits ? tellCheck(db, id, terminal) : 0;
  });
}

/** Waits for the check of the newest version, and prints it. */
async function tellCheck(db: Database, assignmentId: string, terminal: Terminal): Promise<0 | 1> {
  const { checkText } = await import('@nbpulse/sandbox');
  const until = Date.now() + waitForCheckMs;
  for (let said = false; ; said = true) {
    const [version] = await versionsOf(db, assignmentId, 1);
    if (!version) throw new CliProblem('The assignment is gone.');
    if (version.checkState === 'passed' || version.checkState === 'failed') {
      if (version.check) terminal.out(`${checkText(version.check, version.manifest.title)}\n`);
      return version.checkState === 'passed' ? 0 : 1;
    }
    if (version.checkState === 'not-done') {
      throw new CliProblem(
        `It could not be checked: ${version.checkProblem ?? 'nobody knows why'}\nPush it again when that is mended: it is then checked anew.`,
      );
    }
    if (!(await gradingIsOn(db))) {
      terminal.err(
        'Grading is off on this server: no worker is there. It is checked, and grades, once one has come.\n',
      );
      return 0;
    }
    if (Date.now() > until) {
      terminal.err('Its check is not over yet. The assignment’s page shows what it found.\n');
      return 0;
    }
    if (!said) terminal.err('The server’s worker runs the solution and the template…\n');
    await delay(lookEachMs);
  }
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
