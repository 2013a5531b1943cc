import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { gradeJob, receipt, staffSubmission, submissionView, type GradeJob } from '@nbpulse/schema/wire';
import { blobUse, run } from '@nbpulse/schema/db';
import { passChecks } from '../../test/checked.js';
import { useClassroom, type Caller, type Student } from '../../test/classroom.js';
import { doubling, notebook, report } from '../../test/course-work.js';
import { sha256Of } from '../checkpoints/index.js';

const room = useClassroom();
let worker: Caller;
beforeAll(async () => {
  worker = await room.worker();
  await room.owner.post(`/courses/${room.course}/assignments`, doubling());
  await room.owner.request('PUT', `/labs/${room.lab.id}/assignments/doubling`);
  await passChecks(worker);
});

const submit = async (student: Student): Promise<string> => {
  const response = await student.upload('/me/submissions', notebook([randomUUID()]));
  return receipt.parse(await response.json()).id;
};
const lease = async (): Promise<GradeJob> =>
  gradeJob.parse(
    await (await worker.post('/worker/lease', { worker: 'test', kinds: ['grade'], waitMs: 5_000 })).json(),
  );
const put = (job: GradeJob, bytes: Uint8Array<ArrayBuffer>, of: string = job.lease) =>
  worker.request('PUT', `/worker/jobs/${job.id}/executed?lease=${of}`, { bytes });
const finish = (job: GradeJob) => worker.post(`/worker/jobs/${job.id}/finish`, { lease: job.lease, report: report() });
const bytesOf = async (response: Response): Promise<string> => Buffer.from(await response.arrayBuffer()).toString();

describe('an executed notebook', () => {
  it('is kept with its run, for teachers and for the student whose it is', async () => {
    const ada = await room.join('Ada');
    const id = await submit(ada);
    const job = await lease();
    expect((await ada.get(`/me/submissions/${id}/executed`)).status).toBe(404);
    const executed = notebook(['x', 'print(x)']);
    expect((await put(job, notebook(['an earlier one']))).status).toBe(204);
    expect((await put(job, executed)).status).toBe(204);
    await finish(job);
    const view = submissionView.parse(await (await ada.get(`/me/submissions/${id}`)).json());
    const forStaff = await room.owner.get(`/labs/${room.lab.id}/submissions/${id}`);
    expect([view.executed, staffSubmission.parse(await forStaff.json()).executed]).toEqual([true, true]);
    for (const response of [
      await ada.get(`/me/submissions/${id}/executed`),
      await room.owner.get(`/labs/${room.lab.id}/submissions/${id}/executed`),
    ]) {
      expect(response.headers.get('content-disposition')).toContain('doubling.executed.ipynb');
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
      expect(await bytesOf(response)).toBe(Buffer.from(executed).toString());
    }
    const spy = await room.join('Spy');
    expect((await spy.get(`/me/submissions/${id}/executed`)).status).toBe(404);
    // The earlier one is used by nobody any more: the sweep takes it.
    const uses = await room.database.db.select().from(blobUse).where(eq(blobUse.ownerKind, 'run'));
    expect(uses.map((use) => use.sha256)).toEqual([sha256Of(executed)]);
  });

  it('is not taken with a lease that is over, twice finished, or when it is no notebook', async () => {
    const grace = await room.join('Grace');
    const id = await submit(grace);
    const job = await lease();
    expect((await put(job, notebook(['x']), randomUUID())).status).toBe(409);
    expect((await put(job, new TextEncoder().encode('{"no": "notebook"}'))).status).toBe(422);
    expect((await put(job, new Uint8Array(9 * 1024 * 1024 + 1))).status).toBe(413);
    await finish(job);
    expect((await put(job, notebook(['late']))).status).toBe(409);
    const view = submissionView.parse(await (await grace.get(`/me/submissions/${id}`)).json());
    expect(view).toMatchObject({ status: 'done', executed: false });
    const missing = await grace.get(`/me/submissions/${id}/executed`);
    expect([missing.status, await missing.json()]).toEqual([
      404,
      expect.objectContaining({ message: expect.stringContaining('No executed copy') as string }),
    ]);
  });

  it('belongs to the run that counts: after a regrade it is the new one', async () => {
    const emmy = await room.join('Emmy');
    const id = await submit(emmy);
    const first = await lease();
    await put(first, notebook(['first']));
    await finish(first);
    await room.owner.post(`/labs/${room.lab.id}/submissions/${id}/regrade`, {});
    const second = await lease();
    await put(second, notebook(['second']));
    expect(await bytesOf(await emmy.get(`/me/submissions/${id}/executed`))).toContain('first');
    await finish(second);
    expect(await bytesOf(await emmy.get(`/me/submissions/${id}/executed`))).toContain('second');
    const rows = await room.database.db.select().from(run).where(eq(run.submissionId, id));
    expect(rows.filter((row) => row.executedSha256 !== null)).toHaveLength(2);
  });
});
