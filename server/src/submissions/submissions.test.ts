import { randomUUID } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  labLog,
  gradeJob,
  problem,
  receipt,
  staffSubmission,
  submissionView,
  type AssignmentPush,
  type GradeJob,
  type RunReport,
} from '@nbpulse/schema/wire';
import { job, worker as workerTable } from '@nbpulse/schema/db';
import { passChecks } from '../../test/checked.js';
import { useClassroom, type Caller, type Student } from '../../test/classroom.js';
import { doubling, notebook, report } from '../../test/course-work.js';
import { sha256Of } from '../checkpoints/index.js';

const room = useClassroom();
let worker: Caller;

const link = async (push: AssignmentPush, lab = room.lab.id) => {
  await room.owner.post(`/courses/${room.course}/assignments`, push);
  await room.owner.request('PUT', `/labs/${lab}/assignments/${push.manifest.slug}`);
  await passChecks(worker);
};
beforeAll(async () => {
  worker = await room.worker();
  // A worker that has called: grading is on.
  await worker.post('/worker/lease', { worker: 'test', kinds: ['grade'], waitMs: 0 });
  await link(doubling());
});

const submit = async (student: Student, bytes = notebook(['x']), id: string = randomUUID(), slug = 'doubling') => {
  const response = await student.upload(`/me/submissions?assignment=${slug}`, bytes, id);
  expect(response.status).toBe(201);
  return receipt.parse(await response.json());
};
const own = async (student: Student, id: string) =>
  submissionView.parse(await (await student.get(`/me/submissions/${id}`)).json());
const forStaff = async (id: string, staff: Caller = room.owner, lab = room.lab.id) =>
  staffSubmission.parse(await (await staff.get(`/labs/${lab}/submissions/${id}`)).json());
const lease = async (): Promise<GradeJob> => {
  const response = await worker.post('/worker/lease', { worker: 'test', kinds: ['grade'], waitMs: 5_000 });
  expect(response.status).toBe(200);
  return gradeJob.parse(await response.json());
};
/** Leases until it has the job of this submission; jobs of other tests are finished on the way. */
const leaseOf = async (id: string): Promise<GradeJob> => {
  for (;;) {
    const found = await lease();
    if (found.payload.submissionId === id) return found;
    await finish(found, report());
  }
};
const finish = (leased: GradeJob, done: RunReport) =>
  worker.post(`/worker/jobs/${leased.id}/finish`, { lease: leased.lease, report: done });
const grade = async (id: string, done: RunReport = report()) => {
  expect((await finish(await leaseOf(id), done)).status).toBe(204);
};

describe('a submission', () => {
  it('keeps the exact bytes and gives a receipt', async () => {
    const ada = await room.join('Ada');
    const bytes = new TextEncoder().encode('{"nbformat":4,  "nbformat_minor":5,\r\n"metadata":{},"cells":[ ]}\n\n');
    const got = await submit(ada, bytes);
    expect(got).toMatchObject({ sha256: sha256Of(bytes), bytes: bytes.byteLength, assignment: 'doubling' });
    expect(got.number).toMatch(/^S-[A-Z2-7]{6}$/);
    for (const response of [
      await ada.get(`/me/submissions/${got.id}/notebook`),
      await room.owner.get(`/labs/${room.lab.id}/submissions/${got.id}/notebook`),
    ]) {
      expect(Buffer.from(await response.arrayBuffer()).equals(Buffer.from(bytes))).toBe(true);
      expect(response.headers.get('content-disposition')).toContain('doubling.ipynb');
    }
  });

  it('that is sent again gets the same receipt, and is graded once', async () => {
    const grace = await room.join('Grace');
    const id = randomUUID();
    const bytes = notebook(['again']);
    const receipts = await Promise.all([submit(grace, bytes, id), submit(grace, bytes, id), submit(grace, bytes, id)]);
    receipts.push(await submit(grace, bytes, id));
    for (const other of receipts) expect(other).toEqual(receipts[0]);
    const jobs = await room.database.db
      .select()
      .from(job)
      .where(sql`${job.payload} ->> 'submissionId' = ${id}`);
    expect(jobs).toHaveLength(1);
  });

  it('with a known id and other bytes is refused, and the first stays', async () => {
    const emmy = await room.join('Emmy');
    const first = await submit(emmy, notebook(['first']));
    const second = await emmy.upload('/me/submissions?assignment=doubling', notebook(['second']), first.id);
    expect([second.status, problem.parse(await second.json()).error]).toEqual([409, 'conflict']);
    expect((await own(emmy, first.id)).sha256).toBe(first.sha256);
    const spy = await room.join('Spy');
    expect((await spy.upload('/me/submissions', notebook(['first']), first.id)).status).toBe(409);
    expect((await spy.get(`/me/submissions/${first.id}`)).status).toBe(404);
    expect((await spy.get(`/me/submissions/${first.id}/notebook`)).status).toBe(404);
  });

  it('names an assignment that the lab has', async () => {
    const lab = await room.addLab('Two assignments');
    const ruth = await room.join('Ruth', lab);
    const none = await ruth.upload('/me/submissions', notebook(['1']));
    expect([none.status, problem.parse(await none.json()).message]).toEqual([
      404,
      expect.stringContaining('no assignment is linked'),
    ]);
    await link(doubling(), lab.id);
    expect((await ruth.upload('/me/submissions', notebook(['1']))).status).toBe(201);
    await link(doubling({ slug: 'second' }), lab.id);
    const which = await ruth.upload('/me/submissions', notebook(['1']));
    expect([which.status, problem.parse(await which.json()).message]).toEqual([
      400,
      expect.stringContaining('doubling, second'),
    ]);
    const wrong = await ruth.upload('/me/submissions?assignment=third', notebook(['1']));
    expect(wrong.status).toBe(404);
  });

  it('is refused when it is no notebook, or the lab is closed', async () => {
    const lab = await room.addLab('Closed');
    await link(doubling(), lab.id);
    const ada = await room.join('Ada', lab);
    const bad = await ada.upload('/me/submissions', new TextEncoder().encode('print(1)'));
    expect([bad.status, problem.parse(await bad.json()).error]).toEqual([422, 'not-a-notebook']);
    await room.owner.request('PATCH', `/labs/${lab.id}`, { json: { status: 'closed' } });
    const closed = await ada.upload('/me/submissions', notebook(['1']));
    expect([closed.status, problem.parse(await closed.json()).error]).toEqual([409, 'lab-closed']);
  });

  it('passes through queued, running and done, each a change in the lab’s log', async () => {
    const lise = await room.join('Lise');
    const before = labLog.parse(await (await room.owner.get(`/labs/${room.lab.id}/log?since=0`)).json()).to;
    const { id } = await submit(lise);
    expect(await own(lise, id)).toMatchObject({ status: 'queued', note: null, result: null });
    const leased = await leaseOf(id);
    expect(await own(lise, id)).toMatchObject({ status: 'running', progress: null });
    const beat = await worker.post(`/worker/jobs/${leased.id}/heartbeat`, {
      lease: leased.lease,
      progress: { done: 1, total: 3 },
    });
    expect(await beat.json()).toEqual({ cancel: false });
    expect(await own(lise, id)).toMatchObject({ status: 'running', progress: { done: 1, total: 3 } });
    await finish(leased, report());
    expect(await own(lise, id)).toMatchObject({
      status: 'done',
      progress: null,
      result: { points: 2, maxPoints: 3, outcome: 'completed' },
    });
    const log = labLog.parse(await (await room.owner.get(`/labs/${room.lab.id}/log?since=${String(before)}`)).json());
    const change = log.changes.find((item) => item.kind === 'submission' && item.submission.id === id);
    expect(change).toMatchObject({ submission: { status: 'done', points: 2, maxPoints: 3, outcome: 'completed' } });
  });

  it('of somebody who hands in many times waits behind the others’ first', async () => {
    const eager = await room.join('Eager');
    const calm = await room.join('Calm');
    const many = [await submit(eager), await submit(eager), await submit(eager)];
    const one = await submit(calm);
    const order: string[] = [];
    while (order.length < 4) {
      const leased = await lease();
      order.push(leased.payload.submissionId);
      await finish(leased, report());
    }
    const own_jobs = order.filter((id) => id === one.id || many.some((item) => item.id === id));
    expect(own_jobs.indexOf(one.id)).toBeLessThanOrEqual(1);
  });

  it('whose lab was deleted is gone for the worker too', async () => {
    const lab = await room.addLab('Deleted');
    await link(doubling(), lab.id);
    const ada = await room.join('Ada', lab);
    const { id } = await submit(ada);
    const leased = await leaseOf(id);
    expect((await room.owner.request('DELETE', `/labs/${lab.id}`, { json: { joinCode: lab.joinCode } })).status).toBe(
      204,
    );
    expect((await worker.get(`/worker/jobs/${leased.id}/notebook?lease=${leased.lease}`)).status).toBe(404);
    expect((await finish(leased, report())).status).toBe(404);
  });
});

describe('feedback', () => {
  it('gives students hidden tests’ names and points, and nothing that is meant for staff', async () => {
    const ada = await room.join('Ada F');
    const { id } = await submit(ada);
    await grade(id);
    const text = await (await ada.get(`/me/submissions/${id}`)).text();
    const all = text + (await (await ada.get('/me/submissions')).text()) + (await (await ada.get('/me')).text());
    expect(all).toContain('test_secret');
    expect(all).not.toContain('SECRET');
    const { result } = submissionView.parse(JSON.parse(text));
    expect(result?.tests).toEqual([
      { name: 'test_two', status: 'passed', visible: true, points: 1, maxPoints: 1, message: 'fine' },
      { name: 'test_text', status: 'passed', visible: true, points: 1, maxPoints: 1 },
      { name: 'test_secret', status: 'failed', visible: false, points: 0, maxPoints: 1 },
    ]);
    const staff = JSON.stringify(await forStaff(id));
    for (const word of ['SECRET-MESSAGE', 'SECRET-STAFF-MESSAGE', 'SECRET-STAFF-REASON', 'SECRET-OUTPUT'])
      expect(staff).toContain(word);
  });

  it('gives a hidden test’s message when the author says so, never the staff’s', async () => {
    await link(doubling({ slug: 'open-book', showHiddenMessages: true }));
    const ada = await room.join('Ada O');
    const { id } = await submit(ada, notebook(['x']), randomUUID(), 'open-book');
    await grade(id);
    const text = JSON.stringify(await own(ada, id));
    expect(text).toContain('SECRET-MESSAGE');
    expect(text).not.toContain('SECRET-STAFF');
    expect(text).not.toContain('SECRET-OUTPUT');
  });

  it('gives assistants no points', async () => {
    const assistant = await room.addStaff('assistant');
    await room.database.db.execute(
      sql`insert into lab_staff (lab_id, user_id) values (${room.lab.id}, ${assistant.userId})`,
    );
    const ada = await room.join('Ada A');
    const { id } = await submit(ada);
    await grade(id);
    expect(await forStaff(id, assistant)).toMatchObject({ id, status: 'done', result: null });
    expect(await (await assistant.get(`/labs/${room.lab.id}/submissions`)).text()).not.toContain('"points"');
    const timeline = await assistant.get(`/labs/${room.lab.id}/participants/${ada.participant}/timeline`);
    expect(await timeline.text()).toContain('"points":null');
    for (const path of ['state', 'log?since=0']) {
      const text = await (await assistant.get(`/labs/${room.lab.id}/${path}`)).text();
      expect(text).toContain('"status":"done"');
      expect(text).not.toMatch(/"points":\d/);
    }
    expect((await assistant.get(`/labs/${room.lab.id}/grades`)).status).toBe(403);
    expect((await assistant.post(`/labs/${room.lab.id}/submissions/${id}/regrade`, {})).status).toBe(403);
    expect((await ada.get(`/labs/${room.lab.id}/submissions`)).status).toBe(403);
  });

  it('in a list leaves messages and output out', async () => {
    const text = await (await room.owner.get(`/labs/${room.lab.id}/submissions`)).text();
    expect(text).toContain('test_secret');
    for (const word of ['SECRET-MESSAGE', 'SECRET-STAFF-MESSAGE', 'SECRET-OUTPUT']) expect(text).not.toContain(word);
  });
});

describe('a fault of ours', () => {
  const fault = report({
    outcome: 'sandbox-error',
    points: 0,
    tests: [],
    staffReason: 'numpy is missing',
    reason: undefined,
  });

  it('is retried, staff see why, and the student sees no zero', async () => {
    const ada = await room.join('Ada R');
    const { id } = await submit(ada);
    await grade(id, fault);
    const seen = await own(ada, id);
    expect(seen).toMatchObject({ status: 'retrying', result: null });
    expect(seen.note).toContain('Being retried');
    expect(JSON.stringify(seen)).not.toContain('numpy');
    const staff = await forStaff(id);
    expect(staff).toMatchObject({ status: 'retrying', attempts: 1, result: null });
    expect(staff.staffReason).toContain('numpy is missing');
    await room.database.db
      .update(job)
      .set({ runAfter: new Date(0) })
      .where(sql`${job.payload} ->> 'submissionId' = ${id}`);
    await grade(id);
    expect(await own(ada, id)).toMatchObject({ status: 'done', result: { points: 2 } });
  });

  it('that stays leaves the submission ungraded, until somebody grades it again', async () => {
    const ada = await room.join('Ada U');
    const { id } = await submit(ada);
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      await room.database.db
        .update(job)
        .set({ runAfter: new Date(0) })
        .where(sql`${job.payload} ->> 'submissionId' = ${id}`);
      await grade(id, fault);
    }
    expect(await own(ada, id)).toMatchObject({ status: 'ungraded', result: null });
    expect((await forStaff(id)).staffReason).toContain('numpy is missing');
    const grades = await (await room.owner.get(`/labs/${room.lab.id}/grades`)).json();
    const row = (grades as { rows: { participant: string; cells: { points: number | null }[] }[] }).rows.find(
      (item) => item.participant === ada.participant,
    );
    expect(row?.cells[0]?.points).toBeNull();

    const again = await room.owner.post(`/labs/${room.lab.id}/submissions/${id}/regrade`, {});
    expect(again.status).toBe(202);
    await grade(id);
    expect(await own(ada, id)).toMatchObject({ status: 'done', result: { points: 2 } });
  });

  it('like no worker at all is told: grading is off', async () => {
    const ada = await room.join('Ada G');
    const { db } = room.database;
    await db.update(workerTable).set({ lastSeenAt: new Date(Date.now() - 10 * 60_000) });
    const { id } = await submit(ada);
    const seen = await own(ada, id);
    expect(seen.status).toBe('ungraded');
    expect(seen.note).toContain('Grading is off on this server');
    // The access check notes at most every 10 s that a worker called; this one called before the clock was set back.
    await db.update(workerTable).set({ lastSeenAt: new Date() });
    expect((await own(ada, id)).status).toBe('queued');
    await grade(id);
    expect((await own(ada, id)).status).toBe('done');
  });
});

describe('grading again', () => {
  it('uses the newest version, keeps the earlier result until the new one is there', async () => {
    await link(doubling({ slug: 'versions' }));
    const ada = await room.join('Ada V');
    const { id } = await submit(ada, notebook(['x']), randomUUID(), 'versions');
    const early = await room.owner.post(`/labs/${room.lab.id}/submissions/${id}/regrade`, {});
    expect(early.status).toBe(409);
    await grade(id);
    await link(doubling({ slug: 'versions', points: 7 }));
    await room.owner.post(`/labs/${room.lab.id}/submissions/${id}/regrade`, {});
    expect(await own(ada, id)).toMatchObject({ status: 'queued', result: { points: 2 } });
    const leased = await leaseOf(id);
    expect(leased.payload.version).toBe(2);
    const suite = await (await worker.get(`/worker/jobs/${leased.id}/suite?lease=${leased.lease}`)).json();
    expect(suite).toMatchObject({
      manifest: { points: 7 },
      files: [{ path: 'template.ipynb' }, { path: 'tests/test_double.py' }],
    });
    await finish(leased, report({ points: 1 }));
    expect(await own(ada, id)).toMatchObject({ status: 'done', result: { points: 1 } });
    expect(await forStaff(id)).toMatchObject({ version: 2 });
    expect(await room.database.db.select().from(job).where(eq(job.id, leased.id))).toMatchObject([{ attempts: 1 }]);
  });
});
