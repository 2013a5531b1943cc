import { randomUUID } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { blobUse, job, trial, worker as workerTable } from '@nbpulse/schema/db';
import {
  gradeTable,
  jobSuite,
  leasedJob,
  meView,
  problem,
  timeline,
  trialJob,
  trialList,
  trialView,
  type JobKind,
  type LeasedJob,
  type Problem,
  type TrialJob,
  type TrialSuite,
  type TrialView,
} from '@nbpulse/schema/wire';
import { passChecks, suiteCheckOf } from '../../test/checked.js';
import { useClassroom, type Caller, type Student } from '../../test/classroom.js';
import { doubling, notebook, report } from '../../test/course-work.js';
import { doublingTrial } from '../../test/trial-part.js';

const room = useClassroom();
let worker: Caller;
beforeAll(async () => {
  worker = await room.worker();
});

/** A lab of its own with an assignment of its own, whose check has passed. */
async function classWith(part: TrialSuite | null, slug = `a-${randomUUID().slice(0, 8)}`) {
  const lab = await room.addLab(slug);
  expect((await room.owner.post(`/courses/${room.course}/assignments`, doubling({ slug }))).status).toBe(200);
  await passChecks(worker, suiteCheckOf({ trial: part }));
  await room.owner.request('PUT', `/labs/${lab.id}/assignments/${slug}`);
  return { lab, slug, join: (name: string) => room.join(name, lab) };
}
const right = notebook(['def double(x):\n    return 2 * x']);
const start = (who: Student, id: string = randomUUID(), bytes = right): Promise<Response> =>
  who.upload('/me/trials', bytes, id);
const started = async (who: Student, id?: string): Promise<TrialView> => {
  const reply = await start(who, id);
  expect(reply.status, await reply.clone().text()).toBe(201);
  return trialView.parse(await reply.json());
};
const refused = async (reply: Response, status: number): Promise<Problem> => {
  expect(reply.status).toBe(status);
  return problem.parse(await reply.json());
};
const lease = async (kinds: JobKind[] = ['grade', 'trial']): Promise<LeasedJob | null> => {
  const reply = await worker.post('/worker/lease', { worker: 'test', kinds, waitMs: 0 });
  return reply.status === 204 ? null : leasedJob.parse(await reply.json());
};
const leaseTrial = async (): Promise<TrialJob> => trialJob.parse(await lease(['trial']));
const finish = (leased: LeasedJob, told = trialReport()): Promise<Response> =>
  worker.post(`/worker/jobs/${leased.id}/finish`, { lease: leased.lease, report: told });
const trialReport = (changed = {}) =>
  report({
    tests: [
      { name: 'test_two', status: 'passed', visible: true, points: 2, maxPoints: 2, durationMs: 3 },
      {
        name: 'test_text',
        status: 'failed',
        visible: true,
        points: 0,
        maxPoints: 1,
        durationMs: 3,
        message: 'assert 4 == 5',
        detail: { calls: [{ call: "double('ab')", gave: '4' }], expected: 'abab', got: '4' },
        staffMessage: 'SECRET-STAFF-MESSAGE',
      },
    ],
    ...changed,
  });
const trialsOf = async (who: Student) => trialList.parse(await (await who.get('/me/trials')).json()).trials;
/** Whatever is left of an earlier test. */
const drain = async (): Promise<void> => {
  for (let left = await lease(); left; left = await lease()) await finish(left);
};

describe('a trial', () => {
  it('runs, tells as much as a submission tells of visible tests, and is no submission', async () => {
    const { join, lab } = await classWith(doublingTrial);
    const ada = await join('Ada');
    const view = await started(ada);
    expect(view).toMatchObject({ status: 'waiting', before: 0, result: null, note: null });
    const leased = await leaseTrial();
    expect(await trialsOf(ada)).toMatchObject([{ id: view.id, status: 'running', before: null }]);
    await worker.post(`/worker/jobs/${leased.id}/heartbeat`, { lease: leased.lease, progress: { done: 1, total: 2 } });
    expect(await trialsOf(ada)).toMatchObject([{ progress: { done: 1, total: 2 } }]);
    expect((await finish(leased)).status).toBe(204);

    const [done] = await trialsOf(ada);
    expect(done).toMatchObject({
      status: 'done',
      // As they count in a submission: the check says what each is worth, not this run.
      result: {
        points: 1,
        maxPoints: 2,
        tests: [
          { name: 'test_two', points: 1, maxPoints: 1 },
          { name: 'test_text', points: 0, maxPoints: 1, message: 'assert 4 == 5', detail: { got: '4' } },
        ],
      },
    });
    expect(JSON.stringify(done)).not.toContain('SECRET');

    const me = meView.parse(await (await ada.get('/me')).json());
    expect([me.submissions, me.counts.submissions, me.trials]).toEqual([[], 0, [done]]);
    expect(me.lab.assignments).toMatchObject([{ visibleTests: 2 }]);
    const grades = gradeTable.parse(await (await room.owner.get(`/labs/${lab.id}/grades`)).json());
    expect(grades.rows.map(({ cells }) => cells)).toMatchObject([[{ status: 'none', submissions: 0 }]]);
    const told = await (await room.owner.get(`/labs/${lab.id}/participants/${ada.participant}/timeline`)).json();
    expect(timeline.parse(told)).toMatchObject({ trials: 1 });
    expect(timeline.parse(told).items.filter(({ kind }) => kind === 'submission')).toEqual([]);
  });

  it('gives the worker the visible part alone: no hidden test, no template, no solution', async () => {
    const { join } = await classWith(doublingTrial);
    await started(await join('Ada'));
    const leased = await leaseTrial();
    const reply = await worker.get(`/worker/jobs/${leased.id}/suite?lease=${leased.lease}`);
    const suite = jobSuite.parse(await reply.json());
    expect(suite.files.map(({ path }) => path)).toEqual(['tests/test_double.py']);
    const texts = suite.files.map(({ b64 }) => Buffer.from(b64, 'base64').toString()).join('');
    expect(texts).toContain('test_two');
    expect(texts + JSON.stringify(suite)).not.toMatch(/secret|-14|a hidden message/i);
    expect(suite.manifest).toMatchObject({ tests: ['tests/test_double.py'], showHiddenMessages: false });
    const bytes = await worker.get(`/worker/jobs/${leased.id}/notebook?lease=${leased.lease}`);
    expect(new Uint8Array(await bytes.arrayBuffer())).toEqual(right);
    const executed = await worker.request('PUT', `/worker/jobs/${leased.id}/executed?lease=${leased.lease}`, {
      bytes: right,
    });
    expect(executed.status).toBe(422);
    await finish(leased);
  });

  it('shows nothing of a hidden test, were a worker to report one', async () => {
    const { join } = await classWith(doublingTrial);
    const ada = await join('Ada');
    await started(ada);
    await finish(await leaseTrial(), report());
    const [done] = await trialsOf(ada);
    expect(done?.result?.tests.map(({ name }) => name)).toEqual(['test_two', 'test_text']);
    expect(JSON.stringify(done)).not.toContain('secret');
    expect(JSON.stringify(done)).not.toContain('SECRET');
  });

  it('is one trial however often it is asked for', async () => {
    const { join } = await classWith(doublingTrial);
    const [ada, eve] = [await join('Ada'), await join('Eve')];
    const id = randomUUID();
    const replies = await Promise.all(Array.from({ length: 4 }, () => start(ada, id)));
    expect(replies.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    const other = notebook(['x = 1']);
    expect((await refused(await start(ada, id, other), 409)).error).toBe('conflict');
    expect((await refused(await start(eve, id), 409)).error).toBe('conflict');
    const leased = await leaseTrial();
    expect(leased.payload.trialId).toBe(id);
    expect(await lease(['trial'])).toBeNull();
    expect((await start(ada, id)).status).toBe(201);
    await finish(leased);
    expect(trialView.parse(await (await start(ada, id)).json())).toMatchObject({ id, status: 'done' });
    expect((await trialsOf(ada)).length).toBe(1);
  });

  it('takes the place of the one before, waiting or running, and that one stays gone', async () => {
    const { join, lab } = await classWith(doublingTrial);
    const ada = await join('Ada');
    const first = await started(ada);
    const second = await started(ada);
    const running = await leaseTrial();
    expect(running.payload.trialId).toBe(second.id);
    const third = await started(ada);
    const beat = await worker.post(`/worker/jobs/${running.id}/heartbeat`, { lease: running.lease });
    expect(beat.status).toBe(404);
    expect((await finish(running)).status).toBe(404);
    expect(await trialsOf(ada)).toMatchObject([{ id: third.id, status: 'waiting', result: null }]);
    expect((await ada.get(`/me/trials/${first.id}`)).status).toBe(404);
    expect((await refused(await start(ada, first.id), 409)).message).toContain('newer');
    const leased = await leaseTrial();
    expect(leased.payload.trialId).toBe(third.id);
    await finish(leased);
    expect(await trialsOf(ada)).toMatchObject([{ id: third.id, status: 'done' }]);
    const rail = await (await room.owner.get(`/labs/${lab.id}/participants/${ada.participant}/timeline`)).json();
    expect(timeline.parse(rail).trials).toBe(3);
  });

  it('goes behind every submission, also those that came later, and says how many are before it', async () => {
    const { join } = await classWith(doublingTrial);
    const [ada, bob] = [await join('Ada'), await join('Bob')];
    await started(ada);
    const later = await started(bob);
    expect(later.before).toBe(1);
    for (let count = 0; count < 3; count += 1) await bob.upload('/me/submissions', right);
    expect(await trialsOf(bob)).toMatchObject([{ before: 4 }]);
    const kinds: string[] = [];
    for (let next = await lease(); next; next = await lease()) {
      kinds.push(next.kind);
      await finish(next);
    }
    expect(kinds).toEqual(['grade', 'grade', 'grade', 'trial', 'trial']);
  });

  it('forgets its notebook when it has ended, and its result with the next', async () => {
    const { join } = await classWith(doublingTrial);
    const ada = await join('Ada');
    const { db } = room.database;
    const uses = () => db.select().from(blobUse).where(eq(blobUse.ownerKind, 'trial'));
    const first = await started(ada);
    expect((await uses()).map(({ ownerId }) => ownerId)).toEqual([first.id]);
    await finish(await leaseTrial());
    expect(await uses()).toEqual([]);
    await started(ada);
    expect((await db.select().from(trial).where(eq(trial.participantId, ada.participant))).length).toBe(1);
    const jobs = await db
      .select()
      .from(job)
      .where(sql`${job.payload} ->> 'trialId' = ${first.id}`);
    expect(jobs).toEqual([]);
    await drain();
  });

  it('is tried once more after a fault of ours, then says that it was ours', async () => {
    const { join } = await classWith(doublingTrial);
    const ada = await join('Ada');
    await started(ada);
    const fault = trialReport({ outcome: 'sandbox-error', tests: [], staffReason: 'SECRET disk is full' });
    await finish(await leaseTrial(), fault);
    expect(await trialsOf(ada)).toMatchObject([
      { status: 'retrying', note: expect.stringContaining('on our side') as string },
    ]);
    await room.database.db
      .update(job)
      .set({ runAfter: sql`now() - interval '1 second'` })
      .where(eq(job.kind, 'trial'));
    await finish(await leaseTrial(), fault);
    const [ended] = await trialsOf(ada);
    expect(ended).toMatchObject({
      status: 'fault',
      result: null,
      note: expect.stringContaining('not your code') as string,
    });
    expect(JSON.stringify(ended)).not.toContain('SECRET');
    expect(await lease(['trial'])).toBeNull();
  });

  it('is leased again when its worker is lost, and ends once', async () => {
    const { join } = await classWith(doublingTrial);
    const ada = await join('Ada');
    await started(ada);
    const lost = await leaseTrial();
    await room.database.db
      .update(job)
      .set({ leaseEndsAt: sql`now() - interval '1 second'` })
      .where(eq(job.id, lost.id));
    const again = await leaseTrial();
    expect(again).toMatchObject({ id: lost.id, attempt: 2 });
    expect((await finish(lost)).status).toBe(409);
    expect((await finish(again)).status).toBe(204);
    expect((await finish(again, trialReport({ outcome: 'failed' }))).status).toBe(204);
    expect(await trialsOf(ada)).toMatchObject([{ status: 'done', result: { outcome: 'completed' } }]);
  });
});

describe('a trial is refused', () => {
  it('in words when there is nothing to try, and spends nothing', async () => {
    const { join } = await classWith(null);
    const told = await refused(await start(await join('Ada')), 409);
    expect(told).toMatchObject({
      error: 'no-trials',
      message: expect.stringContaining('no tests that can be run') as string,
    });
  });

  it('while the suite has not passed its check, or did not', async () => {
    const { slug, lab, join } = await classWith(doublingTrial);
    const ada = await join('Ada');
    const changed = doubling(
      { slug },
      'import pytest\nfrom submission import double\n@pytest.mark.visible\ndef test_new():\n    assert double(1) == 2\n',
    );
    await room.owner.post(`/courses/${room.course}/assignments`, changed);
    expect((await refused(await start(ada), 409)).message).toContain('not passed their own check');
    // The last good one goes on when the new one fails.
    await passChecks(worker, suiteCheckOf({ ok: false }));
    expect((await started(ada)).status).toBe('waiting');
    await drain();
    expect(lab.status).toBe('open');
  });

  it('when nobody grades', async () => {
    const { join } = await classWith(doublingTrial);
    const ada = await join('Ada');
    const seen = await room.database.db.select().from(workerTable);
    await room.database.db.update(workerTable).set({ lastSeenAt: sql`now() - interval '1 hour'` });
    expect(await refused(await start(ada), 409)).toMatchObject({
      error: 'no-trials',
      message: expect.stringContaining('grading is off') as string,
    });
    for (const { id, lastSeenAt } of seen) {
      await room.database.db.update(workerTable).set({ lastSeenAt }).where(eq(workerTable.id, id));
    }
  });

  it('in a closed lab and before it began, in its own words', async () => {
    const { lab, join } = await classWith(doublingTrial);
    const ada = await join('Ada');
    await room.owner.request('PATCH', `/labs/${lab.id}`, { json: { status: 'closed' } });
    const told = await refused(await start(ada), 409);
    expect(told).toMatchObject({
      error: 'lab-closed',
      message: expect.stringContaining('tests cannot be run') as string,
    });
  });

  it('when it comes too fast: says for how long, and that handing in is possible', async () => {
    const { join } = await classWith(doublingTrial);
    const [ada, bob] = [await join('Ada'), await join('Bob')];
    // More at once than a slow machine could spread over the pace.
    const replies = await Promise.all(Array.from({ length: 12 }, () => start(ada)));
    const slowed = replies.find(({ status }) => status === 429);
    expect(replies.filter(({ status }) => status === 201).length).toBeGreaterThanOrEqual(4);
    const told = await refused(slowed ?? replies[0]!, 429);
    expect(told).toMatchObject({ error: 'too-fast', message: expect.stringMatching(/again in \d+ s/) as string });
    expect(told.retryAfterMs).toBeGreaterThan(0);
    expect((await start(bob)).status).toBe(201);
    expect((await ada.upload('/me/submissions', right)).status).toBe(201);
    await drain();
  });

  it('to everybody but the participant, and of what is no notebook', async () => {
    const { join } = await classWith(doublingTrial);
    const [ada, eve] = [await join('Ada'), await join('Eve')];
    const view = await started(ada);
    expect((await eve.get(`/me/trials/${view.id}`)).status).toBe(404);
    expect(await trialsOf(eve)).toEqual([]);
    for (const caller of [room.nobody, room.owner, worker]) expect((await caller.get('/me/trials')).status).toBe(401);
    expect((await refused(await start(ada, randomUUID(), new TextEncoder().encode('no notebook')), 422)).error).toBe(
      'not-a-notebook',
    );
    expect((await refused(await ada.upload('/me/trials?assignment=other', right), 404)).message).toContain(
      'no assignment',
    );
    await drain();
  });
});
