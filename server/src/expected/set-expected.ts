/**
 * Sets what questions expect, or what their template's own answer is, and judges everything already sent anew: one transaction, one
 * revision of the lab's log. Records keep their own revision; a page learns from the question's `judgedRev` that its verdicts
 * are old.
 */
import { and, eq, inArray, sql } from 'drizzle-orm';
import { event, lab, question } from '@nbpulse/schema/db';
import { expectedSetting, type Change, type ExpectedSetting, type VerdictCounts } from '@nbpulse/schema/wire';
import { nextRev, type Announce, type Database, type Queryable } from '../database/index.js';
import { refuse, type ProblemReply } from '../http/index.js';
import { maxQuestionsPerLab, positionAmong } from '../questions/index.js';
import { questionColumns, questionView } from '../views/index.js';
import { countVerdicts } from './counts.js';
import { answerKey, judgeSent, sentTo, type Verdicts } from './judge-sent.js';
import type { Judge } from './judged.js';
import { compileJudge } from './judge.js';
import { questionJudge } from './lab-judge.js';
import type { QuestionJudge } from './verdict.js';

export interface ExpectedDeps {
  db: Database;
  announce: Announce;
}

export interface ExpectedSet {
  before: ExpectedSetting | null;
  expected: ExpectedSetting | null;
  records: VerdictCounts;
  latest: VerdictCounts;
}

/** What becomes of a question; what is left out stays. */
interface Wanted {
  expected?: ExpectedSetting | null;
  templateHash?: string | null;
}
interface Standing {
  expected: unknown;
  templateHash: string | null;
}
const unknownQuestion: Standing = { expected: null, templateHash: null };

/**
 * @param wanted null: nothing is expected any more. A question that is not there yet is declared.
 * @returns per question what stood there before and how its records are judged now
 */
export async function setExpected(
  deps: ExpectedDeps,
  labId: string,
  wanted: ReadonlyMap<string, ExpectedSetting | null>,
): Promise<Map<string, ExpectedSet> | ProblemReply> {
  for (const [key, setting] of wanted) {
    const compiled = setting && compileJudge(setting.answer);
    if (compiled && 'problem' in compiled) {
      const problem = wanted.size === 1 ? compiled.problem : `Question ${key}: ${compiled.problem}`;
      return refuse(400, 'invalid', problem, { fields: { answer: compiled.problem } });
    }
  }
  return changeQuestions(deps, labId, new Map([...wanted].map(([key, expected]) => [key, { expected }])));
}

/** A record whose answer has this hash is `reached`, unless it is right. Null: not known any more. */
export async function setTemplateAnswers(
  deps: ExpectedDeps,
  labId: string,
  hashes: ReadonlyMap<string, string | null>,
): Promise<Map<string, ExpectedSet> | ProblemReply> {
  return changeQuestions(deps, labId, new Map([...hashes].map(([key, templateHash]) => [key, { templateHash }])));
}

async function changeQuestions(
  { db, announce }: ExpectedDeps,
  labId: string,
  wanted: ReadonlyMap<string, Wanted>,
): Promise<Map<string, ExpectedSet> | ProblemReply> {
  // Nearly all is judged here, before anybody has to wait for the lab's row.
  const ahead = new Map<string, Judging>();
  const standing = await readStandings(db, labId, [...wanted.keys()]);
  for (const [key, its] of wanted) ahead.set(key, await judging(db, labId, key, its, standing.get(key)));

  const done = await db.transaction(async (tx) => {
    const [its] = await tx.select({ deletedAt: lab.deletedAt }).from(lab).where(eq(lab.id, labId)).for('no key update');
    if (!its || its.deletedAt) return refuse(410, 'lab-deleted', 'This lab was deleted.');
    const before = await readStandings(tx, labId, [...wanted.keys()]);
    const missing = [...wanted].filter(([key, one]) => !before.has(key) && (one.expected ?? one.templateHash));
    const there = await questionPositions(tx, labId);
    if (there.length + missing.length > maxQuestionsPerLab) {
      return refuse(
        409,
        'conflict',
        `A lab has at most ${String(maxQuestionsPerLab)} questions. Use keys that it has.`,
      );
    }
    const rev = await nextRev(tx, labId);
    await tx.update(lab).set({ expectedRev: rev }).where(eq(lab.id, labId));
    for (const [key] of missing) {
      const position = positionAmong(there, key);
      there.push({ key, position });
      await tx.insert(question).values({ labId, key, position, declared: true, rev });
    }
    const results = new Map<string, ExpectedSet>();
    const changes: Change[] = [];
    for (const [key, one] of wanted) {
      const stood = before.get(key) ?? unknownQuestion;
      const now = await judging(tx, labId, key, one, stood, ahead.get(key));
      await writeVerdicts(tx, labId, key, now.judge.judge, now.verdicts);
      const { records, latest } = await countVerdicts(tx, labId, key, now.judge.judge, now.verdicts);
      const [row] = await tx
        .update(question)
        .set({ ...one, judgedRev: rev, rev })
        .where(and(eq(question.labId, labId), eq(question.key, key)))
        .returning(questionColumns);
      results.set(key, {
        before: settingOf(stood.expected),
        expected: settingOf(row?.expected ?? null),
        records,
        latest,
      });
      if (row) changes.push({ kind: 'question', rev, question: questionView(row) });
    }
    return { rev, changes, results };
  });
  if (!('results' in done)) return done;
  announce(labId, done.rev, done.changes);
  return done.results;
}

const settingOf = (expected: unknown): ExpectedSetting | null =>
  expected === null ? null : expectedSetting.parse(expected);

async function readStandings(db: Queryable, labId: string, keys: string[]): Promise<Map<string, Standing>> {
  const rows = await db
    .select({ key: question.key, expected: question.expected, templateHash: question.templateHash })
    .from(question)
    .where(and(eq(question.labId, labId), inArray(question.key, keys)));
  return new Map(rows.map(({ key, ...standing }) => [key, standing]));
}

const questionPositions = (tx: Queryable, labId: string): Promise<{ key: string; position: number }[]> =>
  tx.select({ key: question.key, position: question.position }).from(question).where(eq(question.labId, labId));

interface Judging {
  judge: QuestionJudge;
  verdicts: Verdicts;
  /** What the verdicts were judged by. */
  by: string;
}

/** @param earlier is gone on with, unless somebody changed the question since */
async function judging(
  db: Queryable,
  labId: string,
  key: string,
  wanted: Wanted,
  stood: Standing = unknownQuestion,
  earlier?: Judging,
): Promise<Judging> {
  const next = { expected: stood.expected, templateHash: stood.templateHash, ...wanted };
  const by = JSON.stringify(next);
  const { judge, verdicts } = earlier?.by === by ? earlier : { judge: questionJudge(next), verdicts: new Map() };
  return { judge, verdicts: await judgeSent(db, labId, key, judge, verdicts), by };
}

/** Only rows whose verdict differs are written. */
async function writeVerdicts(
  tx: Queryable,
  labId: string,
  key: string,
  judge: Judge | null,
  verdicts: Verdicts,
): Promise<void> {
  const rows = JSON.stringify([...verdicts].map(([answer, verdict]) => ({ answer, verdict })));
  await tx.execute(sql`
    update ${event} set verdict = judged.verdict
    from json_to_recordset(${rows}::json) as judged (answer text, verdict text)
    where ${sentTo(labId, key)} and ${answerKey(judge)} = judged.answer and ${event.verdict} is distinct from judged.verdict`);
}
