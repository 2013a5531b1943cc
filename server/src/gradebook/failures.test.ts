import { beforeAll, describe, expect, it } from 'vitest';
import { failureTable, gradeJob, type TestResult } from '@nbpulse/schema/wire';
import { passChecks } from '../../test/checked.js';
import { useClassroom, type Caller, type Student } from '../../test/classroom.js';
import { doubling, notebook, report } from '../../test/course-work.js';

const room = useClassroom();
let worker: Caller;
beforeAll(async () => {
  worker = await room.worker();
  await room.owner.post(`/courses/${room.course}/assignments`, doubling());
  await room.owner.request('PUT', `/labs/${room.lab.id}/assignments/doubling`);
  await passChecks(worker);
});

let handed = 0;
/** Hands in, and is graded with these tests. */
async function graded(student: Student, ...tests: TestResult[]): Promise<void> {
  handed += 1;
  await student.upload('/me/submissions', notebook([`${student.name} ${String(handed)}`]));
  const reply = await worker.post('/worker/lease', { worker: 'w', kinds: ['grade'], waitMs: 5_000 });
  const leased = gradeJob.parse(await reply.json());
  await worker.post(`/worker/jobs/${leased.id}/finish`, { lease: leased.lease, report: report({ tests }) });
}
const test = (name: string, status: TestResult['status'], staffMessage?: string): TestResult => ({
  name,
  status,
  visible: name === 'test_two',
  points: status === 'passed' ? 1 : 0,
  maxPoints: 1,
  durationMs: 1,
  ...(staffMessage === undefined ? {} : { staffMessage }),
});
const failed = (value: number, address: string): string =>
  `def test_two():\n>   assert double(2) == 4\nE       assert ${String(value)} == 4\nE        +  where ${String(value)} = <function double at 0x${address}>(2)\n\ntests/test_double.py:7: AssertionError`;

describe('failures of a class', () => {
  it('puts those together that fail the same way, most first', async () => {
    const [ada, emmy, grace, lise] = [
      await room.join('Ada'),
      await room.join('Emmy'),
      await room.join('Grace'),
      await room.join('Lise'),
    ];
    await graded(ada, test('test_two', 'failed', failed(6, '7f01')), test('test_text', 'passed'));
    await graded(
      emmy,
      test('test_two', 'failed', failed(5, '7f02')),
      test('test_text', 'timed-out', 'stopped after 1 s'),
    );
    await graded(grace, test('test_two', 'failed', failed(6, '7f03')), test('test_text', 'passed'));
    await graded(lise, test('test_two', 'failed', failed(9, '7f04')), test('test_text', 'passed'));
    // Better by now: only the newest counts.
    await graded(lise, test('test_two', 'passed'), test('test_text', 'passed'));

    const reply = await room.owner.get(`/labs/${room.lab.id}/failures`);
    const { assignments } = failureTable.parse(await reply.json());
    expect(assignments.map(({ slug, students }) => [slug, students])).toEqual([['doubling', 4]]);
    const shown = assignments[0]!.tests.map(({ name, visible, failed: count, groups }) => ({
      name,
      visible,
      count,
      groups: groups.map(({ status, what, students }) => [status, what, students.map((one) => one.name).sort()]),
    }));
    expect(shown).toEqual([
      {
        name: 'test_two',
        visible: true,
        count: 3,
        groups: [
          ['failed', 'assert 6 == 4 + where 6 = double(2)', ['Ada', 'Grace']],
          ['failed', 'assert 5 == 4 + where 5 = double(2)', ['Emmy']],
        ],
      },
      { name: 'test_text', visible: false, count: 1, groups: [['timed-out', 'stopped after 1 s', ['Emmy']]] },
    ]);
  });

  it('is for teachers', async () => {
    const ruth = await room.join('Ruth');
    expect((await ruth.get(`/labs/${room.lab.id}/failures`)).status).toBe(403);
  });
});
