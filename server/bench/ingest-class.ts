/** Classes for bench:ingest, written straight into the database: labs, and participants with a device each. */
import { randomUUID } from 'node:crypto';
import { course, device, lab, participant, person } from '@nbpulse/schema/db';
import type { ExpectedSetting } from '@nbpulse/schema/wire';
import { hashToken, makeCode, makeToken } from '../src/access/index.js';
import { makeLink } from '../src/accounts/index.js';
import type { Database } from '../src/database/index.js';
import { setExpected } from '../src/expected/index.js';
import { ProblemReply } from '../src/http/index.js';
import { benchQuestions } from './ingest-records.js';

export interface BenchClass {
  course: string;
  labs: string[];
  /** A device's token each, spread evenly over the labs. */
  tokens: string[];
}

const rowsAtOnce = 1_000;

export async function makeClass(db: Database, options: { students: number; labs: number }): Promise<BenchClass> {
  const courseId = randomUUID();
  await db.insert(course).values({ id: courseId, name: 'Bench', timeZone: 'UTC' });
  const labs = Array.from({ length: options.labs }, () => randomUUID());
  await db.insert(lab).values(
    labs.map((id, index) => ({
      id,
      courseId,
      name: `Lab ${index + 1}`,
      joinCode: makeCode(8),
      status: 'open' as const,
      openedAt: new Date(),
    })),
  );
  const students = Array.from({ length: options.students }, (_, index) => {
    const name = `Student ${index + 1}`;
    const labId = labs[index % labs.length] ?? '';
    return { personId: randomUUID(), participantId: randomUUID(), token: makeToken('nbd'), name, labId };
  });
  for (let at = 0; at < students.length; at += rowsAtOnce) {
    const some = students.slice(at, at + rowsAtOnce);
    await db.insert(person).values(some.map(({ personId, name }) => ({ id: personId, courseId, name })));
    await db.insert(participant).values(
      some.map(({ participantId, personId, labId, name }) => ({
        id: participantId,
        personId,
        labId,
        name,
        nameKey: name.toLowerCase(),
        returnCode: makeCode(8),
        rev: 0,
      })),
    );
    await db.insert(device).values(
      some.map(({ participantId, token }) => ({
        participantId,
        tokenHash: hashToken(token),
        kind: 'page' as const,
        label: 'bench',
      })),
    );
  }
  return { course: courseId, labs, tokens: students.map(({ token }) => token) };
}

/** A number with a tolerance for every question, so that each record's value is looked at and not its hash alone. */
export async function expectNumbers(db: Database, labs: readonly string[]): Promise<void> {
  const setting: ExpectedSetting = {
    answer: {
      kind: 'value',
      value: { t: 'float', v: 1_000 },
      tolerance: { absolute: 0, relative: 0.01 },
      exactType: false,
    },
    from: 'typed',
    setBy: 'bench',
    setAt: new Date().toISOString(),
  };
  for (const lab of labs) {
    const done = await setExpected(
      { db, announce: () => undefined },
      lab,
      new Map(benchQuestions.map((key) => [key, setting])),
    );
    if (done instanceof ProblemReply) throw new Error(done.body.message);
  }
}

/** Signs a teacher of the course up, over HTTP. @returns the cookie that the pages send */
export async function makeTeacher(db: Database, server: string, courseId: string): Promise<string> {
  const email = `${randomUUID()}@example.org`;
  const link = await makeLink(db, { purpose: 'invite', email, courseId, role: 'teacher' });
  const reply = await fetch(`${server}/api/v1/links/${link.token}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: server },
    body: JSON.stringify({ name: 'Teacher', email, password: 'correct horse battery' }),
  });
  if (!reply.ok) throw new Error(`the teacher was not signed up: ${await reply.text()}`);
  return reply.headers
    .getSetCookie()
    .map((line) => line.split(';')[0] ?? '')
    .join('; ');
}
