import { describe, expect, it } from 'vitest';
import {
  joinPreview,
  joinReply,
  labState,
  meView,
  showJoinCode,
  type JoinReply,
  type Problem,
} from '@nbpulse/schema/wire';
import { useClassroom } from '../../test/classroom.js';

describe('joining a lab', () => {
  const room = useClassroom();
  const device = { kind: 'page' as const, label: 'Firefox on a laptop' };
  const join = (name: string, more: Record<string, unknown> = {}, lab = room.lab) =>
    room.nobody.post('/join', { code: lab.joinCode, name, device, ...more });
  const joined = async (response: Response): Promise<JoinReply> => {
    expect(response.status).toBe(201);
    return joinReply.parse(await response.json());
  };
  const refused = async (response: Response): Promise<[number, string]> => [
    response.status,
    ((await response.json()) as Problem).error,
  ];
  const as = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
  const names = async () => {
    const state = labState.parse(await (await room.owner.get(`/labs/${room.lab.id}/state`)).json());
    return state.participants.filter((one) => !one.removed).map((one) => one.name);
  };

  it('tells before joining whose lab it is and how long things are kept', async () => {
    const response = await room.nobody.get(`/join/${showJoinCode(room.lab.joinCode).toLowerCase()}`);
    expect(joinPreview.parse(await response.json())).toEqual({
      lab: { id: room.lab.id, name: 'First lab', description: '', status: 'open' },
      course: { name: 'Analysis' },
      teachers: ['owner'],
      retentionMonths: 12,
      eraseAt: null,
      activity: false,
      mayDelete: false,
    });
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('access-control-allow-credentials')).toBeNull();
  });

  it('says in words that a code is wrong', async () => {
    expect(await refused(await room.nobody.get('/join/AAAA-BBBB'))).toEqual([404, 'wrong-code']);
    const response = await room.nobody.get('/join/short');
    expect(response.status).toBe(400);
    expect(((await response.json()) as Problem).message).toContain('eight letters and digits');
  });

  it('gives a token that opens one’s own things only', async () => {
    const ada = await joined(await join('Ada Lovelace'));
    const me = meView.parse(await (await room.nobody.request('GET', '/me', as(ada.token))).json());
    expect(me).toMatchObject({
      participant: ada.participant,
      name: 'Ada Lovelace',
      returnCode: ada.returnCode,
      teachers: ['owner'],
    });
  });

  it('asks “is this you?” when the name is there, however it is typed', async () => {
    await joined(await join('Émilie du Châtelet'));
    for (const name of [
      'émilie  du châtelet',
      'ÉMILIE DU CHÂTELET',
      'E\u0301milie du Cha\u0302telet',
      ' Ｅ́milie du Châtelet',
    ]) {
      const response = await join(name);
      expect(await refused(response)).toEqual([409, 'name-taken']);
    }
  });

  it('adds a device with the return code, and refuses a wrong one', async () => {
    const first = await joined(await join('Maria'));
    const second = await joined(await join('maria', { returnCode: first.returnCode.toLowerCase().replace('-', ' ') }));
    expect(second.participant).toBe(first.participant);
    expect(second.token).not.toBe(first.token);
    expect((await room.nobody.request('GET', '/me', as(first.token))).status).toBe(200);
    expect(await refused(await join('Maria', { returnCode: 'AAAA-AAAA' }))).toEqual([403, 'wrong-return-code']);
  });

  it('does not let a return code be guessed', async () => {
    await joined(await join('Guessed'));
    const answers = [];
    for (let attempt = 0; attempt < 12; attempt++)
      answers.push((await join('Guessed', { returnCode: 'AAAA-AAAA' })).status);
    expect(answers.at(-1)).toBe(429);
  });

  it('lets somebody else in under the same name, told apart', async () => {
    await joined(await join('Sophie'));
    expect((await joined(await join('Sophie', { another: true }))).name).toBe('Sophie (2)');
    expect((await joined(await join('Sophie', { another: true }))).name).toBe('Sophie (3)');
  });

  it('lets exactly one of twenty who type the same name at once have it', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => join('Everybody')));
    expect(answers.map((response) => response.status).sort()).toEqual([201, ...Array.from({ length: 19 }, () => 409)]);
    expect((await names()).filter((name) => name === 'Everybody')).toHaveLength(1);
  });

  it.each([
    ['', 'type your name'],
    ['x'.repeat(81), 'at most 80'],
    ['bell\u0007', 'control characters'],
  ])('refuses the name %j in words', async (name, words) => {
    const response = await join(name);
    expect(response.status).toBe(400);
    expect(((await response.json()) as Problem).fields?.name).toContain(words);
  });

  it('refuses a draft; a closed lab lets those come back who have taken part', async () => {
    const draft = (await (
      await room.owner.post(`/courses/${room.course}/labs`, { name: 'Draft' })
    ).json()) as typeof room.lab;
    expect(await refused(await join('Ada', {}, draft))).toEqual([409, 'lab-draft']);
    const lab = await room.addLab('Closed');
    const ada = await joined(await join('Ada', {}, lab));
    await room.owner.request('PATCH', `/labs/${lab.id}`, { json: { status: 'closed' } });
    expect(await refused(await join('Bob', {}, lab))).toEqual([409, 'lab-closed']);
    expect((await joined(await join('Ada', { returnCode: ada.returnCode }, lab))).participant).toBe(ada.participant);
    expect(await refused(await room.owner.request('PATCH', `/labs/${lab.id}`, { json: { status: 'draft' } }))).toEqual([
      409,
      'conflict',
    ]);
  });

  it('leaves a computer: its token dies at once, the participant’s others live', async () => {
    const first = await joined(await join('Leaver'));
    const second = await joined(await join('Leaver', { returnCode: first.returnCode }));
    expect((await room.nobody.request('DELETE', '/me/device', as(first.token))).status).toBe(204);
    expect(await refused(await room.nobody.request('GET', '/me', as(first.token)))).toEqual([401, 'bad-token']);
    expect((await room.nobody.request('GET', '/me', as(second.token))).status).toBe(200);
  });

  it('is renamed and removed by a teacher; a removed one’s devices end, the name is free again', async () => {
    const typo = await joined(await join('Gass'));
    const path = `/labs/${room.lab.id}/participants/${typo.participant}`;
    const renamed = await room.owner.request('PATCH', path, { json: { name: 'Gauss' } });
    expect(await renamed.json()).toMatchObject({ name: 'Gauss', removed: false });
    // Staff renamed them: their code alone still says who they are.
    expect((await joined(await join('Gass', { returnCode: typo.returnCode }))).participant).toBe(typo.participant);
    expect(await refused(await room.owner.request('PATCH', path, { json: { name: 'Ada Lovelace' } }))).toEqual([
      409,
      'name-taken',
    ]);
    const removed = await room.owner.request('PATCH', path, { json: { removed: true } });
    expect(await removed.json()).toMatchObject({ removed: true });
    const answer = await room.nobody.request('GET', '/me', as(typo.token));
    expect(answer.status).toBe(401);
    expect(((await answer.json()) as Problem).message).toContain('removed from this lab');
    expect(await names()).not.toContain('Gauss');
    await joined(await join('Gauss'));
  });
});
