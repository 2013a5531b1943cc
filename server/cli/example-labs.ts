/** The labs that set-up makes: one for the examples' notebooks, and a fresh one for each class that is played as a demonstration. */
import { and, asc, eq, isNull, notExists, sql } from 'drizzle-orm';
import { lab, participant } from '@nbpulse/schema/db';
import type { ExpectedAnswer, ExpectedSetting } from '@nbpulse/schema/wire';
import type { Database } from '../src/database/index.js';
import { setExpected } from '../src/expected/index.js';
import { ProblemReply } from '../src/http/index.js';
import { createLab } from '../src/labs/index.js';
import { labScript } from '../simulator/lab-script.js';

export interface ExampleLab {
  id: string;
  name: string;
  joinCode: string;
  isNew: boolean;
}

interface LabKind {
  /** In the lab's settings: how it is found again. */
  mark: string;
  name: string;
  description: string;
  questions: { key: string; title?: string; targetMinutes?: number; expected?: ExpectedAnswer }[];
}

const helloSend: LabKind = {
  mark: 'hello-send',
  name: 'Hello send',
  description: 'The example lab of npm start: its notebook shows all that send() can send.',
  questions: [],
};
const played: LabKind = {
  mark: 'demo',
  name: 'Lab 4 · k-means',
  description: 'A class of mathematicians, played by npm start -- --demo.',
  questions: labScript.map(({ key, title, minutes, expected }) => ({
    key,
    title,
    targetMinutes: Math.ceil(minutes),
    ...(expected ? { expected } : {}),
  })),
};

const columns = { id: lab.id, name: lab.name, joinCode: lab.joinCode };
const isOf = (courseId: string, { mark }: LabKind) =>
  and(eq(lab.courseId, courseId), isNull(lab.deletedAt), sql`${lab.settings} ->> 'example' = ${mark}`);

/** The examples' lab; made open at the first set-up. */
export async function ensureExampleLab(db: Database, courseId: string): Promise<ExampleLab> {
  const [known] = await db
    .select(columns)
    .from(lab)
    .where(isOf(courseId, helloSend))
    .orderBy(asc(lab.createdAt))
    .limit(1);
  return known ? { ...known, isNew: false } : makeLab(db, courseId, helloSend);
}

/** A lab in which nobody is yet, so that a second demonstration has names of its own. */
export async function ensureDemoLab(db: Database, courseId: string): Promise<ExampleLab> {
  const nobody = notExists(db.select({ id: participant.id }).from(participant).where(eq(participant.labId, lab.id)));
  const [known] = await db
    .select(columns)
    .from(lab)
    .where(and(isOf(courseId, played), eq(lab.status, 'open'), nobody))
    .limit(1);
  return known ? { ...known, isNew: false } : makeLab(db, courseId, played);
}

async function makeLab(db: Database, courseId: string, kind: LabKind): Promise<ExampleLab> {
  const { name, description, questions, mark } = kind;
  const made = await createLab(db, courseId, { name, description, questions });
  if (made instanceof ProblemReply) throw new Error(made.body.message);
  const setAt = new Date().toISOString();
  const wanted = questions.flatMap(({ key, expected: answer }) =>
    answer ? [[key, { answer, from: 'typed', setBy: null, setAt } satisfies ExpectedSetting] as const] : [],
  );
  // The server may run already; nobody looks at a lab that is just being made.
  const set = wanted.length > 0 && (await setExpected({ db, announce: () => undefined }, made.id, new Map(wanted)));
  if (set instanceof ProblemReply) throw new Error(set.body.message);
  const [row] = await db
    .update(lab)
    .set({
      status: 'open',
      openedAt: sql`now()`,
      settings: sql`${lab.settings} || ${JSON.stringify({ example: mark })}::jsonb`,
    })
    .where(eq(lab.id, made.id))
    .returning(columns);
  if (!row) throw new Error(`the lab ${name} is gone`);
  return { ...row, isNew: true };
}
