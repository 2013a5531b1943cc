import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { participant } from '@nbpulse/schema/db';
import {
  classListed,
  joinReply,
  labState,
  meView,
  timeline,
  type JoinReply,
  type LabView,
  type Problem,
} from '@nbpulse/schema/wire';
import { publicUrl, useClassroom } from '../../test/classroom.js';

describe('a class list', () => {
  const room = useClassroom();
  const device = { kind: 'page' as const, label: 'test' };
  const list = async (lab: LabView, names: string[]) => {
    const answer = await room.owner.post(`/labs/${lab.id}/people`, { names });
    expect(answer.status).toBe(200);
    return classListed.parse(await answer.json());
  };
  const join = (lab: LabView, name: string, more: Record<string, unknown> = {}) =>
    room.nobody.post('/join', { code: lab.joinCode, name, device, ...more });
  const joined = async (response: Response): Promise<JoinReply> => {
    expect(response.status).toBe(201);
    return joinReply.parse(await response.json());
  };
  const members = async (lab: LabView) =>
    labState
      .parse(await (await room.owner.get(`/labs/${lab.id}/state`)).json())
      .participants.filter((one) => !one.removed);
  const rowOf = async (id: string) =>
    (await room.database.db.select().from(participant).where(eq(participant.id, id)))[0];

  it('adds names that have never opened the notebook, and leaves those that are known', async () => {
    const lab = await room.addLab('Listed');
    await joined(await join(lab, 'Emmy Noether'));
    expect(await list(lab, ['Ada Lovelace', 'emmy  noether', ' ADA LOVELACE', 'Bob'])).toEqual({ added: 2, known: 2 });
    expect((await members(lab)).map((one) => [one.name, one.openedAt !== null]).sort()).toEqual([
      ['Ada Lovelace', false],
      ['Bob', false],
      ['Emmy Noether', true],
    ]);
    expect(await list(lab, ['Bob'])).toEqual({ added: 0, known: 1 });
  });

  it('makes whoever joins by such a name that participant, once', async () => {
    const lab = await room.addLab('Comes');
    await list(lab, ['Ada Lovelace']);
    const [listed] = await members(lab);
    const path = `/labs/${lab.id}/participants/${listed!.id}/timeline`;
    const before = timeline.parse(await (await room.owner.get(path)).json());
    expect(before.items).toEqual([]);
    const ada = await joined(await join(lab, 'ada LOVELACE'));
    expect([ada.participant, ada.name]).toEqual([listed!.id, 'Ada Lovelace']);
    const [now] = await members(lab);
    expect(now!.openedAt).not.toBeNull();
    expect(timeline.parse(await (await room.owner.get(path)).json()).items).toEqual([
      { kind: 'joined', at: now!.openedAt },
    ]);
    const me = await room.nobody.request('GET', '/me', { headers: { authorization: `Bearer ${ada.token}` } });
    expect(meView.parse(await me.json()).name).toBe('Ada Lovelace');
    const second = await join(lab, 'Ada Lovelace');
    expect([second.status, ((await second.json()) as Problem).error]).toEqual([409, 'name-taken']);
    expect((await joined(await join(lab, 'Ada Lovelace', { another: true }))).name).toBe('Ada Lovelace (2)');
  });

  it('gives a listed name to exactly one of twenty who come at once; the others are asked', async () => {
    const lab = await room.addLab('Race');
    await list(lab, ['Everybody']);
    const [listed] = await members(lab);
    const answers = await Promise.all(Array.from({ length: 20 }, () => join(lab, 'Everybody')));
    expect(answers.map((one) => one.status).sort()).toEqual([201, ...Array.from({ length: 19 }, () => 409)]);
    const first = await joined(answers.find((one) => one.status === 201)!);
    expect(first.participant).toBe(listed!.id);
    expect(await members(lab)).toHaveLength(1);
  });

  it('has one of each name when the list comes in the moment when they join', async () => {
    const lab = await room.addLab('Both at once');
    const names = Array.from({ length: 12 }, (_, index) => `Student ${String(index)}`);
    const [answer, again, ...joins] = await Promise.all([
      room.owner.post(`/labs/${lab.id}/people`, { names }),
      room.owner.post(`/labs/${lab.id}/people`, { names: [...names].reverse() }),
      ...names.map((name) => join(lab, name)),
    ]);
    expect([answer.status, again.status]).toEqual([200, 200]);
    expect(joins.map((one) => one.status)).toEqual(names.map(() => 201));
    const now = await members(lab);
    expect(now.map((one) => one.name).sort()).toEqual([...names].sort());
    expect(now.every((one) => one.openedAt !== null)).toBe(true);
  });

  it('lets one come by the return code that staff read out', async () => {
    const lab = await room.addLab('By code');
    await list(lab, ['Carl']);
    const [listed] = await members(lab);
    const { returnCode } = (await rowOf(listed!.id))!;
    expect((await joined(await join(lab, 'Carl', { returnCode }))).participant).toBe(listed!.id);
    expect((await members(lab))[0]!.openedAt).not.toBeNull();
  });

  it('is the first to come for a tracker’s sender too, unverified; who joined with a token stays who they are', async () => {
    const lab = await room.addLab('Tracker');
    await room.owner.request('PATCH', `/labs/${lab.id}`, { json: { settings: { trackerDoor: true } } });
    await list(lab, ['Door', 'Token']);
    const listed = new Map((await members(lab)).map((one) => [one.name, one.id]));
    await joined(await join(lab, 'Token'));
    for (const name of ['Door', 'Token']) {
      const fields = { session_name: lab.name, part_name: 'default', session_owner: 'owner', question_nb: '1' };
      const sender = { sender_name: name, sender_uuid: `host of ${name}`, type: 'str', data: 'hello' };
      const sent = await room.app.request(`${publicUrl}/add-record`, {
        method: 'POST',
        body: new URLSearchParams({ ...fields, ...sender }),
      });
      expect([name, sent.status, sent.ok ? '' : await sent.text()]).toEqual([name, 200, '']);
    }
    const now = await members(lab);
    expect(now.map((one) => [one.name, one.unverified]).sort()).toEqual(
      [
        ['Door', true],
        ['Token (2)', true],
        ['Token', false],
      ].sort(),
    );
    expect(now.find((one) => one.name === 'Door')!.id).toBe(listed.get('Door'));
  });

  it('frees a listed name when staff remove it', async () => {
    const lab = await room.addLab('Removed');
    await list(lab, ['Gone']);
    const [listed] = await members(lab);
    const removed = await room.owner.request('PATCH', `/labs/${lab.id}/participants/${listed!.id}`, {
      json: { removed: true },
    });
    expect(removed.status).toBe(200);
    expect(await members(lab)).toEqual([]);
    expect((await joined(await join(lab, 'Gone'))).participant).not.toBe(listed!.id);
  });

  it('is for teachers, of labs that are there', async () => {
    const lab = await room.addLab('Whose');
    const ada = await room.join('Ada', lab);
    for (const who of [room.nobody, ada, await room.addStaff('assistant')])
      expect([401, 403]).toContain((await who.post(`/labs/${lab.id}/people`, { names: ['X'] })).status);
    await room.owner.request('DELETE', `/labs/${lab.id}`, { json: { joinCode: lab.joinCode } });
    expect((await room.owner.post(`/labs/${lab.id}/people`, { names: ['X'] })).status).toBe(410);
  });

  it('says which name is none', async () => {
    const answer = await room.owner.post(`/labs/${room.lab.id}/people`, { names: ['Fine', 'x'.repeat(81)] });
    expect(answer.status).toBe(400);
    expect(Object.keys(((await answer.json()) as Problem).fields ?? {})).toEqual(['names.1']);
  });
});
