import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assignmentVersion, course, courseStaff, lab, oneTimeLink, worker } from '@nbpulse/schema/db';
import { password, publicUrl } from '../test/classroom.js';
import { doubling } from '../test/course-work.js';
import { useDatabase } from '../test/database.js';
import { createApp } from '../src/app.js';
import { openDatabase, type OpenDatabase } from '../src/database/index.js';
import { isWorkerToken } from '../src/queue/index.js';
import { main } from './main.js';
import type { SetupReply } from './setup.js';

const test = useDatabase({ migrated: false });
let database: OpenDatabase;
let folder = '';
let env: NodeJS.ProcessEnv = {};

async function nbpulse(argv: string[], given: NodeJS.ProcessEnv = env) {
  let out = '';
  let err = '';
  const code = await main(argv, given, { out: (text) => (out += text), err: (text) => (err += text) });
  return { code, out, err };
}
const setup = async (): Promise<SetupReply> => {
  const { code, out, err } = await nbpulse(['setup', '--json', '--examples', join(folder, 'examples')]);
  expect([code, err]).toEqual([0, '']);
  return JSON.parse(out) as SetupReply;
};
const useLink = async (link: string, body: object): Promise<Response> => {
  const app = createApp({
    database,
    dataFolder: folder,
    authSecret: 'a secret of at least 32 characters',
    publicUrl,
    wheel: null,
  });
  try {
    return await app.request(`${publicUrl}/api/v1/links/${link.split('#')[1]!}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  } finally {
    await app.close();
  }
};
const write = async (name: string, manifest: string): Promise<string> => {
  const path = join(folder, name);
  const { files } = doubling();
  for (const file of files) {
    await mkdir(join(path, file.path, '..'), { recursive: true });
    await writeFile(join(path, file.path), Buffer.from(file.b64, 'base64'));
  }
  await writeFile(join(path, 'assignment.yaml'), manifest);
  return path;
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nbpulse-cli-'));
  env = { DATABASE_URL: test.url, NBPULSE_DATA: join(folder, 'data'), NBPULSE_PUBLIC_URL: publicUrl };
  await write('examples/doubling', 'slug: doubling\ntitle: Doubling\npoints: 3\n');
  await write('examples/no-assignment', 'slug: [');
  await rm(join(folder, 'examples/no-assignment/assignment.yaml'));
  database = openDatabase(test.url, 4);
});
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true });
});

describe('nbpulse setup', () => {
  it('makes course, open lab, assignment, link and worker’s token from an empty database; again it makes only a link', async () => {
    const first = await setup();
    const second = await setup();
    expect(first).toMatchObject({ lab: { name: 'Hello send' }, passwordSet: false });
    expect(first.teacherLink).toMatch(new RegExp(`^${publicUrl}/link#[\\w-]{40,}$`));
    expect(second).toEqual({ ...first, teacherLink: second.teacherLink });
    expect(second.teacherLink).not.toBe(first.teacherLink);
    const { db } = database;
    expect(await db.select().from(course)).toHaveLength(1);
    expect(await db.select().from(lab)).toMatchObject([
      { id: first.lab.id, status: 'open', joinCode: first.lab.joinCode },
    ]);
    expect(await db.select().from(assignmentVersion)).toMatchObject([{ number: 1, pushedBy: 'setup' }]);
    expect(await db.select().from(worker)).toHaveLength(1);
    expect(await isWorkerToken(db, first.workerToken)).toBe(true);
    const linked = await db.execute(sql`select 1 from lab_assignment where lab_id = ${first.lab.id}`);
    expect(linked).toHaveLength(1);
    expect((await stat(join(folder, 'data/secrets/worker-token'))).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, 'data/run.json'))).mode & 0o777).toBe(0o600);
  });

  it('leaves to the teacher what the teacher changed', async () => {
    const { lab: made } = await setup();
    await database.db.execute(sql`delete from lab_assignment where lab_id = ${made.id}`);
    await database.db.update(lab).set({ name: 'Renamed', status: 'closed' }).where(eq(lab.id, made.id));
    expect((await setup()).lab).toMatchObject({ id: made.id, name: 'Renamed' });
    expect(await database.db.select({ status: lab.status }).from(lab)).toEqual([{ status: 'closed' }]);
    expect(await database.db.execute(sql`select 1 from lab_assignment`)).toHaveLength(0);
  });

  it('prints a link until a password is set, which makes every other first link useless', async () => {
    const [older, newer] = [await setup(), await setup()];
    const body = {
      name: 'Olga',
      email: 'olga@example.org',
      password,
      course: { name: 'Algebra', timeZone: 'Europe/Zurich' },
    };
    expect((await useLink(newer.teacherLink!, body)).status).toBe(200);
    expect(await database.db.select({ name: course.name, timeZone: course.timeZone }).from(course)).toEqual([
      { name: 'Algebra', timeZone: 'Europe/Zurich' },
    ]);
    expect(await database.db.select({ role: courseStaff.role }).from(courseStaff)).toEqual([{ role: 'owner' }]);
    const after = await setup();
    expect(after).toMatchObject({ passwordSet: true });
    expect(after.teacherLink).toBeUndefined();
    expect((await useLink(older.teacherLink!, { ...body, email: 'late@example.org' })).status).toBe(410);
  });

  it('tells of an example that is wrong, and goes on', async () => {
    const path = await write('examples/wrong', 'slug: Wrong Slug\ntitle: x\n');
    const { code, out, err } = await nbpulse(['setup', '--json', '--examples', join(folder, 'examples')]);
    await rm(path, { recursive: true });
    expect(code).toBe(0);
    expect(JSON.parse(out)).toHaveProperty('workerToken');
    expect(err).toContain('The example wrong was not pushed');
    expect(err).toContain('slug: lower-case letters');
  });
});

describe('nbpulse assignment push', () => {
  it('makes versions and links to a lab, found through run.json alone', async () => {
    const { lab: made } = await setup();
    const path = await write('primes', 'slug: primes\ntitle: Primes\n');
    const only = { NBPULSE_DATA: join(folder, 'data') };
    expect(await nbpulse(['assignment', 'push', path], only)).toMatchObject({ code: 0, out: 'primes: version 1\n' });
    const linked = await nbpulse(['assignment', 'push', path, '--lab', made.id], only);
    expect(linked.out).toBe('primes: version 1, unchanged, linked to the lab "Renamed"\n');
    await write('primes', 'slug: primes\ntitle: Primes\npoints: 20\n');
    expect((await nbpulse(['assignment', 'push', path], only)).out).toBe('primes: version 2\n');
  });

  it.each([
    [['assignment'], 2, 'nbpulse assignment push DIR'],
    [['assignment', 'push'], 2, 'nbpulse assignment push DIR'],
    [['assignment', 'push', 'nowhere'], 1, 'There is no assignment.yaml in'],
    [['assignment', 'push', 'primes', '--lab', 'x'], 1, 'there is no lab x. The labs are'],
    [['assignment', 'push', 'primes', '--course', 'x'], 1, 'there is no course x. The courses are'],
    [['assignment', 'push', 'primes', '--corse', 'x'], 2, '--corse'],
  ])('called wrongly says how: %j', async (argv, code, words) => {
    const result = await nbpulse(argv.map((word) => (word === 'primes' ? join(folder, 'primes') : word)));
    expect([result.code, result.err]).toEqual([code, expect.stringContaining(words)]);
  });
});

describe('nbpulse staff link', () => {
  it('invites a stranger, and resets who has a password', async () => {
    const invited = await nbpulse(['staff', 'link', 'Tom@Example.org', '--role', 'assistant']);
    expect(invited).toMatchObject({ code: 0, err: expect.stringContaining('Invites tom@example.org as assistant') });
    const reset = await nbpulse(['staff', 'link', 'olga@example.org']);
    expect(reset.err).toContain('Sets a new password');
    const used = await useLink(reset.out.trim(), {
      name: 'Olga',
      email: 'olga@example.org',
      password: 'quite another password',
    });
    expect(used.status).toBe(200);
    const links = await database.db.select().from(oneTimeLink).where(eq(oneTimeLink.email, 'olga@example.org'));
    expect(links).toMatchObject([{ purpose: 'reset', courseId: null, role: null }]);
    expect((await nbpulse(['staff', 'link', 'nobody'])).code).toBe(2);
    expect((await nbpulse(['staff', 'link', 'a@b.org', '--role', 'king'])).err).toContain('assistant, teacher, owner');
  });
});

describe('nbpulse worker token', () => {
  it('makes a token; the earlier one of the same name stops to work, the local worker’s goes on', async () => {
    const { workerToken } = await setup();
    const [first, second, other] = [
      await nbpulse(['worker', 'token', 'rack-1']),
      await nbpulse(['worker', 'token', 'rack-1']),
      await nbpulse(['worker', 'token', 'rack-2']),
    ].map(({ code, out }) => {
      expect(code).toBe(0);
      return out.trim();
    });
    const works = (token: string | undefined) => isWorkerToken(database.db, token ?? '');
    expect([await works(first), await works(second), await works(other)]).toEqual([false, true, true]);
    expect(await works(workerToken)).toBe(true);
    expect(await nbpulse(['worker', 'token', 'local'])).toMatchObject({ code: 2 });
  });
});

describe('nbpulse', () => {
  it('says where its database comes from when it has none', async () => {
    const { code, err } = await nbpulse(['staff', 'link', 'a@b.org'], { NBPULSE_DATA: join(folder, 'nothing-here') });
    expect([code, err]).toEqual([1, expect.stringContaining('npm start')]);
    expect(err).not.toContain(' at ');
  });

  it('says that the database does not answer', async () => {
    const away = { ...env, DATABASE_URL: 'postgres://nobody:x@127.0.0.1:1/none' };
    for (const argv of [
      ['staff', 'link', 'a@b.org'],
      ['setup', '--json'],
    ]) {
      const { code, err } = await nbpulse(argv, away);
      expect([code, err]).toEqual([1, expect.stringContaining('The database does not answer')]);
    }
  });

  it('helps, and refuses what it does not know', async () => {
    expect(await nbpulse(['--help'])).toMatchObject({
      code: 0,
      out: expect.stringContaining('nbpulse assignment push DIR'),
    });
    expect((await nbpulse([])).code).toBe(2);
    expect(await nbpulse(['dance'])).toMatchObject({ code: 2, err: expect.stringContaining('no command "dance"') });
    expect(await nbpulse(['grade', 'x'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('nbpulse grade DIR NOTEBOOK'),
    });
    expect(await nbpulse(['worker'], {})).toMatchObject({ code: 2 });
    expect(await nbpulse(['doctor'], { NBPULSE_ENGINE: 'podman' })).toMatchObject({
      code: 2,
      err: expect.stringContaining('podman'),
    });
  });
});
