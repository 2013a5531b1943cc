/** Addresses and browsers of participants are stored nowhere: not in a table, not in a blob, not in what the server prints. */
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { joinReply, myDevices, myPageLink } from '@nbpulse/schema/wire';
import { reportFaultsTo } from '../http/index.js';
import { useClassroom } from '../../test/classroom.js';
import { notebook } from '../../test/course-work.js';
import { listen, type Listening } from '../../test/listen.js';
import { placesOf } from '../../test/whole-database.js';

const room = useClassroom();
/** Another address of this very machine, so that it cannot be there for another reason. */
const address = '127.77.66.55';
const forwarded = '203.0.113.77';
const browser = `Mozilla/5.0 (${randomUUID()}) Secret/1.0`;

describe('a participant who uses everything', () => {
  let server: Listening;
  const printed: string[] = [];
  const restore: (() => void)[] = [];

  beforeAll(async () => {
    server = await listen(room.app);
    restore.push(reportFaultsTo((line) => void printed.push(line)));
    for (const stream of [process.stdout, process.stderr]) {
      const write = stream.write.bind(stream);
      stream.write = (chunk: string | Uint8Array, ...rest: never[]) => {
        printed.push(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString());
        return write(chunk, ...rest);
      };
      restore.push(() => (stream.write = write));
    }
  });
  afterAll(async () => {
    for (const undo of restore) undo();
    await server.goAway();
  });

  const headers = {
    'user-agent': browser,
    'x-forwarded-for': forwarded,
    'x-real-ip': forwarded,
    forwarded: `for=${forwarded}`,
  };
  const call = (method: string, path: string, body?: unknown, more: Record<string, string> = {}) =>
    new Promise<{ status: number; body: Buffer }>((resolve, reject) => {
      const bytes = body === undefined ? null : body instanceof Uint8Array ? body : Buffer.from(JSON.stringify(body));
      const type: Record<string, string> = bytes === body ? {} : { 'content-type': 'application/json' };
      const request = httpRequest(
        `${server.url}/api/v1${path}`,
        { method, localAddress: address, headers: { ...headers, ...type, ...more } },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) }));
        },
      );
      request.on('error', reject);
      request.end(bytes);
    });

  it('leaves neither address nor browser anywhere', async () => {
    const joined = await call('POST', '/join', {
      code: room.lab.joinCode,
      name: 'Ada',
      device: { kind: 'page', label: 'a laptop' },
    });
    const { token } = joinReply.parse(JSON.parse(joined.body.toString()));
    const as = { authorization: `Bearer ${token}` };
    const at = new Date().toISOString();
    const events = [{ kind: 'record', seq: 1, madeAt: at, question: '1', value: { t: 'int', v: 1 } }];
    const batch = { v: 1, stream: randomUUID(), sentAt: at, events };
    const id = { 'x-nbpulse-id': randomUUID() };
    const { url } = myPageLink.parse(JSON.parse((await call('POST', '/me/page', undefined, as)).body.toString()));
    const statuses = [
      await call('GET', `/join/${room.lab.joinCode}`),
      await call('GET', '/me', undefined, as),
      await call('PATCH', '/me', { sending: true }, as),
      await call('POST', `/labs/${room.lab.id}/events`, batch, as),
      await call('POST', '/me/checkpoints', notebook(['x = 1']), { ...as, ...id }),
      await call('POST', '/me/open', { code: url.split('code=')[1] }),
      await call('GET', '/me/archive', undefined, as),
      // What goes wrong is logged, or may be.
      await call('GET', '/me', undefined, { authorization: 'Bearer wrong' }),
      await call('POST', '/join', { code: 'AAAA-AAAA', name: 'x', device: { kind: 'page', label: '' } }),
      await call('POST', `/labs/${room.lab.id}/events`, { v: 2 }, as),
    ].map((answer) => answer.status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 201, 200, 401, 404, 400]);

    const socket = new WebSocket(`${server.url.replace(/^http/, 'ws')}/api/v1/live`, {
      headers,
      localAddress: address,
    });
    await new Promise((resolve) => socket.once('open', resolve));
    socket.send(JSON.stringify({ v: 1, type: 'hello', as: { role: 'participant', token } }));
    await new Promise((resolve) => socket.once('message', resolve));
    socket.send('not of the protocol');
    await new Promise((resolve) => socket.once('close', resolve));

    const where = { databaseUrl: room.databaseUrl, blobsFolder: join(room.dataFolder, 'blobs') };
    // The search finds what is there.
    expect(await placesOf('a laptop', where)).toEqual(['device.label']);
    for (const secret of [address, forwarded, browser]) {
      expect(await placesOf(secret, where)).toEqual([]);
      expect(printed.join('\n')).not.toContain(secret);
    }
  });

  it.each([
    ['JupyterLab at 10.20.30.40:8888', 'JupyterLab at an address:8888'],
    ['Notebook at [2001:db8::12]:8888', 'Notebook at an address:8888'],
    ['kernel on fe80::1ff:fe23:4567:890a', 'kernel on an address'],
    ['JupyterLab at 127.0.0.1:8888', 'JupyterLab at localhost:8888'],
    ['JupyterLab at hub.example.org', 'JupyterLab at hub.example.org'],
    ['Notebook 7.5.1', 'Notebook 7.5.1'],
  ])('nor is one that a device’s label brings: %s', async (label, stored) => {
    const joined = await room.nobody.post('/join', {
      code: room.lab.joinCode,
      name: randomUUID(),
      device: { kind: 'page', label },
    });
    const { token } = joinReply.parse(await joined.json());
    const as = { headers: { authorization: `Bearer ${token}` } };
    const { devices } = myDevices.parse(await (await room.nobody.request('GET', '/me/devices', as)).json());
    expect(devices.map((one) => one.label)).toEqual([stored]);
  });

  it('nor do staff who sign in: their sessions know no address', async () => {
    const answer = await call('POST', '/auth/sign-in/email', {
      email: room.owner.email,
      password: 'correct horse battery',
    });
    expect(answer.status).toBe(200);
    const where = { databaseUrl: room.databaseUrl, blobsFolder: join(room.dataFolder, 'blobs') };
    for (const secret of [address, forwarded]) expect(await placesOf(secret, where)).toEqual([]);
  });
});
