import { describe, expect, it } from 'vitest';
import { labLog, labState, type LabView, type Problem } from '@nbpulse/schema/wire';
import { useClassroom } from '../../test/classroom.js';
import { between } from './plan.js';

describe('the plan of a lab', () => {
  const room = useClassroom();
  const put = (lab: LabView, questions: unknown, who = room.owner) =>
    who.request('PUT', `/labs/${lab.id}/plan`, { json: { questions } });
  const stateOf = async (lab: LabView) => labState.parse(await (await room.owner.get(`/labs/${lab.id}/state`)).json());

  it('sets titles and minutes, declares what is new in its place, and tells the pages', async () => {
    const lab = await room.addLab('Planned');
    expect(
      (
        await put(lab, [
          { key: '1', title: 'Shape', targetMinutes: 5 },
          { key: '3', targetMinutes: 10 },
        ])
      ).status,
    ).toBe(200);
    const { rev } = await stateOf(lab);
    expect(
      (await put(lab, [{ key: '1' }, { key: '2', title: 'Column' }, { key: '3', targetMinutes: null }])).status,
    ).toBe(200);
    const { questions } = await stateOf(lab);
    expect(questions.map(({ key, title, targetMinutes }) => [key, title, targetMinutes])).toEqual([
      ['1', 'Shape', 5],
      ['2', 'Column', null],
      ['3', null, null],
    ]);
    const log = labLog.parse(await (await room.owner.get(`/labs/${lab.id}/log?since=${String(rev)}`)).json());
    expect(log.changes.map((change) => change.kind === 'question' && change.question.key)).toEqual(['1', '2', '3']);
  });

  it('is refused when a key is there twice, to assistants, and to students', async () => {
    const lab = await room.addLab('Refused');
    const twice = await put(lab, [{ key: '1' }, { key: '1' }]);
    expect(((await twice.json()) as Problem).message).toContain('named twice');
    expect((await put(lab, [{ key: '1' }], await room.addStaff('assistant'))).status).toBe(403);
    const student = await room.join('Ada', lab);
    expect((await student.request('PUT', `/labs/${lab.id}/plan`, { json: { questions: [] } })).status).toBe(403);
  });

  it('finds a place right after the question before', () => {
    expect([between(1, [1, 2]), between(2, [1, 2]), between(0, [])]).toEqual([1.5, 3, 1]);
  });
});
