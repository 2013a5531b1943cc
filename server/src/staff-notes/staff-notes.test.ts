import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { staffNote as staffNoteTable } from '@nbpulse/schema/db';
import { staffNoteWritten, staffNote, timeline, type Problem } from '@nbpulse/schema/wire';
import { useClassroom, type Caller, type Student } from '../../test/classroom.js';
import { listen, type Listening } from '../../test/listen.js';
import { connectSocket } from '../../test/socket-client.js';

describe('the staff note', () => {
  const room = useClassroom();
  let server: Listening;
  beforeAll(async () => {
    server = await listen(room.app);
  });
  afterAll(() => server.goAway());

  const pathOf = (who: Student, lab = room.lab) => `/labs/${lab.id}/participants/${who.participant}/note`;
  const put = (who: Student, text: string, of: string | null, by: Caller = room.owner) =>
    by.request('PUT', pathOf(who), { json: { text, of } });
  const written = async (response: Response) => {
    expect(response.status).toBe(200);
    return staffNoteWritten.parse(await response.json()).note;
  };
  const noteOf = async (who: Student, by: Caller = room.owner) =>
    timeline.parse(await (await by.get(`/labs/${room.lab.id}/participants/${who.participant}/timeline`)).json()).note;

  it('is written, read, changed and cleared by staff, assistants too', async () => {
    const ada = await room.join('Ada');
    const assistant = await room.addStaff('assistant');
    await room.owner.request('PUT', `/labs/${room.lab.id}/assistants/${assistant.userId}`);
    expect(await noteOf(ada)).toBeNull();
    const first = await written(await put(ada, '  off by one in range  ', null));
    expect(first).toMatchObject({ text: 'off by one in range', by: 'owner' });
    const second = await written(await put(ada, 'understood now', first!.at, assistant));
    expect(second!.by).toBe(assistant.email.split('@')[0]);
    expect(second!.at > first!.at).toBe(true);
    expect(await noteOf(ada, assistant)).toEqual(second);
    expect(await written(await put(ada, '  ', second!.at))).toBeNull();
    expect(await noteOf(ada)).toBeNull();
  });

  it('keeps both when two write at once: the second hears what the first wrote', async () => {
    const bob = await room.join('Bob');
    const answers = await Promise.all(['one', 'two', 'three'].map((text) => put(bob, text, null)));
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409, 409]);
    const kept = await noteOf(bob);
    for (const answer of answers.filter((one) => one.status === 409)) {
      const problem = (await answer.json()) as Problem;
      expect(problem.error).toBe('conflict');
      expect(staffNote.parse(problem.now)).toEqual(kept);
    }
    // What stands there already is no conflict, whoever wrote it.
    expect(await written(await put(bob, kept!.text, null))).toEqual(kept);
  });

  it('tells that it was cleared meanwhile', async () => {
    const cleo = await room.join('Cleo');
    const first = await written(await put(cleo, 'x', null));
    await put(cleo, '', first!.at);
    const answer = await put(cleo, 'mine', first!.at);
    expect(answer.status).toBe(409);
    expect(((await answer.json()) as Problem).now).toBeNull();
    expect(await written(await put(cleo, 'mine', null))).toMatchObject({ text: 'mine' });
  });

  it('is never in anything that a participant gets', async () => {
    const secret = `note ${randomUUID()}`;
    const dan = await room.join('Dan');
    const own = await connectSocket(server.url);
    own.say({ v: 1, type: 'hello', as: { role: 'participant', token: dan.token } });
    await own.hears('welcome');
    await written(await put(dan, secret, null));
    const at = new Date().toISOString();
    const event = { kind: 'record', seq: 1, madeAt: at, question: '1', value: { t: 'str', v: 'x' } };
    own.say({
      v: 1,
      type: 'events',
      id: 1,
      batch: { v: 1, stream: randomUUID(), sentAt: at, events: [event] },
    } as never);
    const reply = await own.hears('reply');
    expect(JSON.stringify(reply)).not.toContain(secret);
    for (const path of [
      '/me',
      '/me/records',
      '/me/questions',
      '/me/questions/1/records',
      '/me/activity',
      '/me/archive',
    ])
      expect(Buffer.from(await (await dan.get(path)).arrayBuffer()).toString('latin1')).not.toContain(secret);
    for (const who of [dan, room.nobody]) {
      expect([401, 403]).toContain((await put(dan, 'mine', null, who)).status);
      expect([401, 403]).toContain(
        (await who.get(`/labs/${room.lab.id}/participants/${dan.participant}/timeline`)).status,
      );
    }
    expect(await noteOf(dan)).toMatchObject({ text: secret });
    await own.close();
  });

  it('is for staff of this lab, about its own participants', async () => {
    const eve = await room.join('Eve');
    const other = await room.addLab('Other lab');
    expect((await room.owner.request('PUT', pathOf(eve, other), { json: { text: 'x', of: null } })).status).toBe(404);
    const stranger = await room.addStaff('assistant');
    expect((await put(eve, 'x', null, stranger)).status).toBe(403);
  });

  it('goes with the person, and with the lab', async () => {
    const { db } = room.database;
    const lab = await room.addLab('Deleted');
    const [fay, gil] = [await room.join('Fay'), await room.join('Gil', lab)];
    await put(fay, 'about Fay', null);
    await room.owner.request('PUT', pathOf(gil, lab), { json: { text: 'about Gil', of: null } });
    const erase = `/labs/${room.lab.id}/participants/${fay.participant}/erase`;
    expect((await room.owner.post(erase, { name: 'Fay' })).status).toBe(200);
    await room.owner.request('DELETE', `/labs/${lab.id}`, { json: { joinCode: lab.joinCode } });
    for (const who of [fay, gil])
      expect(await db.$count(staffNoteTable, eq(staffNoteTable.participantId, who.participant))).toBe(0);
    expect((await put(fay, 'again', null)).status).toBe(409);
  });
});
