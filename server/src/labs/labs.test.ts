import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { blob, labStaff, participant, person } from '@nbpulse/schema/db';
import { labList, labLog, labState, labView, type LabView, type Problem, type Value } from '@nbpulse/schema/wire';
import { useClassroom, type Student } from '../../test/classroom.js';

describe('labs', () => {
  const room = useClassroom();
  const at = (agoMs = 0) => new Date(Date.now() - agoMs).toISOString();
  const send = async (who: Student, lab: LabView, values: [question: string, value: Value, agoMs?: number][]) => {
    const events = values.map(([question, value, agoMs], index) => ({
      kind: 'record',
      seq: index + 1,
      madeAt: at(agoMs),
      question,
      value,
    }));
    const response = await who.post(`/labs/${lab.id}/events`, { v: 1, stream: randomUUID(), sentAt: at(), events });
    expect(response.status).toBe(200);
  };
  const int = (v: number): Value => ({ t: 'int', v });
  const error: Value = { t: 'error', cls: 'IndexError', message: { v: 'out of range' } };
  const patch = (lab: LabView, json: unknown) => room.owner.request('PATCH', `/labs/${lab.id}`, { json });
  const stateOf = async (lab: LabView) => labState.parse(await (await room.owner.get(`/labs/${lab.id}/state`)).json());

  it('begin as drafts with a join code, open, close and open again', async () => {
    const created = await room.owner.post(`/courses/${room.course}/labs`, {
      name: '  Gradients  ',
      description: 'Week 3',
    });
    expect(created.status).toBe(201);
    const lab = labView.parse(await created.json());
    expect(lab).toMatchObject({
      name: 'Gradients',
      status: 'draft',
      openedAt: null,
      joinCode: expect.stringMatching(/^[A-Z2-7]{8}$/),
    });
    const opened = labView.parse(await (await patch(lab, { status: 'open' })).json());
    expect(opened.openedAt).not.toBeNull();
    const closed = labView.parse(await (await patch(lab, { status: 'closed' })).json());
    expect(closed.closedAt).not.toBeNull();
    const again = labView.parse(await (await patch(lab, { status: 'open', name: 'Gradients, again' })).json());
    expect(again).toMatchObject({ name: 'Gradients, again', openedAt: opened.openedAt, closedAt: null });
  });

  it('say what is wrong with a name or a question', async () => {
    const post = async (json: unknown) =>
      (await (await room.owner.post(`/courses/${room.course}/labs`, json)).json()) as Problem;
    expect((await post({ name: ' ' })).fields?.name).toBe('a lab has a name');
    expect((await post({ name: 'Lab', questions: [{ key: ' 1' }] })).message).toContain('no space at either end');
    expect((await post({ name: 'Lab', questions: [{ key: '1' }, { key: '1' }] })).message).toContain('named twice');
  });

  it('show the grid: records, errors, the run of errors, the last answer', async () => {
    const lab = await room.addLab('Grid');
    const [ada, bob] = [await room.join('Ada', lab), await room.join('Bob', lab)];
    await send(ada, lab, [
      ['1', int(1), 9_000],
      ['1', error, 8_000],
      ['1', error, 7_000],
      ['2', int(5), 6_000],
    ]);
    await send(bob, lab, [
      ['1', error, 5_000],
      ['1', int(2), 4_000],
    ]);
    const state = await stateOf(lab);
    const cell = (who: Student, question: string) =>
      state.cells.find((one) => one.participant === who.participant && one.question === question);
    expect(cell(ada, '1')).toMatchObject({
      records: 3,
      errors: 2,
      errorRun: 2,
      sameRun: 2,
      last: { error: true, summary: 'IndexError: out of range' },
    });
    expect(cell(bob, '1')).toMatchObject({
      records: 2,
      errors: 1,
      errorRun: 0,
      sameRun: 1,
      last: { error: false, summary: '2' },
    });
    expect(cell(bob, '2')).toBeUndefined();
    expect(state.activity.find((one) => one.participant === ada.participant)).toMatchObject({
      at: [expect.any(Number), expect.any(Number)],
      errorAt: [expect.any(Number), expect.any(Number)],
    });
    expect(state.presence.map((one) => [one.participant, one.state])).toEqual([
      [ada.participant, 'online'],
      [bob.participant, 'online'],
    ]);
  });

  it('hold in the log all that leads from an earlier state to the present one', async () => {
    const lab = await room.addLab('Log');
    const before = await stateOf(lab);
    const ada = await room.join('Ada', lab);
    await send(ada, lab, [['1', int(1)]]);
    await patch(lab, { name: 'Log, renamed' });
    const log = labLog.parse(await (await room.owner.get(`/labs/${lab.id}/log?since=${String(before.rev)}`)).json());
    expect(log).toMatchObject({ from: before.rev, to: (await stateOf(lab)).rev, more: false });
    expect(log.changes.map((change) => change.kind)).toEqual(['participant', 'question', 'record', 'lab']);
    expect((await room.owner.get(`/labs/${lab.id}/log?since=-1`)).status).toBe(400);
    expect((await room.owner.get(`/labs/${lab.id}/log`)).status).toBe(400);
  });

  it('are listed with their skyline; assistants see those that are shared with them', async () => {
    const lab = await room.addLab('Skyline');
    const [ada, bob] = [await room.join('Ada', lab), await room.join('Bob', lab)];
    await send(ada, lab, [
      ['1', int(1), 2_000],
      ['2', error, 1_000],
    ]);
    await send(bob, lab, [
      ['1', error, 2_000],
      ['1', int(1), 1_000],
    ]);
    const list = async (who: { get: (path: string) => Promise<Response> }) =>
      labList.parse(await (await who.get(`/courses/${room.course}/labs`)).json()).labs;
    expect((await list(room.owner)).find((one) => one.id === lab.id)).toMatchObject({
      participants: 2,
      records: 4,
      questions: [
        { key: '1', answered: 2, errors: 0 },
        { key: '2', answered: 1, errors: 1 },
      ],
      storageBytes: expect.any(Number),
    });
    const assistant = await room.addStaff('assistant');
    expect(await list(assistant)).toEqual([]);
    await room.database.db.insert(labStaff).values({ labId: lab.id, userId: assistant.userId });
    expect((await list(assistant)).map((one) => one.id)).toEqual([lab.id]);
  });

  it('are deleted only with their join code, and then really', async () => {
    const lab = await room.addLab('Deleted');
    const ada = await room.join('Ada Deleted', lab);
    const bytes = Buffer.from(`a picture ${randomUUID()}`);
    const { sha256 } = await room.app.blobs.put(bytes);
    await send(ada, lab, [
      ['1', { t: 'image', mime: 'image/png', of: 'x', n: bytes.length, sha256, b64: bytes.toString('base64') }],
    ]);
    const remove = (joinCode: string) => room.owner.request('DELETE', `/labs/${lab.id}`, { json: { joinCode } });
    const refused = await remove('AAAAAAAA');
    expect([refused.status, ((await refused.json()) as Problem).error]).toEqual([409, 'wrong-code']);
    expect((await remove(lab.joinCode.toLowerCase())).status).toBe(204);
    expect((await remove(lab.joinCode)).status).toBe(410);
    expect((await room.owner.get(`/labs/${lab.id}/state`)).status).toBe(410);
    expect((await room.nobody.get(`/join/${lab.joinCode}`)).status).toBe(410);
    const [who] = await room.database.db.select().from(participant).where(eq(participant.id, ada.participant));
    const [human] = await room.database.db.select().from(person).where(eq(person.id, who!.personId));
    expect([who?.name, human?.name]).toEqual(['', '']);
    const [kept] = await room.database.db.select().from(blob).where(eq(blob.sha256, sha256));
    expect(kept?.unusedAt).toBeInstanceOf(Date);
    const listed = labList.parse(await (await room.owner.get(`/courses/${room.course}/labs`)).json()).labs;
    expect(listed.map((one) => one.id)).not.toContain(lab.id);
  });
});
