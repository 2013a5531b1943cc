import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blob, event, eventConflict, pageLink } from '@nbpulse/schema/db';
import {
  joinReply,
  labLog,
  labState,
  meView,
  myActivity,
  myCheckpoints,
  myDevices,
  myPageLink,
  recordView,
  timeline,
  type Problem,
} from '@nbpulse/schema/wire';
import { publicUrl, useClassroom, type Student } from '../../test/classroom.js';
import { notebook } from '../../test/course-work.js';
import { listen, type Listening } from '../../test/listen.js';
import { connectSocket } from '../../test/socket-client.js';
import { int, ownRecords, picture, pngBytes, send, sha256Of } from '../../test/sending.js';

const room = useClassroom();
const problemOf = async (response: Response): Promise<[number, Problem]> => [
  response.status,
  (await response.json()) as Problem,
];
const setLab = async (json: unknown) =>
  expect((await room.owner.request('PATCH', `/labs/${room.lab.id}`, { json })).status).toBe(200);
const state = async () => labState.parse(await (await room.owner.get(`/labs/${room.lab.id}/state`)).json());

describe('deleting one’s own record', () => {
  it('is refused in words that name who can, as long as the lab does not let it', async () => {
    const ada = await room.join('Ada');
    await send(ada, room.lab, [{ question: '1', value: int(1) }]);
    const [record] = await ownRecords(ada);
    const [status, problem] = await problemOf(await ada.request('DELETE', `/me/records/${record!.id}`));
    expect([status, problem.error]).toEqual([403, 'not-allowed']);
    expect(problem.message).toContain('owner');
    expect((await ownRecords(ada))[0]).toMatchObject({ deleted: false, summary: '1' });
  });

  it('takes the content and leaves who and when; it is in the log, out of the grid, and not brought back', async () => {
    await setLab({ settings: { mayDelete: true } });
    const bob = await room.join('Bob');
    const sent = await send(bob, room.lab, [
      { question: '1', value: int(41), part: 'PART-MARK' },
      { question: '1', value: int(42) },
      { question: 'plot', value: picture(1) },
    ]);
    // Another content under number 2 is kept beside it, and goes with it.
    const other = { ...sent.events[1]!, value: int(43) };
    const before = await state();
    const conflict = await bob.post(`/labs/${room.lab.id}/events`, {
      v: 1,
      stream: sent.stream,
      sentAt: new Date().toISOString(),
      events: [other],
    });
    expect(await conflict.json()).toMatchObject({ refused: [{ seq: 2, code: 'conflict' }] });
    const records = await ownRecords(bob);
    const second = records.find((one) => one.summary === '42');
    const plot = records.find((one) => one.question === 'plot');

    for (const one of [second!, plot!]) expect((await bob.request('DELETE', `/me/records/${one.id}`)).status).toBe(204);
    // Once more: nothing happens.
    const rev = (await state()).rev;
    expect((await bob.request('DELETE', `/me/records/${second!.id}`)).status).toBe(204);
    expect((await state()).rev).toBe(rev);

    const log = labLog.parse(await (await room.owner.get(`/labs/${room.lab.id}/log?since=${before.rev}`)).json());
    expect(log.changes).toContainEqual(
      expect.objectContaining({
        kind: 'record',
        record: expect.objectContaining({ id: second!.id, deleted: true, summary: '', value: null, hash: '' }),
      }),
    );
    const cells = (await state()).cells.filter((cell) => cell.participant === bob.participant);
    expect(cells).toMatchObject([{ question: '1', records: 1, last: { summary: '41' } }]);
    expect(await ownRecords(bob)).toContainEqual(
      expect.objectContaining({ id: second!.id, deleted: true, value: null }),
    );
    expect((await room.database.db.select().from(eventConflict)).map((row) => row.streamId)).not.toContain(sent.stream);
    const sha256 = sha256Of(pngBytes(1));
    const [unused] = await room.database.db.select().from(blob).where(eq(blob.sha256, sha256));
    expect(unused?.unusedAt).not.toBeNull();

    // The journal of the kernel sends all of it again, as it was and otherwise.
    for (const events of [sent.events, [{ ...other, value: int(44) }]]) {
      const again = await bob.post(`/labs/${room.lab.id}/events`, {
        v: 1,
        stream: sent.stream,
        sentAt: new Date().toISOString(),
        events,
      });
      expect(await again.json()).toMatchObject({ saved: events.map((one) => one.seq), refused: [] });
    }
    expect((await ownRecords(bob)).filter((one) => one.deleted)).toHaveLength(2);
    const rows = await room.database.db.select().from(event).where(eq(event.id, second!.id));
    expect(rows).toMatchObject([
      { body: null, bodyHash: '', answerHash: null, summary: null, deletedBy: 'participant' },
    ]);
  });

  it('of somebody else is not found', async () => {
    const [eve, ida] = [await room.join('Eve'), await room.join('Ida')];
    await send(ida, room.lab, [{ question: '1', value: int(7) }]);
    const [record] = await ownRecords(ida);
    for (const id of [record!.id, randomUUID(), 'x'])
      expect([400, 404]).toContain((await eve.request('DELETE', `/me/records/${id}`)).status);
    expect((await ownRecords(ida))[0]).toMatchObject({ deleted: false });
  });

  it('shows on staff’s timeline as deleted', async () => {
    const ned = await room.join('Ned');
    await send(ned, room.lab, [{ question: '1', value: int(7) }]);
    const [record] = await ownRecords(ned);
    await ned.request('DELETE', `/me/records/${record!.id}`);
    const { items } = timeline.parse(
      await (await room.owner.get(`/labs/${room.lab.id}/participants/${ned.participant}/timeline`)).json(),
    );
    expect(items.at(-1)).toMatchObject({ kind: 'record', record: { deleted: true, summary: '', value: null } });
  });
});

describe('sending, and what is live', () => {
  let server: Listening;
  beforeAll(async () => {
    server = await listen(room.app);
  });
  afterAll(() => server.goAway());
  const socketOf = async (token: string) => {
    const socket = await connectSocket(server.url);
    socket.say({ v: 1, type: 'hello', as: { role: 'participant', token } });
    await socket.hears('welcome');
    return socket;
  };

  it('is switched off for all devices; the teacher sees it, and a deletion reaches the other devices', async () => {
    await setLab({ settings: { mayDelete: true } });
    const liv = await room.join('Liv');
    const { returnCode } = meView.parse(await (await liv.get('/me')).json());
    const second = joinReply.parse(
      await (
        await room.nobody.post('/join', {
          code: room.lab.joinCode,
          name: 'Liv',
          returnCode,
          device: { kind: 'kernel', label: 'second' },
        })
      ).json(),
    );
    const [socket, teacher] = [
      await socketOf(second.token),
      await connectSocket(server.url, { cookie: room.owner.cookie, origin: publicUrl }),
    ];
    teacher.say({ v: 1, type: 'hello', as: { role: 'staff', lab: room.lab.id } });
    await teacher.hears('welcome');
    const off = await liv.request('PATCH', '/me', { json: { sending: false } });
    expect(meView.parse(await off.json()).sending).toBe(false);
    await socket.hears('me', (message) => !message.sending);
    await teacher.hears('update', ({ changes }) =>
      changes.some(
        (change) =>
          change.kind === 'participant' && change.participant.id === liv.participant && !change.participant.sending,
      ),
    );
    expect((await state()).participants.find((one) => one.id === liv.participant)).toMatchObject({ sending: false });
    const { rev } = await state();
    await liv.request('PATCH', '/me', { json: { sending: false } });
    const log = labLog.parse(await (await room.owner.get(`/labs/${room.lab.id}/log?since=${rev}`)).json());
    expect(log.changes.filter((change) => change.kind === 'participant')).toEqual([]);
    await liv.request('PATCH', '/me', { json: { sending: true } });
    await socket.hears('me', (message) => message.sending);

    await send(liv, room.lab, [{ question: '1', value: int(1) }]);
    const heard = socket.heard.filter((message) => message.type === 'me').length;
    const [record] = await ownRecords(liv);
    await liv.request('DELETE', `/me/records/${record!.id}`);
    await expect.poll(() => socket.heard.filter((message) => message.type === 'me').length).toBeGreaterThan(heard);
    await setLab({ settings: { activity: true } });
    await socket.hears('lab');
    await setLab({ settings: { activity: false } });
    await Promise.all([socket.close(), teacher.close()]);
  });
});

describe('what else is stored', () => {
  it('is told: activity, drops, conflicts, checkpoints, devices', async () => {
    await setLab({ settings: { activity: true } });
    const kim = await room.join('Kim');
    const sent = await send(kim, room.lab, [
      { question: '1', value: int(1) },
      { kind: 'dropped', question: '1', count: 3 },
      { kind: 'activity', what: 'error', question: '2', cell: 'c-1', error: 'IndexError' },
    ]);
    await send(kim, room.lab, [{ question: '1', value: int(2) }], sent.stream);
    const { events } = myActivity.parse(await (await kim.get('/me/activity')).json());
    expect(events.map((one) => one.kind).sort()).toEqual(['activity', 'conflict', 'dropped']);
    expect(events).toContainEqual(
      expect.objectContaining({ kind: 'activity', what: 'error', question: '2', cell: 'c-1', error: 'IndexError' }),
    );
    expect(myActivity.parse(await (await kim.get('/me/activity?limit=1&offset=2')).json()).events).toHaveLength(1);

    const bytes = notebook(['x = 1']);
    await kim.upload('/me/checkpoints', bytes);
    const { checkpoints } = myCheckpoints.parse(await (await kim.get('/me/checkpoints')).json());
    expect(checkpoints).toHaveLength(1);
    const download = await kim.get(`/me/checkpoints/${checkpoints[0]!.id}/notebook`);
    expect(new Uint8Array(await download.arrayBuffer())).toEqual(bytes);
    const eve = await room.join('Eve of the checkpoints');
    expect((await eve.get(`/me/checkpoints/${checkpoints[0]!.id}/notebook`)).status).toBe(404);

    const { devices } = myDevices.parse(await (await kim.get('/me/devices')).json());
    expect(devices).toMatchObject([{ kind: 'page', label: 'test', current: true, revokedAt: null }]);
    await setLab({ settings: { activity: false } });
  });
});

describe('the link to one’s own page', () => {
  const codeOf = async (who: Student) => {
    const { url, expiresAt } = myPageLink.parse(await (await who.request('POST', '/me/page')).json());
    expect(new URL(url).pathname).toBe('/me');
    expect(Date.parse(expiresAt) - Date.now()).toBeLessThanOrEqual(300_000);
    return /^#code=(.{20,100})$/.exec(new URL(url).hash)![1]!;
  };
  const open = (code: string) => room.nobody.post('/me/open', { code });

  it('opens it once, as a device of its own', async () => {
    const uma = await room.join('Uma');
    const code = await codeOf(uma);
    const opened = await open(code);
    expect(opened.status).toBe(201);
    const { token, participant } = joinReply.parse(await opened.json());
    expect(participant).toBe(uma.participant);
    const as = { headers: { authorization: `Bearer ${token}` } };
    const { devices } = myDevices.parse(await (await room.nobody.request('GET', '/me/devices', as)).json());
    expect(devices.map((one) => [one.kind, one.current])).toEqual([
      ['browser', true],
      ['page', false],
    ]);
    const [status, problem] = await problemOf(await open(code));
    expect([status, problem.error]).toEqual([410, 'link-used']);
    expect(problem.message).toMatch(/used already.*panel.*return code/s);
  });

  it('opens for exactly one of ten who try at once', async () => {
    const code = await codeOf(await room.join('Ten'));
    const statuses = await Promise.all(Array.from({ length: 10 }, async () => (await open(code)).status));
    expect(statuses.sort()).toEqual([201, ...Array.from({ length: 9 }, () => 410)]);
  });

  it('expires, and says what to do; its code is stored nowhere', async () => {
    const code = await codeOf(await room.join('Late'));
    const { db } = room.database;
    const codeHash = sha256Of(code);
    const changed = await db
      .update(pageLink)
      .set({ expiresAt: new Date(Date.now() - 1_000) })
      .where(eq(pageLink.codeHash, codeHash))
      .returning();
    expect(changed).toHaveLength(1);
    expect(JSON.stringify(changed)).not.toContain(code);
    const [status, problem] = await problemOf(await open(code));
    expect([status, problem.error]).toEqual([410, 'link-used']);
    expect(problem.message).toMatch(/expired; it is good for five minutes/);
    const [unknown, words] = await problemOf(await open('x'.repeat(32)));
    expect([unknown, words.error]).toEqual([404, 'not-found']);
    expect((await open('short')).status).toBe(400);
  });

  it('is made a few times, not in a loop', async () => {
    const fay = await room.join('Fay');
    const statuses = [];
    for (let time = 0; time < 12; time++) statuses.push((await fay.request('POST', '/me/page')).status);
    expect(statuses[0]).toBe(201);
    expect(statuses.at(-1)).toBe(429);
  });
});

describe('what is somebody else’s', () => {
  it('is never there, whatever is asked for', async () => {
    const [own, other] = [await room.join('Own'), await room.join('Other')];
    await send(own, room.lab, [{ question: 'p', value: picture(77) }]);
    const [record] = await ownRecords(own);
    expect(recordView.parse(await (await own.get(`/me/records/${record!.id}`)).json()).deleted).toBe(false);
    const sha256 = sha256Of(pngBytes(77));
    for (const path of [`/me/records/${record!.id}`, `/me/blobs/${sha256}`]) {
      expect((await own.get(path)).status).toBe(200);
      expect((await other.get(path)).status).toBe(404);
    }
  });
});
