/**
 * `nbpulse setup`: brings a database to where the server and the examples can start. May be called at each start: what is
 * there stays, and while no account has a password each call makes one more sign-in link for the first owner.
 */
import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { asc, isNotNull, sql } from 'drizzle-orm';
import { course, staffCredential } from '@nbpulse/schema/db';
import { linkUrl, makeLink } from '../src/accounts/index.js';
import { linkToLab, pushAssignment, readAssignmentFolder } from '../src/assignments/index.js';
import type { Blobs } from '../src/blobs/index.js';
import { databaseFault, migrate, type Database, type Queryable } from '../src/database/index.js';
import { isWorkerToken, makeWorkerToken } from '../src/queue/index.js';
import { ensureDemoLab, ensureExampleLab, type ExampleLab } from './example-labs.js';
import { CliProblem } from './problem.js';
import { databaseAway, tellRunning, withDatabase, type Surroundings } from './surroundings.js';

export interface SetupReply {
  /** Only while no account has a password. */
  teacherLink?: string;
  workerToken: string;
  lab: { id: string; name: string; joinCode: string };
  /** The lab for a played class, when one was asked for. */
  demo?: { id: string; name: string; joinCode: string };
  passwordSet: boolean;
}

/** Any number; two set-ups at once take turns on it. */
const setupLock = 718_227;

export async function setup(
  where: Surroundings & { publicUrl: string },
  examples: string,
  warn: (line: string) => void,
  options: { demo?: boolean } = {},
): Promise<SetupReply> {
  await migrate(where.databaseUrl).catch((error: unknown) => {
    throw databaseFault(error) === 'away' ? databaseAway(error) : error;
  });
  const reply = await withDatabase(where, async ({ db, blobs }) => {
    const { courseId, passwordSet, teacherLink } = await db.transaction(async (tx) => {
      await tx.execute(sql`select pg_advisory_xact_lock(${setupLock})`);
      const courseId = await ensureCourse(tx);
      const passwordSet = await anyPassword(tx);
      if (passwordSet) return { courseId, passwordSet, teacherLink: undefined };
      const link = await makeLink(tx, { purpose: 'first', email: null, courseId, role: 'owner' });
      return { courseId, passwordSet, teacherLink: linkUrl(where.publicUrl, link.token) };
    });
    const madeLab = await ensureExampleLab(db, courseId);
    await pushExamples({ db, blobs }, courseId, madeLab, examples, warn);
    const workerToken = await ensureWorkerToken(db, where.secrets);
    const demo = options.demo ? shown(await ensureDemoLab(db, courseId)) : undefined;
    return { teacherLink, workerToken, lab: shown(madeLab), demo, passwordSet };
  });
  await tellRunning(where);
  return reply;
}

const shown = ({ id, name, joinCode }: ExampleLab) => ({ id, name, joinCode });

/** The oldest course; on an empty server one that stands ready for its first owner, who renames it. */
async function ensureCourse(tx: Queryable): Promise<string> {
  const [known] = await tx.select({ id: course.id }).from(course).orderBy(asc(course.createdAt)).limit(1);
  if (known) return known.id;
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const [made] = await tx
    .insert(course)
    .values({ name: 'My course', timeZone: timeZone || 'UTC' })
    .returning({ id: course.id });
  if (!made) throw new Error('the first course was not kept');
  return made.id;
}

async function anyPassword(tx: Queryable): Promise<boolean> {
  const rows = await tx
    .select({ id: staffCredential.id })
    .from(staffCredential)
    .where(isNotNull(staffCredential.password))
    .limit(1);
  return rows.length > 0;
}

/** Pushes each example that is an assignment. A teacher who took one off the lab does not get it back. */
async function pushExamples(
  deps: { db: Database; blobs: Blobs },
  courseId: string,
  madeLab: ExampleLab,
  examples: string,
  warn: (line: string) => void,
): Promise<void> {
  for (const name of (await readdir(examples).catch(() => [])).sort()) {
    const folder = join(examples, name);
    const manifest = await readFile(join(folder, 'assignment.yaml')).catch(() => null);
    if (manifest === null) continue;
    const read = await readAssignmentFolder(folder);
    const pushed = read.ok ? await pushAssignment(deps, courseId, read.value, 'setup') : read;
    if (!pushed.ok) {
      warn(`The example ${name} was not pushed:\n  ${pushed.problems.join('\n  ')}`);
      continue;
    }
    const first = pushed.value.version === 1 && !pushed.value.unchanged;
    if (madeLab.isNew || first) await linkToLab(deps.db, madeLab.id, pushed.value.slug);
  }
}

/** The local worker's token, kept in the secrets folder: made anew when the database does not know it. */
async function ensureWorkerToken(db: Database, secrets: string): Promise<string> {
  const path = join(secrets, 'worker-token');
  const kept = (await readFile(path, 'utf8').catch(() => '')).trim();
  if (kept !== '' && (await isWorkerToken(db, kept))) return kept;
  const token = await makeWorkerToken(db, 'local');
  await mkdir(secrets, { recursive: true, mode: 0o700 });
  const unfinished = `${path}.${String(process.pid)}`;
  await writeFile(unfinished, token, { mode: 0o600 });
  await rename(unfinished, path);
  return token;
}

export function requirePublicUrl(where: Surroundings, given: string | undefined): Surroundings & { publicUrl: string } {
  const publicUrl = (given ?? where.publicUrl ?? 'http://127.0.0.1:8420').replace(/\/+$/, '');
  if (!URL.canParse(publicUrl)) {
    throw new CliProblem(`--base-url: "${publicUrl}" is no address. Give it as http://127.0.0.1:8420.`, 2);
  }
  return { ...where, publicUrl };
}
