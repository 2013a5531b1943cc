import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { linkView, problem, sessionView } from '@nbpulse/schema/wire';
import { oneTimeLink, staffSession, staffUser } from '@nbpulse/schema/db';
import { cookiesOf, password, publicUrl, useClassroom } from '../../test/classroom.js';
import { hashToken } from '../access/index.js';
import { createApp } from '../app.js';
import { databaseFault, openDatabase } from '../database/index.js';
import { createAuth, makeLink } from './index.js';
import { signInPace } from './sign-in-pace.js';

const room = useClassroom();
const signIn = (email: string, secret: string, headers: Record<string, string> = {}) =>
  room.nobody.request('POST', '/auth/sign-in/email', {
    json: { email, password: secret },
    headers: { origin: publicUrl, ...headers },
  });
const problemOf = async (response: Response) => problem.parse(await response.json());
const tokenOf = (url: string): string => url.split('#')[1]!;

describe('a one-time link', () => {
  it('makes the first account, its course, and signs in', async () => {
    const view = sessionView.parse(await (await room.owner.get('/session')).json());
    expect(view.user).toMatchObject({ email: 'owner@example.org', handle: 'owner' });
    expect(view.courses).toMatchObject([{ name: 'Analysis', timeZone: 'Europe/Zurich', role: 'owner' }]);
  });

  it('works once; then it says how to get another', async () => {
    const email = 'once@example.org';
    const { url } = (await (
      await room.owner.post(`/courses/${room.course}/staff/links`, { email, role: 'teacher' })
    ).json()) as { url: string };
    expect(url.startsWith(`${publicUrl}/link#`)).toBe(true);
    const token = tokenOf(url);
    const view = linkView.parse(await (await room.nobody.get(`/links/${token}`)).json());
    expect(view).toMatchObject({
      kind: 'invite',
      email,
      role: 'teacher',
      account: false,
      course: { name: 'Analysis' },
    });

    const body = { name: 'Once', email, password };
    const both = await Promise.all([
      room.nobody.post(`/links/${token}`, body),
      room.nobody.post(`/links/${token}`, body),
    ]);
    expect(both.map((response) => response.status).sort()).toEqual([200, 410]);
    const again = await room.nobody.post(`/links/${token}`, body);
    expect(again.status).toBe(410);
    const told = await problemOf(again);
    expect(told.error).toBe('link-used');
    expect(told.message).toContain('npx nbpulse staff link');
    expect((await room.nobody.get(`/links/${token}`)).status).toBe(410);
  });

  it('is dead after 24 hours, and only its hash is stored', async () => {
    const { db } = room.database;
    const { token } = await makeLink(db, {
      purpose: 'invite',
      email: 'late@example.org',
      courseId: room.course,
      role: 'teacher',
    });
    const [row] = await db
      .select()
      .from(oneTimeLink)
      .where(eq(oneTimeLink.tokenHash, hashToken(token)));
    expect(JSON.stringify(row)).not.toContain(token);
    expect(row!.expiresAt.getTime() - Date.now()).toBeGreaterThan(23.9 * 3600_000);
    await db
      .update(oneTimeLink)
      .set({ expiresAt: new Date(Date.now() - 1) })
      .where(eq(oneTimeLink.id, row!.id));
    const late = await room.nobody.post(`/links/${token}`, { name: 'Late', email: 'late@example.org', password });
    expect(late.status).toBe(410);
    expect(await db.select().from(staffUser).where(eq(staffUser.email, 'late@example.org'))).toEqual([]);
  });

  it('refuses another address, and a short password, and stays usable', async () => {
    const { token } = await makeLink(room.database.db, {
      purpose: 'invite',
      email: 'right@example.org',
      courseId: room.course,
      role: 'assistant',
    });
    const other = await room.nobody.post(`/links/${token}`, { name: 'X', email: 'wrong@example.org', password });
    expect(other.status).toBe(400);
    const short = await room.nobody.post(`/links/${token}`, {
      name: 'X',
      email: 'right@example.org',
      password: 'short',
    });
    expect(short.status).toBe(400);
    expect((await problemOf(short)).fields?.password).toContain('12 characters');
    const right = await room.nobody.post(`/links/${token}`, { name: 'X', email: 'Right@Example.org', password });
    expect(right.status).toBe(200);
  });

  it('cannot take over an account: an invited colleague who has one must know its password', async () => {
    const teacher = await room.addStaff('teacher');
    const { token } = await makeLink(room.database.db, {
      purpose: 'invite',
      email: teacher.email,
      courseId: room.course,
      role: 'owner',
    });
    expect(linkView.parse(await (await room.nobody.get(`/links/${token}`)).json()).account).toBe(true);
    const stolen = await room.nobody.post(`/links/${token}`, {
      name: 'Thief',
      email: teacher.email,
      password: 'some other password',
    });
    expect(stolen.status).toBe(403);
    expect((await signIn(teacher.email, 'some other password')).status).toBe(401);
    const own = await room.nobody.post(`/links/${token}`, { name: 'Same', email: teacher.email, password });
    expect(sessionView.parse(await own.json()).courses[0]?.role).toBe('owner');
  });

  it('of kind reset replaces the password and signs other browsers out', async () => {
    const teacher = await room.addStaff('teacher');
    const { token } = await makeLink(room.database.db, {
      purpose: 'reset',
      email: teacher.email,
      courseId: null,
      role: null,
    });
    const fresh = 'a brand new password';
    expect(
      (await room.nobody.post(`/links/${token}`, { name: 'T', email: teacher.email, password: fresh })).status,
    ).toBe(200);
    expect((await teacher.get('/session')).status).toBe(401);
    expect((await signIn(teacher.email, password)).status).toBe(401);
    expect((await signIn(teacher.email, fresh)).status).toBe(200);
  });

  it('of the first owner dies with the first sign-in, whichever start printed it', async () => {
    const { db } = room.database;
    const first = await makeLink(db, { purpose: 'first', email: null, courseId: room.course, role: 'owner' });
    const second = await makeLink(db, { purpose: 'first', email: null, courseId: room.course, role: 'owner' });
    const used = await room.nobody.post(`/links/${second.token}`, { name: 'F', email: 'first@example.org', password });
    expect(used.status).toBe(200);
    expect((await room.nobody.get(`/links/${first.token}`)).status).toBe(410);
  });
});

describe('signing in', () => {
  it('sets a cookie that scripts cannot read and other sites do not send, and stores no address', async () => {
    const response = await signIn('owner@example.org', password, { 'x-forwarded-for': '203.0.113.7' });
    expect(response.status).toBe(200);
    const session = response.headers.getSetCookie().find((line) => line.includes('session_token'))!;
    expect(session).toMatch(/HttpOnly/i);
    expect(session).toMatch(/SameSite=Lax/i);
    expect(session).toMatch(/Path=\//i);
    expect(session).not.toMatch(/Secure/i);
    for (const row of await room.database.db.select().from(staffSession)) expect(row.ipAddress ?? '').toBe('');
    const signedIn = await room.nobody.request('GET', '/session', { headers: { cookie: cookiesOf(response) } });
    expect(signedIn.status).toBe(200);
    const out = await room.nobody.request('POST', '/auth/sign-out', {
      json: {},
      headers: { cookie: cookiesOf(response), origin: publicUrl },
    });
    expect(out.status).toBe(200);
    const after = await room.nobody.request('GET', '/session', { headers: { cookie: cookiesOf(response) } });
    expect(after.status).toBe(401);
  });

  it('has no public sign-up, and no path of the library but those we need', async () => {
    const signUp = { name: 'Eve', email: 'eve@example.org', password, handle: 'eve' };
    for (const path of [
      '/auth/sign-up/email',
      '/auth/sign-in/social',
      '/auth/update-user',
      '/auth/delete-user',
      '/auth/ok',
    ]) {
      const response = await room.nobody.request('POST', path, { json: signUp, headers: { origin: publicUrl } });
      expect([path, response.status]).toEqual([path, 404]);
    }
    expect(await room.database.db.select().from(staffUser).where(eq(staffUser.email, 'eve@example.org'))).toEqual([]);
  });

  it('refuses a page of another site', async () => {
    const response = await signIn('owner@example.org', password, {
      origin: 'https://evil.example',
      cookie: room.owner.cookie,
    });
    expect(response.status).toBe(403);
  });

  it('slows down after failures, for strangers to the account, never for a browser that knows it', async () => {
    const teacher = await room.addStaff('teacher');
    const known = cookiesOf(await signIn(teacher.email, password));
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 7; attempt += 1)
      statuses.push((await signIn(teacher.email, 'not the password')).status);
    expect(statuses.slice(0, 5)).toEqual([401, 401, 401, 401, 401]);
    expect(statuses.at(-1)).toBe(429);
    const slowed = await signIn(teacher.email, password);
    expect(slowed.status).toBe(429);
    expect((await problemOf(slowed)).retryAfterMs).toBeGreaterThan(0);
    // The account's own computer, and whoever is signed in, notice nothing.
    expect((await signIn(teacher.email, password, { cookie: known })).status).toBe(200);
    expect((await teacher.get('/session')).status).toBe(200);
    // Nor does anybody else behind the same address.
    expect((await signIn('owner@example.org', password)).status).toBe(200);
  });
});

describe('signing in below a path of an https host', () => {
  it('sets secure cookies for that path only, and they are taken there', async () => {
    const subPath = 'https://lab.example.org/nbpulse';
    const app = createApp({
      database: room.database,
      dataFolder: room.dataFolder,
      authSecret: 'a secret of at least 32 characters',
      publicUrl: subPath,
      wheel: null,
    });
    try {
      const headers = {
        host: 'lab.example.org',
        origin: 'https://lab.example.org',
        'content-type': 'application/json',
      };
      const body = JSON.stringify({ email: 'owner@example.org', password });
      // One proxy keeps the path, another strips it.
      for (const base of [subPath, 'https://lab.example.org']) {
        const response = await app.request(`${base}/api/v1/auth/sign-in/email`, { method: 'POST', headers, body });
        expect(response.status).toBe(200);
        const cookies = response.headers.getSetCookie();
        expect(cookies.length).toBeGreaterThan(1);
        for (const line of cookies) {
          expect(line).toMatch(/Path=\/nbpulse(;|$)/);
          expect(line).toMatch(/Secure/);
        }
        const session = await app.request(`${base}/api/v1/session`, {
          headers: { host: headers.host, cookie: cookiesOf(response) },
        });
        expect(session.status).toBe(200);
      }
    } finally {
      await app.close();
    }
  });
});

describe('while the database is away', () => {
  it('signing in and every staff request say so, and no failed attempt is counted', async () => {
    const away = openDatabase('postgres://nobody:x@127.0.0.1:1/none', 1);
    const pace = signInPace();
    const auth = createAuth({ db: away.db, secret: 'a secret of at least 32 characters', publicUrl, pace });
    try {
      const request = () =>
        new Request(`${publicUrl}/api/v1/auth/sign-in/email`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', origin: publicUrl },
          body: JSON.stringify({ email: 'owner@example.org', password }),
        });
      for (let attempt = 0; attempt < 2; attempt += 1) {
        const response = await auth.handle(request());
        expect([response.status, (await problemOf(response)).error]).toEqual([503, 'unavailable']);
      }
      for (let free = 0; free < 5; free += 1) expect(pace.begin('owner@example.org', null)).toBe(0);
      const asked = auth.staffSession(new Headers({ cookie: room.owner.cookie }));
      await expect(asked.catch((error: unknown) => databaseFault(error))).resolves.toBe('away');
    } finally {
      await away.close();
    }
  });
});

describe('a course', () => {
  it('is renamed by its owner, with a time zone that exists', async () => {
    const changed = await room.owner.request('PATCH', `/courses/${room.course}`, {
      json: { name: 'Analysis I', timeZone: 'Asia/Kolkata' },
    });
    expect(await changed.json()).toMatchObject({ name: 'Analysis I', timeZone: 'Asia/Kolkata', role: 'owner' });
    for (const timeZone of ['Mars/Olympus', '+02:00', '']) {
      const wrong = await room.owner.request('PATCH', `/courses/${room.course}`, { json: { timeZone } });
      expect([timeZone, wrong.status]).toEqual([timeZone, 400]);
    }
    const teacher = await room.addStaff('teacher');
    expect((await teacher.request('PATCH', `/courses/${room.course}`, { json: { name: 'Mine' } })).status).toBe(403);
    expect(
      (await teacher.post(`/courses/${room.course}/staff/links`, { email: 'x@y.org', role: 'owner' })).status,
    ).toBe(403);
  });
});
