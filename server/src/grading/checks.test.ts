import { randomUUID } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  assignmentDetail,
  gradeJob,
  jobSuite,
  limits,
  problem,
  staffSubmission,
  submissionView,
  type CheckReport,
  type Finding,
  type GradeJob,
} from '@nbpulse/schema/wire';
import { job } from '@nbpulse/schema/db';
import { passChecks, suiteCheckOf } from '../../test/checked.js';
import { useClassroom, type Caller, type Student } from '../../test/classroom.js';
import { doubling, notebook, report } from '../../test/course-work.js';

const room = useClassroom();
let worker: Caller;
let student: Student;
let slug: string;

const push = (points: number) => room.owner.post(`/courses/${room.course}/assignments`, doubling({ slug, points }));
const detail = async () =>
  assignmentDetail.parse(await (await room.owner.get(`/courses/${room.course}/assignments/${slug}`)).json());
const submit = async (): Promise<string> => {
  const id = randomUUID();
  const response = await student.upload(`/me/submissions?assignment=${slug}`, notebook([id]), id);
  expect(response.status).toBe(201);
  return id;
};
const view = async (id: string) => submissionView.parse(await (await student.get(`/me/submissions/${id}`)).json());
const forStaff = async (id: string) =>
  staffSubmission.parse(await (await room.owner.get(`/labs/${room.lab.id}/submissions/${id}`)).json());
/** Leased in a test, and perhaps not finished by it. */
const held: GradeJob[] = [];
/** The next submission to grade, or null when nothing may be graded now. */
const lease = async (): Promise<GradeJob | null> => {
  const response = await worker.post('/worker/lease', { worker: 'w', kinds: ['grade'], waitMs: 0 });
  if (response.status === 204) return null;
  const leased = gradeJob.parse(await response.json());
  held.push(leased);
  return leased;
};
const finish = (leased: { id: string; lease: string }, done: object) =>
  worker.post(`/worker/jobs/${leased.id}/finish`, { lease: leased.lease, report: done });

const losesPoints: Finding = {
  kind: 'solution-loses-points',
  level: 'error',
  test: 'test_two',
  message: 'The solution does not pass it: assert 3 == 4',
  cure: 'Mend the solution or the test.',
};
const failed = suiteCheckOf({ ok: false, findings: [losesPoints] });

beforeEach(async () => {
  worker = await room.worker();
  // What the test before left in the queue.
  await passChecks(worker);
  for (let left = await lease(); left; left = await lease()) await finish(left, report());
  const name = randomUUID().slice(0, 8);
  student = await room.join(`Ada ${name}`);
  slug = `doubling-${name}`;
  await push(1);
  await room.owner.request('PUT', `/labs/${room.lab.id}/assignments/${slug}`);
});

// A lease runs out after 15 s: what one test kept would be the next job of another.
afterEach(async () => {
  for (const leased of held.splice(0)) await finish(leased, report());
});

describe('a submission', () => {
  it('waits for the check, and is graded by its profile', async () => {
    const id = await submit();
    expect(await lease()).toBeNull();
    expect(await view(id)).toMatchObject({
      status: 'queued',
      note: expect.stringContaining('waits until the tests of this assignment have been checked'),
    });
    expect(await detail()).toMatchObject({ check: 'waiting', gradedBy: null, waiting: 1 });
    const profile = {
      v: 1 as const,
      rights: [{ file: 'tests/test_double.py', kind: 'arithmetic' as const, className: 'Vector' }],
      attributes: [],
      starNames: [],
      tests: [{ id: 'tests/test_double.py::test_two', ownEquality: false }],
    };
    expect(await passChecks(worker, suiteCheckOf({ profile }))).toBe(1);
    expect(await detail()).toMatchObject({
      check: 'passed',
      gradedBy: 1,
      waiting: 0,
      versions: [{ check: { profile } }],
    });
    const leased = await lease();
    expect(leased?.payload).toMatchObject({ submissionId: id, version: 1 });
    const suite = await worker.get(`/worker/jobs/${leased!.id}/suite?lease=${leased!.lease}`);
    expect(jobSuite.parse(await suite.json())).toMatchObject({ profile, settled: true });
    expect((await finish(leased!, report())).status).toBe(204);
    expect(await view(id)).toMatchObject({ status: 'done', result: { points: 2 } });
  });

  it('is graded by the last good version while a newer one fails its check', async () => {
    await passChecks(worker);
    await push(2);
    const early = await submit();
    expect(await lease()).toBeNull();
    await passChecks(worker, failed);
    const leased = await lease();
    expect(leased?.payload).toMatchObject({ submissionId: early, version: 1 });
    await finish(leased!, report());
    const late = await submit();
    expect((await lease())?.payload).toMatchObject({ submissionId: late, version: 1 });
    expect(await detail()).toMatchObject({ version: 2, check: 'failed', gradedBy: 1 });
  });

  it('waits when no version is good; staff see why, and a mended one grades it', async () => {
    const id = await submit();
    await passChecks(worker, failed);
    expect(await lease()).toBeNull();
    const told = await view(id);
    expect(told).toMatchObject({ status: 'ungraded', result: null });
    expect(told.note).toContain('once your teacher has mended the tests');
    expect(JSON.stringify(told)).not.toContain('assert 3 == 4');
    expect((await forStaff(id)).staffReason).toContain('assert 3 == 4');
    const again = await room.owner.post(`/labs/${room.lab.id}/submissions/${id}/regrade`, {});
    expect(again.status).toBe(409);
    await push(2);
    await passChecks(worker);
    expect((await lease())?.payload).toMatchObject({ submissionId: id, version: 2 });
    expect(await lease()).toBeNull();
  });

  it('is never lost when its hand-in and the end of the check meet', async () => {
    const ids = await Promise.all([submit(), submit(), passChecks(worker).then(() => ''), submit(), submit()]);
    const graded = new Set<string | undefined>();
    for (let leased = await lease(); leased; leased = await lease()) {
      graded.add(leased.payload.submissionId);
      await finish(leased, report());
    }
    expect([...graded].sort()).toEqual(ids.filter(Boolean).sort());
  });
});

describe('a check', () => {
  const leaseCheck = async () => {
    const response = await worker.post('/worker/lease', { worker: 'w', kinds: ['check'], waitMs: 25_000 });
    expect(response.status).toBe(200);
    return (await response.json()) as { id: string; lease: string; payload: object };
  };
  const fault: CheckReport = { v: 1, outcome: 'sandbox-error', reason: 'No sandbox works here.', check: null };

  it('gets the suite, and no notebook', async () => {
    const leased = await leaseCheck();
    const suite = await worker.get(`/worker/jobs/${leased.id}/suite?lease=${leased.lease}`);
    expect(jobSuite.parse(await suite.json())).toMatchObject({ profile: null, settled: false, manifest: { slug } });
    expect((await worker.get(`/worker/jobs/${leased.id}/notebook?lease=${leased.lease}`)).status).toBe(404);
    expect((await finish(leased, report())).status).toBe(422);
    expect((await finish(leased, { v: 1, outcome: 'completed', check: suiteCheckOf() })).status).toBe(204);
  });

  it('that our part fails is tried again, then given up in words, and can be asked for again', async () => {
    const id = await submit();
    for (let attempt = 1; attempt <= limits.jobAttempts; attempt += 1) {
      const leased = await leaseCheck();
      expect((await finish(leased, fault)).status).toBe(204);
      // Its rest between attempts is not what is asked here.
      await room.database.db
        .update(job)
        .set({ runAfter: sql`clock_timestamp()` })
        .where(eq(job.id, leased.id));
    }
    expect(await detail()).toMatchObject({ check: 'not-done', versions: [{ problem: 'No sandbox works here.' }] });
    expect(await view(id)).toMatchObject({ status: 'ungraded', result: null });
    expect((await forStaff(id)).staffReason).toContain('No sandbox works here.');
    expect((await room.owner.post(`/courses/${room.course}/assignments/${slug}/check`, {})).status).toBe(202);
    expect(await detail()).toMatchObject({ check: 'waiting', versions: [{ problem: null }] });
    await passChecks(worker);
    expect((await lease())?.payload).toMatchObject({ submissionId: id });
  });

  it('that passed is not done again; a failed one is, by a push of the same', async () => {
    await passChecks(worker, failed);
    expect(await (await push(1)).json()).toMatchObject({ version: 1, unchanged: true });
    expect(await passChecks(worker)).toBe(1);
    await push(1);
    expect(await passChecks(worker)).toBe(0);
    const refused = await room.owner.post(`/courses/${room.course}/assignments/${slug}/check`, {});
    expect([refused.status, problem.parse(await refused.json()).message]).toEqual([
      409,
      expect.stringContaining('has passed'),
    ]);
  });
});
