import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useDatabase } from '../test/database.js';
import { createApp, type App } from './app.js';
import { readConfig } from './config.js';
import { openDatabase, type OpenDatabase } from './database/index.js';
import { makeLink } from './accounts/index.js';

describe.each([
  ['at the root of its host', 'https://lab.example.org', '/'],
  ['below a path of its host', 'https://example.org/teaching/nbpulse', '/teaching/nbpulse/'],
])('a server %s', (_where, publicUrl, basePath) => {
  const test = useDatabase();
  let folder: string;
  let database: OpenDatabase;
  let app: App;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nbpulse-app-'));
    await mkdir(join(folder, 'web/assets'), { recursive: true });
    await writeFile(
      join(folder, 'web/index.html'),
      '<!doctype html><head><base href="/" /><title>nbpulse</title></head>',
    );
    await writeFile(join(folder, 'web/assets/app-1a2b.js'), 'export {};');
    await writeFile(join(folder, 'secret.txt'), 'secret');
    await writeFile(join(folder, 'nbpulse-0.1.0-py3-none-any.whl'), 'a wheel');
    database = openDatabase(test.url, 3);
    app = createApp({
      database,
      dataFolder: folder,
      authSecret: 'a secret of at least 32 characters',
      publicUrl,
      wheel: join(folder, 'nbpulse-0.1.0-py3-none-any.whl'),
      webFolder: join(folder, 'web'),
    });
  });
  afterAll(async () => {
    await app.close();
    await database.close();
    await rm(folder, { recursive: true });
  });

  const origin = new URL(publicUrl).origin;
  const get = (path: string) => app.request(`${origin}${basePath}${path}`);

  it('gives the pages at every address that is none of the API’s', async () => {
    for (const path of ['', 'labs', 'labs/1/questions/3b', 'labs/1/questions/a%2Fb']) {
      const response = await get(path);
      expect(response.headers.get('content-type')).toContain('text/html');
      expect(response.headers.get('content-security-policy')).toContain("script-src 'self'");
      expect(await response.text()).toContain(`<base href="${basePath}" />`);
    }
  });

  it('gives what the pages are built of, and says when it is gone', async () => {
    const asset = await get('assets/app-1a2b.js');
    expect(asset.headers.get('content-type')).toContain('text/javascript');
    expect(asset.headers.get('cache-control')).toContain('immutable');
    expect(await asset.text()).toBe('export {};');
    expect((await get('assets/app-old.js')).status).toBe(404);
  });

  it('gives no file from outside of its folder', async () => {
    for (const path of [
      'assets/..%2f..%2fsecret.txt',
      'assets/%2e%2e/%2e%2e/secret.txt',
      'assets/..%5c..%5csecret.txt',
      '..%2fsecret.txt',
    ]) {
      expect(await (await get(path)).text()).not.toContain('secret\n');
      expect(await (await get(path)).text()).not.toMatch(/^secret/);
    }
  });

  it('offers its wheel under the name that pip needs', async () => {
    const archive = await get('wheel');
    expect(archive.headers.get('content-disposition')).toBe('attachment; filename="nbpulse-0.1.0.tar.gz"');
    expect(archive.headers.get('link')).toContain(`<${basePath}wheel/nbpulse-0.1.0-py3-none-any.whl>`);
    expect(await (await get('wheel/nbpulse-0.1.0-py3-none-any.whl')).text()).toBe('a wheel');
    expect((await get('wheel/other-1.0-py3-none-any.whl')).status).toBe(404);
  });

  it('describes its API, and shows it on a page that loads nothing from elsewhere', async () => {
    const document = (await (await get('api/v1/openapi.json')).json()) as {
      servers: unknown;
      paths: Record<string, unknown>;
    };
    expect(document.servers).toEqual([{ url: publicUrl }]);
    expect(Object.keys(document.paths)).toContain('/api/v1/labs/{lab}/events');
    const references = JSON.stringify(document).match(/#\/components\/schemas\/[\w.-]+/g) ?? [];
    const schemas = (document as unknown as { components: { schemas: Record<string, unknown> } }).components.schemas;
    expect(references.filter((reference) => !(reference.slice('#/components/schemas/'.length) in schemas))).toEqual([]);
    const page = await (await get('api/docs')).text();
    expect(page).not.toMatch(/https?:\/\//);
    for (const [, file] of page.matchAll(/(?:src|href)="([\w.-]+\.(?:js|css))"/g)) {
      expect((await get(`api/docs/${file ?? ''}`)).status).toBe(200);
    }
  });

  it('reads no more of a sign-in than a sign-in has', async () => {
    const body = JSON.stringify({ email: 'x'.repeat(20_000), password: '' });
    const headers = { 'content-type': 'application/json', origin };
    const response = await app.request(`${origin}${basePath}api/v1/auth/sign-in/email`, {
      method: 'POST',
      headers,
      body,
    });
    expect(response.status).toBe(413);
  });

  it('answers an unknown address of the API as an API does', async () => {
    const response = await get('api/v1/nothing');
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ error: 'not-found' });
  });

  it('lets staff sign in and out', async () => {
    const link = await makeLink(database.db, { purpose: 'first', email: null, courseId: null, role: 'owner' });
    const headers = { 'content-type': 'application/json', origin };
    const post = (path: string, json: unknown, more: Record<string, string> = {}) =>
      app.request(`${origin}${basePath}api/v1/${path}`, {
        method: 'POST',
        headers: { ...headers, ...more },
        body: JSON.stringify(json),
      });
    const account = { name: 'Emmy', email: 'emmy@example.org', password: 'correct horse battery' };
    const signedUp = await post(`links/${link.token}`, { ...account, course: { name: 'Algebra', timeZone: 'UTC' } });
    expect(signedUp.status).toBe(200);
    const signedIn = await post('auth/sign-in/email', { email: account.email, password: account.password });
    expect(signedIn.status).toBe(200);
    const cookies = signedIn.headers.getSetCookie();
    expect(cookies.join()).toContain(`Path=${basePath.replace(/(.)\/$/, '$1')}`);
    expect(cookies.join()).toMatch(/HttpOnly.*Secure|Secure.*HttpOnly/);
    const cookie = cookies.map((line) => line.split(';')[0]).join('; ');
    expect((await app.request(`${origin}${basePath}api/v1/session`, { headers: { cookie } })).status).toBe(200);
    expect((await post('auth/sign-out', {}, { cookie })).status).toBe(200);
    expect((await app.request(`${origin}${basePath}api/v1/session`, { headers: { cookie } })).status).toBe(401);
  });
});

describe('the configuration', () => {
  const least = { DATABASE_URL: 'postgres://nbpulse@db/nbpulse', NBPULSE_DATA: '/var/lib/nbpulse' };

  it('has defaults for all but the database and the folder', () => {
    expect(readConfig(least)).toMatchObject({
      host: '127.0.0.1',
      port: 8787,
      publicUrl: 'http://127.0.0.1:8787',
      secretsFolder: '/var/lib/nbpulse/secrets',
      wheel: null,
      tls: null,
    });
    expect(readConfig({ ...least, NBPULSE_PUBLIC_URL: 'https://example.org/nbpulse/' })).toMatchObject({
      publicUrl: 'https://example.org/nbpulse',
    });
    expect(readConfig({ ...least, NBPULSE_WHEEL: '' })).toMatchObject({ wheel: null });
  });

  it.each([
    [{}, ['DATABASE_URL is not set', 'NBPULSE_DATA is not set']],
    [{ ...least, DATABASE_URL: 'mysql://x' }, ['DATABASE_URL is not the address of a Postgres']],
    [{ ...least, NBPULSE_PORT: '99999' }, ['NBPULSE_PORT is not a port']],
    [{ ...least, NBPULSE_PORT: 'http' }, ['NBPULSE_PORT is not a port']],
    [{ ...least, NBPULSE_PUBLIC_URL: 'example.org' }, ['NBPULSE_PUBLIC_URL is not an address']],
    [{ ...least, NBPULSE_TLS_CERT: 'cert.pem' }, ['NBPULSE_TLS_CERT and NBPULSE_TLS_KEY go together']],
    [{ ...least, NBPULSE_WHEEL: 'nbpulse.zip' }, ['NBPULSE_WHEEL is not a wheel']],
  ])('says in words what is wrong with %j', (env, words) => {
    const read = readConfig(env);
    const problems = 'problems' in read ? read.problems : [];
    expect(problems).toHaveLength(words.length);
    for (const [index, word] of words.entries()) expect(problems[index]).toContain(word);
  });
});
