import { Hono } from 'hono';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Access } from '../access/index.js';
import { reportFaultsTo } from './fault-report.js';
import { mountRoutes } from './mount.js';
import { openApiDocument } from './openapi.js';
import { defineRoute, type Route } from './route.js';

const open: Access = {
  check: () => Promise.resolve({ kind: 'nobody' }),
  participant: () => Promise.reject(new Error('not asked here')),
  forget: () => undefined,
};
const mount = (...routes: Route[]): Hono => mountRoutes(routes, { access: open, publicUrl: null });
const spec = {
  method: 'get',
  path: '/thing',
  access: 'public',
  summary: 'A thing',
  tag: 'things',
  replies: 'a thing',
} as const;
const done = () => Promise.resolve(new Response('done'));

describe('mounting routes', () => {
  const reports: string[] = [];
  let restore: () => void;
  beforeEach(() => {
    reports.length = 0;
    restore = reportFaultsTo((line) => reports.push(line));
  });
  afterEach(() => restore());

  it.each([
    ['without a rule', { ...spec, access: undefined }, 'no access rule'],
    ['without the schema of its path', { ...spec, path: '/labs/{lab}' }, 'its path names {lab}, its params are none'],
    ['for staff, that names neither lab nor course', { ...spec, access: 'teacher' }, 'needs a {lab} or {course}'],
    ['without a word about its reply', { ...spec, replies: undefined, status: 200 }, 'neither a reply schema'],
  ])('refuses to start with a route %s', (_what, wrong, words) => {
    expect(() => mount({ spec: wrong, handle: done } as unknown as Route)).toThrow(words);
  });

  it('refuses to start with a route that is declared twice', () => {
    expect(() => mount(defineRoute(spec, done), defineRoute(spec, done))).toThrow('declared twice');
  });

  it('answers 503 when a handler takes longer than its deadline; what waits on purpose has none', async () => {
    let late = 0;
    let done: (answer: Response) => void = () => undefined;
    const atLast = new Promise<Response>((resolve) => (done = resolve));
    const app = mountRoutes(
      [
        defineRoute({ ...spec, deadlineMs: 20 }, () => atLast),
        defineRoute({ ...spec, path: '/waiting', deadlineMs: null }, () => atLast),
      ],
      { access: open, publicUrl: null, onLate: () => (late += 1) },
    );
    const waiting = app.request('/waiting');
    const refused = await app.request('/thing');
    done(new Response('done'));
    const waited = await waiting;
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({ error: 'unavailable', retryAfterMs: 1_000 });
    expect(waited.status).toBe(200);
    expect(late).toBe(1);
    expect(reports).toEqual([]);
  });

  it('names each wrong field', async () => {
    const app = mount(
      defineRoute(
        {
          ...spec,
          method: 'post',
          body: z.object({ name: z.string(), age: z.int().min(0, 'an age is not negative') }),
        },
        done,
      ),
    );
    const post = (body: string, type = 'application/json') =>
      app.request('/thing', { method: 'POST', body, headers: { 'content-type': type } });
    const wrong = await post('{"age":-1}');
    expect(wrong.status).toBe(400);
    expect(await wrong.json()).toMatchObject({
      error: 'invalid',
      fields: { name: expect.any(String), age: 'an age is not negative' },
    });
    expect((await post('{')).status).toBe(400);
    expect((await post('\xff')).status).toBe(400);
    expect((await post('{}', 'text/plain')).status).toBe(415);
    expect((await post('{"name":"Ada","age":36}')).status).toBe(200);
  });

  it('answers a fault with a code, logs it under that code, and shows no stack', async () => {
    const app = mount(
      defineRoute(spec, () => {
        throw new Error('the secret reason');
      }),
    );
    const response = await app.request('/thing');
    const text = await response.text();
    expect(response.status).toBe(500);
    expect(text).not.toMatch(/secret reason|mount\.ts|at /);
    const code = /F-[0-9A-F]{6}/.exec(text)?.[0];
    expect(reports).toHaveLength(1);
    expect(JSON.parse(reports[0]!)).toMatchObject({
      fault: code,
      where: 'GET /thing',
      error: 'Error: the secret reason',
    });
  });

  it('keeps what a student wrote out of the log when a statement fails', async () => {
    const app = mount(
      defineRoute(spec, () => {
        throw new Error('Failed query: insert …\nparams: my private answer', { cause: new Error('value too long') });
      }),
    );
    await app.request('/thing');
    expect(reports[0]).not.toContain('my private answer');
    expect(reports[0]).toContain('value too long');
  });

  it('says that the database is away, and when to come back', async () => {
    const app = mount(
      defineRoute(spec, () => {
        throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
      }),
    );
    const response = await app.request('/thing');
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('1');
    expect(await response.json()).toMatchObject({ error: 'unavailable', retryAfterMs: 1_000 });
    expect(reports).toEqual([]);
  });

  it('gives nothing that the reply’s schema does not name', async () => {
    const app = mount(
      defineRoute({ ...spec, reply: z.object({ name: z.string() }) }, () =>
        Promise.resolve({ name: 'Ada', returnCode: 'secret' } as { name: string }),
      ),
    );
    expect(await (await app.request('/thing')).json()).toEqual({ name: 'Ada' });
  });

  it('describes what it mounts', () => {
    const body = z.object({ name: z.string() });
    const document = openApiDocument(
      [
        defineRoute(
          {
            ...spec,
            method: 'post',
            path: '/labs/{lab}/things',
            params: z.object({ lab: z.uuid() }),
            body,
            reply: body,
          },
          () => Promise.resolve({ name: '' }),
        ),
      ],
      '1',
    );
    expect(document).toMatchObject({
      openapi: '3.1.0',
      paths: {
        '/api/v1/labs/{lab}/things': {
          post: {
            operationId: 'postLabsLabThings',
            parameters: [{ name: 'lab', in: 'path', required: true }],
            requestBody: {
              content: { 'application/json': { schema: { $ref: '#/components/schemas/postLabsLabThingsBody' } } },
            },
          },
        },
      },
      components: { schemas: { postLabsLabThingsBody: { type: 'object', properties: { name: { type: 'string' } } } } },
    });
  });
});
