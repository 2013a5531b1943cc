/**
 * Every route of the OpenAPI document, and what is no route, with bodies that nearly fit and bodies that do not: as nobody, as
 * student A with B's ids, as staff of another course. Nothing answers with a fault, nothing of B is read, changed or deleted.
 */
import { connect } from 'node:net';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { publicUrl } from '../classroom.js';
import { hostileJson, hostileText, hostileTexts, nested } from './hostile.js';
import { fitting, type Components, type JsonSchema } from './json-schema.js';
import { secret, useFuzzRoom } from './room.js';
import { fuzz, fuzzTimeoutMs } from './runs.js';

interface Operation {
  method: string;
  path: string;
  parameters: { name: string; in: string; schema: JsonSchema }[];
  body: JsonSchema | 'bytes' | null;
  access: string;
}
interface Document {
  paths: Record<string, Record<string, RawOperation>>;
  components: { schemas: Components };
}
interface RawOperation {
  'x-access': string;
  parameters?: { name: string; in: string; schema: JsonSchema }[];
  requestBody?: { content: Record<string, { schema: JsonSchema }> };
}
interface Wanted {
  caller: 'nobody' | 'student' | 'stranger' | 'assistant' | 'foreign-page';
  method: string;
  path: string;
  headers: Record<string, string>;
  body: Buffer | null;
}

const room = useFuzzRoom();
let operations: Operation[];
let components: Components;

beforeAll(async () => {
  const reply = await fetch(`${room.url}/api/v1/openapi.json`);
  const document = (await reply.json()) as Document;
  components = document.components.schemas;
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], requestBody, 'x-access': access }]) => ({
      access,
      method: method.toUpperCase(),
      path,
      parameters,
      body: requestBody ? (requestBody.content['application/json']?.schema ?? ('bytes' as const)) : null,
    })),
  );
  // Sign-in is another library's and in no document.
  for (const [method, path] of [
    ['POST', 'sign-in/email'],
    ['POST', 'sign-out'],
    ['GET', 'get-session'],
    ['POST', 'sign-up/email'],
    ['POST', 'update-user'],
    ['POST', 'change-password'],
    ['POST', 'forget-password'],
    ['GET', 'list-sessions'],
    ['POST', 'delete-user'],
  ] as const) {
    const schema: JsonSchema = {
      type: 'object',
      properties: Object.fromEntries(
        ['email', 'password', 'name', 'newPassword', 'callbackURL'].map((name) => [name, { type: 'string' }]),
      ),
    };
    operations.push({
      access: 'public',
      method,
      path: `/api/v1/auth/${path}`,
      parameters: [],
      body: method === 'POST' ? schema : null,
    });
  }
});

/** Mostly whom the route is for, of the wrong lab or course; of the others some. */
function callersOf({ path, access }: Operation): fc.Arbitrary<Wanted['caller']> {
  const anyone = fc.constantFrom<Wanted['caller'][]>('nobody', 'student', 'stranger', 'assistant', 'foreign-page');
  // A signed-out stranger would try nothing any more.
  if (path.startsWith('/api/v1/auth/')) return fc.constantFrom<Wanted['caller'][]>('nobody', 'student');
  if (access === 'public' || access === 'worker') return anyone;
  const fits: Wanted['caller'] = access === 'participant' ? 'student' : 'stranger';
  return fc.oneof({ arbitrary: fc.constant(fits), weight: 3 }, { arbitrary: anyone, weight: 1 });
}
let turn = 0;

function headersOf(caller: Wanted['caller']): Record<string, string> {
  switch (caller) {
    case 'nobody':
      return {};
    case 'student':
      return { authorization: `Bearer ${room.attackers[turn++ % room.attackers.length]!.token}` };
    case 'stranger':
      return { cookie: room.stranger.cookie, origin: publicUrl };
    case 'assistant':
      return { cookie: room.assistant, origin: publicUrl };
    case 'foreign-page':
      return { cookie: room.stranger.cookie, origin: 'https://elsewhere.example' };
  }
}

/** Ids that exist, other than a text that B alone has. */
const known = (format: string | undefined): fc.Arbitrary<string> =>
  format === 'uuid'
    ? fc.oneof({ arbitrary: fc.constantFrom(...room.ids), weight: 4 }, { arbitrary: fc.uuid(), weight: 1 })
    : fc.oneof(
        fc.constantFrom(...room.ids),
        fc.constantFrom('Ada', 'open', 'closed', 'latest', 'all', '1', '3', 'Europe/Zurich'),
        hostileText,
      );

/** A value in an address; what `encodeURIComponent` refuses is replaced. */
const inAddress = (value: unknown): string =>
  encodeURIComponent((typeof value === 'string' ? value : JSON.stringify(value)).replace(/\p{Cs}/gu, '\uFFFD'));

function anyBody(schema: Operation['body']): fc.Arbitrary<Pick<Wanted, 'headers' | 'body'>> {
  const json = (value: unknown) => ({
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(value)),
  });
  const text = (value: string, type = 'application/json') => ({
    headers: { 'content-type': type },
    body: Buffer.from(value),
  });
  const fits = schema === null || schema === 'bytes' ? fc.oneof(hostileJson) : fitting(schema, components, known);
  const bytes = fc.uint8Array({ maxLength: 200 }).map((some) => ({
    headers: {
      'content-type': 'application/octet-stream',
      'x-nbpulse-id': room.ids[turn % room.ids.length]!,
      'x-nbpulse-filename': inAddress(hostileTexts[turn % hostileTexts.length]),
      'x-nbpulse-made-at': turn % 2 ? new Date().toISOString() : 'yesterday',
    },
    body: Buffer.from(some),
  }));
  return fc.oneof(
    { arbitrary: fits.map(json), weight: schema === 'bytes' ? 2 : 12 },
    { arbitrary: bytes, weight: schema === 'bytes' ? 8 : 1 },
    { arbitrary: hostileJson.map(json), weight: 2 },
    {
      arbitrary: fc.constantFrom(
        text(nested(100_000)),
        text(`{"a":${nested(50_000)}}`),
        text('{"v":1,'),
        text(''),
        text('a=1&b=2', 'application/x-www-form-urlencoded'),
        text('--x\r\n', 'multipart/form-data; boundary=x'),
        text('{}', 'text/plain'),
        text('{}', 'application/json; charset=utf-16'),
        { headers: { 'content-type': 'application/json' }, body: Buffer.from([0xff, 0xfe, 0x7b, 0x00]) },
        { headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' }, body: Buffer.from('{}') },
        { headers: { 'content-type': 'application/json' }, body: Buffer.alloc(200_000, '[1,') },
        { headers: {}, body: null },
      ),
      weight: 2,
    },
  );
}

function request(operation: Operation): fc.Arbitrary<Wanted> {
  const params = operation.parameters.map(({ name, in: place, schema }) =>
    fc
      .oneof(
        { arbitrary: fitting(schema, components, known), weight: 6 },
        { arbitrary: fc.constantFrom(...room.ids), weight: 6 },
        { arbitrary: fc.constantFrom(...hostileTexts), weight: 1 },
      )
      .map((value) => ({ name, place, value })),
  );
  const method = fc.oneof(
    { arbitrary: fc.constant(operation.method), weight: 12 },
    { arbitrary: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD'), weight: 1 },
  );
  return fc
    .tuple(callersOf(operation), method, fc.tuple(...params), anyBody(operation.body))
    .map(([caller, method, given, sent]) => {
      let path = operation.path;
      const query: string[] = [];
      for (const { name, place, value } of given) {
        if (place === 'path') path = path.replace(`{${name}}`, inAddress(value) || '%20');
        else query.push(`${name}=${inAddress(value)}`);
      }
      return {
        caller,
        method,
        path: path + (query.length > 0 ? `?${query.join('&')}` : ''),
        headers: sent.headers,
        body: ['GET', 'HEAD', 'OPTIONS'].includes(method) ? null : sent.body,
      };
    });
}

async function ask({ caller, method, path, headers, body }: Wanted): Promise<string> {
  const init = {
    method,
    headers: { ...headers, ...headersOf(caller) },
    body: body as BodyInit | null,
    redirect: 'manual',
  } as const;
  // A body that is refused before it is read may find its connection closed: a client tries again, and so do we.
  const reply = await fetch(`${room.url}${path}`, init).catch(() => fetch(`${room.url}${path}`, init));
  const text = Buffer.from(await reply.arrayBuffer()).toString('latin1');
  const about = `${caller}: ${method} ${path} → ${reply.status} ${text.slice(0, 300)}`;
  expect(reply.status, about).toBeLessThan(500);
  expect(text.includes(secret), `what is B’s was read by ${about}`).toBe(false);
  expect(text, about).not.toMatch(/\.[jt]s:\d+:\d+|node_modules|Failed query/);
  return `${method} ${String(reply.status)}`;
}

describe('the HTTP doors', () => {
  it('answer everything in words, and give nobody what is B’s', { timeout: fuzzTimeoutMs }, async () => {
    const statuses = new Map<string, number>();
    const perOperation = fc.oneof(...operations.map(request));
    await fuzz(
      'HTTP',
      80,
      fc.asyncProperty(fc.array(perOperation, { minLength: 6, maxLength: 12 }), async (wanted) => {
        for (const status of await Promise.all(wanted.map(ask))) statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }),
    );
    process.stdout.write(
      `${[...statuses]
        .sort()
        .map(([status, times]) => `${status} ×${times}`)
        .join(', ')}\n`,
    );
    // Handlers were reached, not only the doors' first lines.
    expect([...statuses.keys()].filter((status) => / 20\d$/.test(status)).length).toBeGreaterThan(0);
  });

  it('let nobody at B’s things by any route with all ids right', { timeout: fuzzTimeoutMs }, async () => {
    const [participant] = room.ids;
    const record = room.ids[1]!;
    const values: Record<string, string> = {
      lab: room.lab.id,
      course: room.room.course,
      participant: participant!,
      record,
      id: record,
      event: record,
      sha256: room.ids.find((id) => /^[0-9a-f]{64}$/.test(id))!,
      blob: room.ids.find((id) => /^[0-9a-f]{64}$/.test(id))!,
      question: '1',
      key: '1',
      checkpoint: room.ids[4]!,
    };
    for (const operation of operations) {
      const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? record);
      const [body] =
        operation.body === null || operation.body === 'bytes'
          ? [null]
          : fc.sample(fitting(operation.body, components, known, 1_000), { numRuns: 1, seed: 7 });
      const callers = ['nobody', 'student', 'stranger', 'assistant'] as const;
      await Promise.all(
        callers.map((caller) =>
          ask({
            caller,
            method: operation.method,
            path: `${path}?since=0&view=all`,
            headers: { 'content-type': 'application/json', 'x-nbpulse-id': room.ids[4]! },
            body: operation.method === 'GET' ? null : Buffer.from(JSON.stringify(body)),
          }),
        ),
      );
    }
  });

  it('refuse a body without end, and a huge one, before they hold it', { timeout: fuzzTimeoutMs }, async () => {
    const huge = Buffer.alloc(30 * 1024 * 1024, '[');
    for (const { path } of operations.filter((one) => one.body !== null).filter((_, at) => at % 5 === 0)) {
      const filled = path.replace(/\{\w+\}/g, room.lab.id);
      const reply = await fetch(`${room.url}${filled}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headersOf('student') },
        body: huge as BodyInit,
      }).catch(() => null);
      // Cut off while it was still sending is an answer, too.
      if (reply) expect(reply.status, filled).toBeLessThan(500);
    }
  });

  it('survive what is hardly HTTP', { timeout: fuzzTimeoutMs }, async () => {
    const { hostname, port } = new URL(room.url);
    const line = fc.oneof(
      fc.string({ maxLength: 60, unit: 'binary-ascii' }),
      fc.constantFrom(
        '/',
        '//',
        '/..//..',
        '/%',
        '/%ff',
        '/\0',
        '/api/v1/%2e%2e/me',
        '/assets/%c0%af',
        '/assets/../index.html',
        '/wheel/%00',
        '*',
        'http://other/',
        `/${'a'.repeat(20_000)}`,
      ),
    );
    const head = fc.constantFrom(
      'host: x',
      'host: [',
      'host: a b',
      'host:',
      'host: 127.0.0.1:99999',
      'content-length: -1',
      'content-length: 99999999999999',
      'transfer-encoding: chunked',
      'transfer-encoding: chunked, chunked',
      'upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-key: x',
      'cookie: nbpulse.session_token=%00%ff',
      'authorization: Bearer \x01',
      'x-forwarded-host: "\\',
      'origin: ://',
      'expect: 100-continue',
    );
    await fuzz(
      'raw HTTP',
      200,
      fc.asyncProperty(
        fc.constantFrom('GET', 'POST', 'HEAD', 'PUT', 'TRACE', 'CONNECT', 'FOO'),
        line,
        fc.array(head, { maxLength: 3 }),
        async (method, target, heads) => {
          const said = await raw(
            hostname,
            Number(port),
            `${method} ${target} HTTP/1.1\r\n${heads.join('\r\n')}\r\nconnection: close\r\n\r\n`,
          );
          const status = Number(/^HTTP\/1\.1 (\d+)/.exec(said)?.[1] ?? 0);
          const notBuilt = said.includes('The pages of this server are not built');
          // Node’s own parser answers 501 to methods that it does not know.
          expect(
            status < 500 || notBuilt || status === 501,
            `${method} ${target} ${heads.join(' | ')} → ${said.slice(0, 300)}`,
          ).toBe(true);
        },
      ),
    );
  });
});

/** What the server says to these bytes before it closes, or within a second. */
function raw(host: string, port: number, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    let said = '';
    const socket = connect(port, host, () => socket.write(Buffer.from(bytes, 'latin1')));
    const done = (): void => {
      clearTimeout(late);
      socket.destroy();
      resolve(said);
    };
    const late = setTimeout(done, 1_000);
    socket.setEncoding('latin1').on('data', (text: string) => {
      said += text;
      if (said.includes('\r\n\r\n')) done();
    });
    socket.once('close', done).once('error', done);
  });
}
