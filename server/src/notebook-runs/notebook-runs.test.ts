/** Runs of an author's notebook with a worker that speaks over HTTP and runs nothing: what the server makes of its reports. */
import { createHash, randomUUID } from 'node:crypto';
import { and, eq } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  labState,
  notebookRunProposals,
  notebookRunView,
  proposalsAccepted,
  solutionJob,
  templateAnswer,
  type NotebookReport,
  type NotebookRunView,
  type SolutionJob,
} from '@nbpulse/schema/wire';
import { blob, blobUse, event, job, notebookRun, question } from '@nbpulse/schema/db';
import { useClassroom, type Caller, type Student } from '../../test/classroom.js';
import { doubling, notebook } from '../../test/course-work.js';

const room = useClassroom();
let worker: Caller;
let ada: Student;

beforeAll(async () => {
  worker = await room.worker();
  ada = await room.join('Ada');
});

const report = (changed: Partial<NotebookReport> = {}): NotebookReport => ({
  v: 1,
  outcome: 'completed',
  sent: [],
  leftOut: 0,
  failed: [],
  engine: 'bubblewrap',
  tier: 'A',
  startedAt: '2026-11-21T10:00:00.000Z',
  durationMs: 900,
  ...changed,
});
const upload = (kind: string, bytes = notebook(['send(4, 1)']), by: Caller = room.owner, filename = 'a.ipynb') =>
  by.request('POST', `/labs/${room.lab.id}/notebook-runs?kind=${kind}&filename=${filename}`, { bytes });
const started = async (kind: 'solution' | 'template', bytes?: Uint8Array<ArrayBuffer>): Promise<NotebookRunView> => {
  const response = await upload(kind, bytes);
  expect(response.status).toBe(201);
  return notebookRunView.parse(await response.json());
};
const lease = async (): Promise<SolutionJob> => {
  const response = await worker.post('/worker/lease', { worker: 'w', kinds: ['grade', 'solution'], waitMs: 5_000 });
  return solutionJob.parse(await response.json());
};
const finish = (leased: SolutionJob, done: unknown) =>
  worker.post(`/worker/jobs/${leased.id}/finish`, { lease: leased.lease, report: done });
const runOf = async (id: string): Promise<NotebookRunView | undefined> =>
  labState
    .parse(await (await room.owner.get(`/labs/${room.lab.id}/state`)).json())
    .notebookRuns.find((run) => run.id === id);
const runPath = (id: string) => `/labs/${room.lab.id}/notebook-runs/${id}`;
const send = async (key: string, value: unknown): Promise<void> => {
  const at = new Date().toISOString();
  const record = { kind: 'record', seq: 1, madeAt: at, question: key, value };
  const batch = { v: 1, stream: randomUUID(), sentAt: at, events: [record] };
  expect((await ada.post(`/labs/${room.lab.id}/events`, batch)).status).toBe(200);
};
const verdicts = async (key: string) =>
  (
    await room.database.db
      .select({ verdict: event.verdict })
      .from(event)
      .where(and(eq(event.labId, room.lab.id), eq(event.questionKey, key)))
  ).map((row) => row.verdict);

describe('a run of a solution', () => {
  it('waits, runs, is done, and changes nothing until its answers are accepted', async () => {
    await send('1', { t: 'float', v: 1.4142136 });
    await send('2', { t: 'str', v: 'Bern' });
    const bytes = notebook(['from nbpulse import send', 'send(2 ** 0.5, 1)']);
    const run = await started('solution', bytes);
    expect(run).toMatchObject({ kind: 'solution', filename: 'a.ipynb', state: 'waiting', startedBy: 'owner' });
    const leased = await lease();
    expect((await runOf(run.id))?.state).toBe('running');
    const got = await worker.get(`/worker/jobs/${leased.id}/notebook?lease=${leased.lease}`);
    expect(Buffer.from(await got.arrayBuffer())).toEqual(Buffer.from(bytes));

    const done = report({
      sent: [
        { question: '2', value: { t: 'str', v: 'Lima' }, why: null },
        { question: '1', value: { t: 'float', v: 2 ** 0.5 }, why: null },
        { question: '5', value: null, why: 'A picture.' },
      ],
      failed: [{ cell: 'cell 4', message: 'NameError: name x is not defined' }],
    });
    expect((await finish(leased, done)).status).toBe(204);
    const view = await runOf(run.id);
    expect(view).toMatchObject({ state: 'done', questions: ['2', '1', '5'] });
    expect(view?.message).toContain('cell 4 (NameError');
    expect(await verdicts('1')).toEqual([null]);

    const { proposals } = notebookRunProposals.parse(await (await room.owner.get(runPath(run.id))).json());
    expect(proposals).toMatchObject([
      { question: '2', summary: 'Lima', answer: { kind: 'value', tolerance: null }, now: null },
      { question: '1', answer: { kind: 'value', tolerance: { relative: 1e-6 } }, now: null },
      { question: '5', answer: null, why: 'A picture.' },
    ]);

    const refused = await room.owner.post(`${runPath(run.id)}/accept`, { questions: ['1', '5'] });
    expect(refused.status).toBe(409);
    expect(await verdicts('1')).toEqual([null]);
    const accepted = await room.owner.post(`${runPath(run.id)}/accept`, { questions: ['1', '2'] });
    expect(accepted.status).toBe(200);
    const { set } = proposalsAccepted.parse(await accepted.json());
    expect(set).toMatchObject([
      { question: '1', before: null, expected: { from: 'solution', setBy: 'owner' }, records: { right: 1 } },
      { question: '2', before: null, records: { wrong: 1 } },
    ]);
    expect(await verdicts('1')).toEqual(['right']);
    expect(await verdicts('2')).toEqual(['wrong']);
    const again = notebookRunProposals.parse(await (await room.owner.get(runPath(run.id))).json());
    expect(again.proposals[0]?.now?.from).toBe('solution');
  });

  it('gets the data files of the lab’s assignments, and no tests', async () => {
    const pushed = doubling({ data: ['data'] });
    pushed.files.push({ path: 'data/rows.csv', b64: Buffer.from('a\n1\n').toString('base64') });
    await room.owner.post(`/courses/${room.course}/assignments`, pushed);
    await room.owner.request('PUT', `/labs/${room.lab.id}/assignments/doubling`);
    await started('solution');
    const leased = await lease();
    const got = await worker.get(`/worker/jobs/${leased.id}/data?lease=${leased.lease}`);
    expect(await got.json()).toEqual({ files: [{ path: 'data/rows.csv', b64: 'YQoxCg==' }] });
    expect((await worker.get(`/worker/jobs/${leased.id}/suite?lease=${leased.lease}`)).status).toBe(404);
    await finish(leased, report());
  });

  it('that sent nothing says what to do', async () => {
    const run = await started('solution');
    await finish(await lease(), report());
    expect((await runOf(run.id))?.message).toContain('send(value, question)');
  });

  it('that failed says why, and proposes nothing', async () => {
    const run = await started('solution');
    const reason = 'Its process ended in cell 2: a cell ended Python itself, or crashed it.';
    await finish(await lease(), report({ outcome: 'failed', reason }));
    expect(await runOf(run.id)).toMatchObject({ state: 'failed', message: reason, questions: [] });
    const none = await room.owner.post(`${runPath(run.id)}/accept`, { questions: ['1'] });
    expect(none.status).toBe(409);
  });
});

describe('a run of a template', () => {
  const reached = async (key: string) => {
    const [row] = await room.database.db
      .select({ hash: question.templateHash })
      .from(question)
      .where(and(eq(question.labId, room.lab.id), eq(question.key, key)));
    return row?.hash ?? null;
  };

  it('makes its own answers reached, also those already sent, and forgets them with the next template', async () => {
    await send('7', { t: 'none' });
    await send('8', { t: 'repr', cls: 'ellipsis', text: { v: 'Ellipsis' } });
    await started('template');
    const sent: NotebookReport['sent'] = [
      { question: '7', value: { t: 'none' }, why: null },
      { question: '8', value: { t: 'repr', cls: 'ellipsis', text: { v: 'Ellipsis' } }, why: null },
      { question: '9', value: null, why: 'A picture.' },
    ];
    expect((await finish(await lease(), report({ sent }))).status).toBe(204);
    expect(await verdicts('7')).toEqual(['reached']);
    expect(await verdicts('8')).toEqual(['reached']);
    expect(await reached('9')).toBeNull();
    await started('template');
    await finish(await lease(), report({ sent: sent.slice(1) }));
    expect(await verdicts('7')).toEqual([null]);
    expect(await reached('8')).not.toBeNull();
  });

  it('says to staff what it sends for a question, to be compared with, and to no student', async () => {
    const source = {
      t: 'code' as const,
      kind: 'function' as const,
      name: 'area',
      src: { v: 'def area(r):\n    ...\n' },
    };
    await started('template');
    await finish(await lease(), report({ sent: [{ question: '7', value: source, why: null }] }));
    const path = (key: string) => `/labs/${room.lab.id}/questions/${key}/template`;
    const assistant = await room.addStaff('assistant');
    expect((await assistant.get(path('7'))).status).toBe(403);
    await room.owner.request('PUT', `/labs/${room.lab.id}/assistants/${assistant.userId}`);
    const told = templateAnswer.parse(await (await assistant.get(path('7'))).json());
    expect(told).toEqual({ question: '7', value: source });
    expect(await (await assistant.get(path('8'))).json()).toEqual({ question: '8', value: null });
    expect((await ada.get(path('7'))).status).toBe(403);
    expect((await room.nobody.get(path('7'))).status).toBe(401);
  });

  it('proposes nothing to expect', async () => {
    const run = await started('template');
    await finish(await lease(), report({ sent: [{ question: '7', value: { t: 'int', v: 0 }, why: null }] }));
    const refused = await room.owner.post(`${runPath(run.id)}/accept`, { questions: ['7'] });
    expect(refused.status).toBe(409);
  });
});

describe('what goes wrong', () => {
  it('refuses what is no notebook, and who is no teacher', async () => {
    expect((await upload('solution', new TextEncoder().encode('{"cells": nonsense'))).status).toBe(422);
    expect((await upload('homework')).status).toBe(400);
    const assistant = await room.addStaff('assistant');
    expect((await upload('solution', undefined, assistant)).status).toBe(403);
    expect((await upload('solution', undefined, ada)).status).toBe(403);
    const run = await started('solution');
    expect((await assistant.get(runPath(run.id))).status).toBe(403);
    expect((await ada.get(runPath(run.id))).status).toBe(403);
    await finish(await lease(), report());
  });

  it('refuses a report of another kind and one that is too large, and the run goes on', async () => {
    const run = await started('solution');
    const leased = await lease();
    const graded = { v: 1, outcome: 'completed', points: 9, maxPoints: 9, tests: [], ...meta };
    expect((await finish(leased, graded)).status).toBe(422);
    expect((await finish(leased, { v: 1, outcome: 'completed', sent: 'everything' })).status).toBe(400);
    const many = Array.from({ length: 501 }, (_, at) => ({ question: String(at), value: { t: 'none' }, why: null }));
    expect((await finish(leased, { ...report(), sent: many })).status).toBe(400);
    const huge = { question: '1', value: { t: 'str', v: 'x'.repeat(21 * 1024 * 1024) }, why: null };
    expect((await finish(leased, { ...report(), sent: [huge] })).status).toBe(413);
    expect((await runOf(run.id))?.state).toBe('running');
    expect((await finish(leased, report())).status).toBe(204);
  });

  it('tries again after a fault of the sandbox, and a worker that gives it back', async () => {
    const run = await started('solution');
    const first = await lease();
    await worker.post(`/worker/jobs/${first.id}/release`, { lease: first.lease });
    expect((await runOf(run.id))?.state).toBe('waiting');
    const second = await lease();
    await finish(second, report({ outcome: 'sandbox-error', reason: 'bubblewrap went away.' }));
    expect(await runOf(run.id)).toMatchObject({ state: 'waiting' });
    expect((await runOf(run.id))?.message).toMatch(/not the notebook’s fault.*bubblewrap went away/);
    const { db } = room.database;
    await db
      .update(job)
      .set({ runAfter: new Date(0), attempts: 4 })
      .where(eq(job.id, second.id));
    await finish(await lease(), report({ outcome: 'sandbox-error', reason: 'bubblewrap went away.' }));
    expect(await runOf(run.id)).toMatchObject({ state: 'failed' });
    expect((await runOf(run.id))?.message).toContain('nbpulse doctor');
  });

  it('gives the run of a lost worker to the next', async () => {
    const run = await started('solution');
    const lost = await lease();
    await room.database.db
      .update(job)
      .set({ leaseEndsAt: new Date(0) })
      .where(eq(job.id, lost.id));
    const again = await lease();
    expect(again).toMatchObject({ id: lost.id, attempt: 2 });
    expect((await finish(lost, report())).status).toBe(409);
    expect((await finish(again, report())).status).toBe(204);
    expect((await runOf(run.id))?.state).toBe('done');
  });

  it('puts a new run in the place of the last, whose blob goes and whose worker is told', async () => {
    const bytes = notebook(['send(1, "former")']);
    const former = await started('solution', bytes);
    const leased = await lease();
    const run = await started('solution', notebook(['send(2, "new")']));
    expect((await finish(leased, report())).status).toBe(404);
    expect(await runOf(former.id)).toBeUndefined();
    expect((await room.owner.get(runPath(former.id))).status).toBe(404);
    const { db } = room.database;
    const [left] = await db
      .select()
      .from(blob)
      .where(eq(blob.sha256, createHash('sha256').update(bytes).digest('hex')));
    expect(left?.unusedAt).not.toBeNull();
    const uses = await db.select().from(blobUse).where(eq(blobUse.ownerKind, 'notebook-run'));
    expect(uses.map((use) => use.ownerId)).toContain(run.id);
    expect(uses.map((use) => use.ownerId)).not.toContain(former.id);
    await finish(await lease(), report());
  });

  it('goes with its lab: run, job and blob', async () => {
    const lab = await room.addLab('Short');
    const bytes = notebook(['send(3, "gone")']);
    await room.owner.request('POST', `/labs/${lab.id}/notebook-runs?kind=solution&filename=a.ipynb`, { bytes });
    const leased = await lease();
    await room.owner.request('DELETE', `/labs/${lab.id}`, { json: { joinCode: lab.joinCode } });
    expect((await finish(leased, report())).status).toBe(404);
    const { db } = room.database;
    expect(await db.select().from(notebookRun).where(eq(notebookRun.labId, lab.id))).toEqual([]);
    expect(await db.select().from(blobUse).where(eq(blobUse.labId, lab.id))).toEqual([]);
  });
});

const meta = { engine: 'bubblewrap', tier: 'A', startedAt: '2026-11-21T10:00:00.000Z', durationMs: 1 };
