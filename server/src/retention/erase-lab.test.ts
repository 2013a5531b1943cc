import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { count, eq, sql } from 'drizzle-orm';
import postgres from 'postgres';
import { beforeAll, describe, expect, it } from 'vitest';
import { event, lab as labTable, participant, person, stream } from '@nbpulse/schema/db';
import { day, hour, labState, labView, minute, type LabView, type Problem } from '@nbpulse/schema/wire';
import { createApp } from '../app.js';
import { openDatabase } from '../database/index.js';
import { buildServer } from '../../test/built-server.js';
import { useClassroom, publicUrl, type Student } from '../../test/classroom.js';
import { doubling, notebook } from '../../test/course-work.js';
import { listen, until } from '../../test/listen.js';
import { connectSocket } from '../../test/socket-client.js';
import { placesOf } from '../../test/whole-database.js';

const room = useClassroom();
const text = (v: string) => ({ t: 'str', v });
const from = (ms: number) => new Date(Date.now() + ms);
async function send(who: Student, lab: LabView, events: Record<string, unknown>[]) {
  const at = new Date().toISOString();
  const numbered = events.map((one, index) => ({ kind: 'record', seq: index + 1, madeAt: at, ...one }));
  const batch = { v: 1, stream: randomUUID(), sentAt: at, events: numbered };
  const response = await who.post(`/labs/${lab.id}/events`, batch);
  expect([response.status, ((await response.json()) as { refused: unknown[] }).refused]).toEqual([200, []]);
}
const patch = (lab: LabView, json: unknown) => room.owner.request('PATCH', `/labs/${lab.id}`, { json });
const state = async (lab: LabView) => labState.parse(await (await room.owner.get(`/labs/${lab.id}/state`)).json());
const erasedAt = async (lab: LabView) => (await state(lab)).lab.erasedAt;

describe('the erase date of a lab', () => {
  it('takes records, notebooks, names and what participants typed; the lab’s row stays, other labs too', async () => {
    const marker = `MARKER${randomUUID().slice(0, 8)}`;
    const lab = await room.addLab('Short-lived');
    await room.owner.post(`/courses/${room.course}/assignments`, doubling());
    await room.owner.request('PUT', `/labs/${lab.id}/assignments/doubling`);
    const ada = await room.join(`Ada ${marker}`, lab);
    await send(ada, lab, [
      { question: '1', value: text(marker) },
      { question: marker, value: text('x') },
    ]);
    await ada.upload('/me/checkpoints', notebook([`# ${marker}`]));
    expect((await ada.upload('/me/submissions', notebook([`# ${marker} !`]))).status).toBe(201);
    const bob = await room.join('Bob');
    await send(bob, room.lab, [{ question: '1', value: text('bob’s') }]);
    // Ada is in another lab as well: her person is known there.
    const elsewhere = await room.join('Ada elsewhere');
    const { db } = room.database;
    const [one] = await db.select().from(participant).where(eq(participant.id, ada.participant));
    await db.update(participant).set({ personId: one!.personId }).where(eq(participant.id, elsewhere.participant));

    const server = await listen(room.app);
    const socket = await connectSocket(server.url);
    socket.say({ v: 1, type: 'hello', as: { role: 'participant', token: ada.token } });
    await socket.hears('welcome');

    const eraseAt = from(2 * day);
    expect((await patch(lab, { eraseAt: eraseAt.toISOString() })).status).toBe(200);
    await room.app.retention.sweep(from(2 * day - hour));
    expect(await erasedAt(lab)).toBeNull();
    await room.app.retention.sweep(from(2 * day + hour));

    await socket.hears('refused', (message) => message.code === 'lab-deleted' && /erase date/.test(message.message));
    await socket.close();
    await server.goAway();
    for (const path of ['/me', '/me/archive', '/me/records', '/me/activity']) {
      const answer = await ada.get(path);
      expect([answer.status, ((await answer.json()) as Problem).error]).toEqual([410, 'lab-deleted']);
    }
    for (const answer of [
      await room.nobody.get(`/join/${lab.joinCode}`),
      await room.nobody.post('/join', { code: lab.joinCode, name: 'New', device: { kind: 'page', label: '' } }),
      await ada.post(`/labs/${lab.id}/events`, {
        v: 1,
        stream: randomUUID(),
        sentAt: new Date().toISOString(),
        events: [{ kind: 'record', seq: 1, madeAt: new Date().toISOString(), question: '1', value: text('late') }],
      }),
    ]) {
      expect(answer.status).toBe(410);
      expect(((await answer.json()) as Problem).message).toContain('erase date');
    }
    const now = await state(lab);
    expect(now.lab).toMatchObject({ name: 'Short-lived', status: 'closed', erasedAt: expect.any(String) });
    expect(now).toMatchObject({ cells: [], questions: [], submissions: [], activity: [] });
    expect(now.participants.map((who) => who.name)).toEqual(['erased']);
    const blobsFolder = join(room.dataFolder, 'blobs');
    await room.app.blobs.sweep(-1_000);
    // Her person is still known in the other lab, under the name that she had there.
    expect(await placesOf(marker, { databaseUrl: room.databaseUrl, blobsFolder })).toEqual(['person.name']);
    expect((await state(room.lab)).cells).toMatchObject([{ participant: bob.participant }]);

    const { rev } = await state(lab);
    await room.app.retention.sweep(from(3 * day));
    expect((await state(lab)).rev).toBe(rev);
    for (const json of [
      { status: 'open' },
      { eraseAt: null },
      { retentionMonths: 12 },
      { settings: { parts: ['a'] } },
    ]) {
      const refused = await patch(lab, json);
      expect([refused.status, ((await refused.json()) as Problem).error]).toEqual([409, 'conflict']);
    }
    expect((await patch(lab, { name: 'Renamed' })).status).toBe(200);
  });

  it('follows from the closing, and moves when staff choose another day or open the lab again', async () => {
    const lab = await room.addLab('Months');
    await patch(lab, { retentionMonths: 1 });
    await room.app.retention.sweep(from(100 * day));
    expect(await erasedAt(lab)).toBeNull();
    await patch(lab, { status: 'closed' });
    await room.app.retention.sweep(from(20 * day));
    await patch(lab, { status: 'open' });
    await room.app.retention.sweep(from(40 * day));
    expect(await erasedAt(lab)).toBeNull();
    await patch(lab, { status: 'closed' });
    await patch(lab, { eraseAt: from(60 * day).toISOString() });
    await room.app.retention.sweep(from(40 * day));
    expect(await erasedAt(lab)).toBeNull();
    await patch(lab, { eraseAt: null });
    await room.app.retention.sweep(from(40 * day));
    expect(await erasedAt(lab)).not.toBeNull();
  });

  it('is met by two server processes at once without harm', async () => {
    const lab = await room.addLab('Twice');
    for (const name of ['A', 'B', 'C'])
      await send(await room.join(name, lab), lab, [{ question: '1', value: text(name) }]);
    await patch(lab, { eraseAt: from(day).toISOString() });
    const database = openDatabase(room.databaseUrl, 3);
    const other = createApp({
      database,
      dataFolder: room.dataFolder,
      authSecret: 'a secret of at least 32 characters',
      publicUrl,
      wheel: null,
    });
    await Promise.all([room.app.retention.sweep(from(2 * day)), other.retention.sweep(from(2 * day))]);
    // Whoever had to leave it to the other may have left something; the next sweep finds it.
    await other.retention.sweep(from(2 * day));
    await other.close();
    await database.close();
    const left = await room.database.db.select({ left: count() }).from(event).where(eq(event.labId, lab.id));
    expect(left).toEqual([{ left: 0 }]);
    expect((await state(lab)).participants.map((who) => who.name)).toEqual(['erased', 'erased', 'erased']);
  });
});

describe('a server that is killed while it erases', () => {
  const root = fileURLToPath(new URL('../../../', import.meta.url));

  beforeAll(async () => {
    await buildServer();
  }, 10 * minute);

  it('has erased a part, and the next one finishes', async () => {
    const lab = labView.parse(await (await patch(await room.addLab('Killed'), { retentionMonths: 1 })).json());
    const ada = await room.join('Ada killed', lab);
    await send(ada, lab, [{ question: '1', value: text('1') }]);
    await ada.upload('/me/checkpoints', notebook(['killed']));
    const { db } = room.database;
    await db
      .update(labTable)
      .set({ status: 'closed', closedAt: from(-40 * day) })
      .where(eq(labTable.id, lab.id));
    const data = await mkdtemp(join(tmpdir(), 'nbpulse-killed-'));
    // Nobody can delete a checkpoint as long as this is held: the sweep stops there, in the middle.
    const blocker = postgres(room.databaseUrl, { max: 1, onnotice: () => undefined });
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let blocking: Promise<void> = Promise.resolve();
    await new Promise<void>((locked) => {
      blocking = blocker.begin(async (tx) => {
        await tx`lock table checkpoint in share mode`;
        locked();
        await held;
      });
    });
    const server = spawn(process.execPath, ['server/dist/src/main.js'], {
      cwd: root,
      env: { ...process.env, DATABASE_URL: room.databaseUrl, NBPULSE_DATA: data, NBPULSE_PORT: '0' },
      stdio: 'ignore',
    });
    const exited = once(server, 'exit');
    await until('the events to go', async () => (await db.$count(event, eq(event.labId, lab.id))) === 0);
    // Streams go last: by them whoever comes next finds what is left.
    expect(await db.$count(stream, eq(stream.labId, lab.id))).toBe(1);
    await until('the sweep to wait for the lock', async () => {
      const [row] = await db.execute<{ waiting: number }>(sql`
        select count(*)::int as waiting from pg_locks join pg_class on pg_class.oid = relation
        where relname = 'checkpoint' and not granted`);
      return row?.waiting === 1;
    });
    server.kill('SIGKILL');
    await exited;
    release();
    await blocking;
    await blocker.end();
    const checkpoints = () =>
      db.execute<{ left: number }>(sql`select count(*)::int as left from checkpoint where lab_id = ${lab.id}`);
    // The batch that was under way is undone by the database once it sees that nobody is there.
    expect(await checkpoints()).toMatchObject([{ left: 1 }]);

    await until('the lock of the killed process to go', async () => {
      await room.app.retention.sweep();
      const [row] = await checkpoints();
      return row?.left === 0;
    });
    const [who] = await db.select().from(participant).where(eq(participant.id, ada.participant));
    const [human] = await db.select().from(person).where(eq(person.id, who!.personId));
    expect([who!.name, human!.name]).toEqual(['', '']);
    expect(await erasedAt(lab)).not.toBeNull();
    await rm(data, { recursive: true });
  }, 180_000);
});
