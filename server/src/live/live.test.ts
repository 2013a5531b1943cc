import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { batchReply, limits, type ServerMessage } from '@nbpulse/schema/wire';
import { publicUrl, useClassroom, type Student } from '../../test/classroom.js';
import { connectSocket } from '../../test/socket-client.js';
import { createApp } from '../app.js';
import { openDatabase, type OpenDatabase } from '../database/index.js';
import { listen, type Listening } from '../listen.js';

/** The classroom's app is one server process, this one another: they share only the database. */
describe('the live socket', () => {
  const room = useClassroom();
  let database: OpenDatabase;
  let here: Listening;
  let elsewhere: Listening;

  beforeAll(async () => {
    database = openDatabase(room.databaseUrl, 4);
    const app = createApp({
      database,
      dataFolder: room.dataFolder,
      authSecret: 'a secret of at least 32 characters',
      publicUrl,
      wheel: null,
    });
    await app.start();
    elsewhere = await listen(app, { host: '127.0.0.1', port: 0 });
    // The classroom closes its own app.
    here = await listen({ fetch: room.app.fetch, close: () => Promise.resolve() }, { host: '127.0.0.1', port: 0 });
  });
  afterAll(async () => {
    await here.close(0);
    await elsewhere.close(0);
    await database.close();
  });

  const at = () => new Date().toISOString();
  const batch = (stream: string, seq: number, value: unknown, question = '1') => ({
    v: 1 as const,
    stream,
    sentAt: at(),
    events: [{ kind: 'record', seq, madeAt: at(), question, value }],
  });
  const post = async (who: Student, seq: number, value: unknown, stream = randomUUID()) => {
    const reply = await who.post(`/labs/${room.lab.id}/events`, batch(stream, seq, value));
    return batchReply.parse(await reply.json());
  };
  const watch = async (url: string, since?: number) => {
    const page = await connectSocket(url, { cookie: room.owner.cookie });
    page.say({ v: 1, type: 'hello', as: { role: 'staff', lab: room.lab.id, since } });
    const welcome = await page.hears('welcome');
    return { ...page, rev: welcome.rev ?? 0 };
  };
  const enter = async (who: Student, url = here.url) => {
    const socket = await connectSocket(url);
    socket.say({ v: 1, type: 'hello', as: { role: 'participant', token: who.token } });
    await socket.hears('welcome');
    return socket;
  };
  const summaries = (message: Extract<ServerMessage, { type: 'update' }>) =>
    message.changes.flatMap((change) => (change.kind === 'record' ? [change.record.summary] : []));

  it('shows a record on a page of the same process and of another, without a reload', async () => {
    const ada = await room.join('Ada');
    const pages = [await watch(here.url), await watch(elsewhere.url)];
    const socket = await enter(ada);
    socket.say({ v: 1, type: 'events', id: 1, batch: batch(randomUUID(), 1, { t: 'str', v: 'seen everywhere' }) });
    expect((await socket.hears('reply')).reply.saved).toEqual([1]);
    for (const page of pages) {
      await page.hears('update', (update) => summaries(update).includes('seen everywhere'));
      await page.close();
    }
    await socket.close();
  });

  it('leaves long values to be fetched when they are opened', async () => {
    const ada = await room.join('Ada long');
    const page = await watch(here.url);
    const text = 'x'.repeat(limits.previewBytes + 1);
    await post(ada, 1, { t: 'str', v: text });
    await post(ada, 1, { t: 'str', v: 'short' });
    const values = async (summary: string) => {
      const update = await page.hears('update', (one) => summaries(one).some((is) => is.startsWith(summary)));
      return update.changes.flatMap((change) =>
        change.kind === 'record' && change.record.summary.startsWith(summary) ? [change.record] : [],
      );
    };
    const [long] = await values('xxx');
    expect(long?.value).toBeNull();
    expect((await values('short'))[0]?.value).toEqual({ t: 'str', v: 'short' });
    const opened = await room.owner.get(`/labs/${room.lab.id}/records/${long!.id}`);
    expect(((await opened.json()) as { value: unknown }).value).toEqual({ t: 'str', v: text });
    await page.close();
  });

  it('tells a participant that the lab closed, in whichever process they are', async () => {
    const ada = await room.join('Ada everywhere');
    const sockets = [await enter(ada), await enter(ada, elsewhere.url)];
    for (const status of ['closed', 'open']) {
      await room.owner.request('PATCH', `/labs/${room.lab.id}`, { json: { status } });
      for (const socket of sockets) await socket.hears('lab', ({ lab }) => lab.status === status);
    }
    for (const socket of sockets) await socket.close();
  });

  it('ends the sockets of who was removed', async () => {
    const ada = await room.join('Ada removed');
    const socket = await enter(ada);
    await room.owner.request('PATCH', `/labs/${room.lab.id}/participants/${ada.participant}`, {
      json: { removed: true },
    });
    expect((await socket.hears('refused')).code).toBe('bad-token');
    await expect.poll(() => socket.closedWith?.code).toBe(4401);
  });

  it('does not let another site’s page watch with staff’s cookie', async () => {
    const page = await connectSocket(here.url, { cookie: room.owner.cookie, origin: 'https://evil.example' });
    page.say({ v: 1, type: 'hello', as: { role: 'staff', lab: room.lab.id } });
    expect((await page.hears('refused')).code).toBe('not-allowed');
    const own = await connectSocket(here.url, { cookie: room.owner.cookie, origin: publicUrl });
    own.say({ v: 1, type: 'hello', as: { role: 'staff', lab: room.lab.id } });
    await own.hears('welcome');
    await own.close();
  });

  it('lets a participant in from any site: the token is in the hello', async () => {
    const ada = await room.join('Ada hub');
    const socket = await connectSocket(here.url, { origin: 'https://hub.example.edu' });
    socket.say({ v: 1, type: 'hello', as: { role: 'participant', token: ada.token } });
    await socket.hears('welcome');
    await socket.close();
  });

  it('does not show a lab to a participant who asks as staff', async () => {
    const ada = await room.join('Ada curious');
    const socket = await connectSocket(here.url, { authorization: `Bearer ${ada.token}` });
    socket.say({ v: 1, type: 'hello', as: { role: 'staff', lab: room.lab.id } });
    expect((await socket.hears('refused')).code).toBe('not-allowed');
    await expect.poll(() => socket.closedWith?.code).toBe(4403);
  });

  it('closes a socket that sends more than a message may have, and one that sends bytes', async () => {
    const ada = await room.join('Ada large');
    const socket = await enter(ada);
    socket.say({ v: 1, type: 'ping', at: 'x'.repeat(limits.socketMessageBytes) as unknown as number });
    await expect.poll(() => socket.closedWith?.code).toBe(1009);
  });

  it('says that it goes away when the server stops, after what was under way is saved', async () => {
    const own = openDatabase(room.databaseUrl, 2);
    const app = createApp({
      database: own,
      dataFolder: room.dataFolder,
      authSecret: 'a secret of at least 32 characters',
      publicUrl,
      wheel: null,
    });
    const stopping = await listen(app, { host: '127.0.0.1', port: 0 });
    const ada = await room.join('Ada last');
    const socket = await enter(ada, stopping.url);
    socket.say({ v: 1, type: 'events', id: 9, batch: batch(randomUUID(), 1, { t: 'int', v: 9 }) });
    await socket.hears('reply');
    await stopping.close();
    await own.close();
    expect(socket.closedWith).toEqual({ code: 1001, reason: 'going away' });
  });
});
