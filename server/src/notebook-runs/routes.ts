import { and, eq, inArray } from 'drizzle-orm';
import { z } from 'zod';
import { notebookRun, question } from '@nbpulse/schema/db';
import {
  expectedSetting,
  limits,
  notebookRunKind,
  notebookRunProposals,
  notebookRunView as notebookRunViewShape,
  proposalsAccept,
  proposalsAccepted,
  questionKey,
  templateAnswer,
  type ExpectedSetting,
  type NotebookRunProposals,
} from '@nbpulse/schema/wire';
import { badNotebook } from '../checkpoints/index.js';
import type { Queryable } from '../database/index.js';
import type { ExpectedSet } from '../expected/index.js';
import { defineRoute, ProblemReply, refuse, type Route } from '../http/index.js';
import { gradingIsOn } from '../queue/index.js';
import { proposedAnswer } from './proposed-answer.js';
import { startRun, type StartRunDeps } from './start-run.js';
import { notebookRunView, sendsOf, type NotebookRunRow } from './view.js';

export interface NotebookRunDeps extends StartRunDeps {
  setExpected: (
    labId: string,
    wanted: ReadonlyMap<string, ExpectedSetting | null>,
  ) => Promise<Map<string, ExpectedSet> | ProblemReply>;
}

const tag = 'Expected answers';
const runParams = z.object({ lab: z.uuid(), run: z.uuid() });
const noRun = () => refuse(404, 'not-found', 'There is no such run in this lab: a newer one has taken its place.');

export function notebookRunRoutes(deps: NotebookRunDeps): Route[] {
  const { db } = deps;
  const find = async (labId: string, runId: string): Promise<NotebookRunRow | null> => {
    const [row] = await db
      .select()
      .from(notebookRun)
      .where(and(eq(notebookRun.id, runId), eq(notebookRun.labId, labId)));
    return row ?? null;
  };
  return [
    defineRoute(
      {
        method: 'post',
        path: '/labs/{lab}/notebook-runs',
        access: 'teacher',
        summary: 'Run the author’s solution or template once in the sandbox, for what it sends',
        tag,
        params: z.object({ lab: z.uuid() }),
        query: z.object({ kind: notebookRunKind, filename: z.string().trim().min(1).max(200) }),
        bytes: { maxBytes: limits.notebookBytes, what: 'A notebook' },
        reply: notebookRunViewShape,
        status: 201,
      },
      async ({ params, query, bytes, caller }) => {
        const startedBy = caller.kind === 'staff' ? caller.name : null;
        const problem = badNotebook(bytes);
        if (problem) return problem;
        const { kind } = query;
        return startRun(deps, params.lab, { kind, filename: plainName(query.filename), bytes, startedBy });
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/labs/{lab}/notebook-runs/{run}',
        access: 'teacher',
        summary: 'What a run sent, and what its questions would expect by it',
        tag,
        params: runParams,
        reply: notebookRunProposals,
      },
      async ({ params }) => {
        const row = await find(params.lab, params.run);
        return row ? proposalsOf(db, row) : noRun();
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/labs/{lab}/questions/{key}/template',
        // Every student holds the template: it tells no more than that.
        access: 'assistant',
        summary: 'What the template itself sends for a question, by its last run',
        tag,
        params: z.object({ lab: z.uuid(), key: questionKey }),
        reply: templateAnswer,
      },
      async ({ params: { lab, key } }) => {
        const [run] = await db
          .select({ sent: notebookRun.sent })
          .from(notebookRun)
          .where(and(eq(notebookRun.labId, lab), eq(notebookRun.kind, 'template'), eq(notebookRun.state, 'done')));
        const its = run && sendsOf(run).find((one) => one.question === key);
        return { question: key, value: its?.value ?? null };
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/labs/{lab}/notebook-runs/{run}/accept',
        access: 'teacher',
        summary: 'These questions take their proposal; everything already sent is judged anew',
        tag,
        params: runParams,
        body: proposalsAccept,
        reply: proposalsAccepted,
        // Five hundred questions are judged before it answers.
        deadlineMs: null,
      },
      async ({ params, body, caller }) => {
        const row = await find(params.lab, params.run);
        if (!row) return noRun();
        if (row.kind !== 'solution' || row.state !== 'done') {
          return refuse(409, 'conflict', 'Only what a solution sent can be expected, once its run is done.');
        }
        const setBy = caller.kind === 'staff' ? caller.name : null;
        const setAt = new Date().toISOString();
        const sends = new Map(sendsOf(row).map((one) => [one.question, one]));
        const wanted = new Map<string, ExpectedSetting>();
        for (const key of body.questions) {
          const one = sends.get(key);
          const { answer, why } = one ? proposedAnswer(one.value, one.why) : { answer: null, why: 'It was not sent.' };
          if (!answer) return refuse(409, 'conflict', `Question ${key} has no answer to expect. ${why ?? ''}`.trim());
          wanted.set(key, { answer, from: 'solution', setBy, setAt });
        }
        const set = await deps.setExpected(params.lab, wanted);
        if (set instanceof ProblemReply) return set;
        return { set: [...set].map(([key, judged]) => ({ question: key, ...judged })) };
      },
    ),
  ];
}

/** The last part of a path, without control characters. */
function plainName(filename: string): string {
  const name = (filename.split(/[/\\]/).pop() ?? '').replace(/[\p{C}"]/gu, '').trim();
  return name === '' ? 'notebook.ipynb' : name;
}

async function proposalsOf(db: Queryable, row: NotebookRunRow): Promise<NotebookRunProposals> {
  const sends = sendsOf(row);
  const keys = sends.map((one) => one.question);
  const rows = await db
    .select({ key: question.key, expected: question.expected })
    .from(question)
    .where(and(eq(question.labId, row.labId), inArray(question.key, keys)));
  const now = new Map(rows.map(({ key, expected }) => [key, expected]));
  return {
    run: notebookRunView(row),
    workerThere: await gradingIsOn(db),
    proposals: sends.map((one) => {
      const stands = now.get(one.question) ?? null;
      return {
        question: one.question,
        summary: one.summary,
        ...proposedAnswer(one.value, one.why),
        now: stands === null ? null : expectedSetting.parse(stands),
      };
    }),
  };
}
