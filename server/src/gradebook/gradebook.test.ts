import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { gradeTable, gradeJob, type RunReport } from '@nbpulse/schema/wire';
import { gradeOverride, job } from '@nbpulse/schema/db';
import { passChecks } from '../../test/checked.js';
import { useClassroom, type Caller, type Student } from '../../test/classroom.js';
import { doubling, notebook, report } from '../../test/course-work.js';

const room = useClassroom();
let worker: Caller;

beforeAll(async () => {
  worker = await room.worker();
  const pushes = [doubling(), doubling({ slug: 'due', dueAt: '2020-01-01T00:00:00Z' })];
  for (const push of pushes) {
    await room.owner.post(`/courses/${room.course}/assignments`, push);
    await room.owner.request('PUT', `/labs/${room.lab.id}/assignments/${push.manifest.slug}`);
  }
  await passChecks(worker);
});

const submit = async (student: Student, slug = 'doubling'): Promise<string> => {
  const id = randomUUID();
  const response = await student.upload(`/me/submissions?assignment=${slug}`, notebook([id]), id);
  expect(response.status).toBe(201);
  return id;
};
/** Hands in and grades; the queue is empty before and after. */
const graded = async (student: Student, changed: Partial<RunReport>, slug?: string): Promise<string> => {
  const id = await submit(student, slug);
  await gradeNext(id, changed);
  return id;
};
const gradeNext = async (id: string, changed: Partial<RunReport>): Promise<void> => {
  const leased = gradeJob.parse(
    await (await worker.post('/worker/lease', { worker: 'w', kinds: ['grade'], waitMs: 5_000 })).json(),
  );
  expect(leased.payload.submissionId).toBe(id);
  await worker.post(`/worker/jobs/${leased.id}/finish`, { lease: leased.lease, report: report(changed) });
};
const grades = async () => gradeTable.parse(await (await room.owner.get(`/labs/${room.lab.id}/grades`)).json());
const cellOf = async (student: Student, column = 0) =>
  (await grades()).rows.find((row) => row.participant === student.participant)!.cells[column]!;

describe('the gradebook', () => {
  it('has a row for each participant by name, a column for each assignment of the lab', async () => {
    await room.join('Zoe');
    await room.join('Ada');
    const table = await grades();
    expect(table.assignments).toMatchObject([
      { slug: 'doubling', title: 'Doubling', points: 3, version: 1 },
      { slug: 'due', points: 3 },
    ]);
    expect(table.rows.map((row) => row.name)).toEqual(['Ada', 'Zoe']);
    expect(table.rows[0]!.cells).toEqual(
      [0, 1].map(() => ({ status: 'none', points: null, outcome: null, submission: null, submissions: 0, note: null })),
    );
  });

  it('counts the best result; a later worse one does not lower it', async () => {
    const emmy = await room.join('Emmy');
    await graded(emmy, { points: 1 });
    const best = await graded(emmy, { points: 2.5 });
    await graded(emmy, { points: 0, outcome: 'timed-out', reason: 'stopped after 10 s in test_two' });
    expect(await cellOf(emmy)).toEqual({
      status: 'done',
      points: 2.5,
      outcome: 'completed',
      submission: best,
      submissions: 3,
      note: null,
    });
  });

  it('counts of equal results the latest', async () => {
    const lise = await room.join('Lise');
    await graded(lise, { points: 2 });
    const latest = await graded(lise, { points: 2 });
    expect((await cellOf(lise)).submission).toBe(latest);
  });

  it('gives no zero for a fault of ours, and says so', async () => {
    const ruth = await room.join('Ruth');
    const id = await graded(ruth, { outcome: 'sandbox-error', points: 0, staffReason: 'the engine is gone' });
    const cell = await cellOf(ruth);
    expect(cell).toMatchObject({ status: 'retrying', points: null, outcome: null, submissions: 1 });
    expect(cell.note).toContain('the engine is gone');
    // Its rest of 5 s may end in any later test, which would get this job instead of its own.
    await room.database.db
      .update(job)
      .set({ runAfter: new Date(0) })
      .where(sql`${job.payload} ->> 'submissionId' = ${id}`);
    await gradeNext(id, { points: 1 });
    expect(await cellOf(ruth)).toMatchObject({ status: 'done', points: 1 });
  });

  it('keeps the points while another submission waits', async () => {
    const sofia = await room.join('Sofia');
    const first = await graded(sofia, { points: 2 });
    const second = await submit(sofia);
    expect(await cellOf(sofia)).toMatchObject({ status: 'queued', points: 2, submission: first, submissions: 2 });
    const leased = gradeJob.parse(
      await (await worker.post('/worker/lease', { worker: 'w', kinds: ['grade'], waitMs: 5_000 })).json(),
    );
    expect(leased.payload.submissionId).toBe(second);
    expect((await cellOf(sofia)).status).toBe('running');
    await worker.post(`/worker/jobs/${leased.id}/finish`, { lease: leased.lease, report: report({ points: 3 }) });
    expect(await cellOf(sofia)).toMatchObject({ status: 'done', points: 3, submission: second });
  });

  it('does not count what came after the deadline, and tells both sides', async () => {
    const mary = await room.join('Mary');
    const id = await graded(mary, { points: 3 }, 'due');
    const cell = await cellOf(mary, 1);
    expect(cell).toMatchObject({ status: 'done', points: null, submission: id });
    expect(cell.note).toContain('Late: 3 points, not counted');
    const own = await (await mary.get(`/me/submissions/${id}`)).json();
    expect(own).toMatchObject({ status: 'done', result: { points: 3 } });
    expect((own as { note: string }).note).toContain('Received after the deadline');
  });

  it('takes staff’s own word first, with its reason', async () => {
    const grace = await room.join('Grace');
    await graded(grace, { points: 1 });
    const { assignments } = await grades();
    await room.database.db.insert(gradeOverride).values({
      assignmentId: assignments[0]!.id,
      participantId: grace.participant,
      points: 2.75,
      reason: 'good idea, small slip',
      setBy: room.owner.userId,
    });
    const cell = await cellOf(grace);
    expect(cell).toMatchObject({ points: 2.75, submissions: 1 });
    expect(cell.note).toContain('good idea, small slip');
  });
});
