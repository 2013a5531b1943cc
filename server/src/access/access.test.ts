import { randomUUID } from 'node:crypto';
import { and, eq } from 'drizzle-orm';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { course, courseStaff, device, labStaff, staffUser } from '@nbpulse/schema/db';
import { day, limits, type AccessRule, type Problem } from '@nbpulse/schema/wire';
import { cookiesOf, publicUrl, useClassroom, type Caller, type Staff, type Student } from '../../test/classroom.js';
import { hashToken } from './tokens.js';

describe('access', () => {
  const room = useClassroom();
  let callers: Record<string, Caller>;
  let student: Student;
  let owner2: Staff;

  beforeAll(async () => {
    const { db } = room.database;
    const [assistant, sharing, teacher, stranger, admin] = [
      await room.addStaff('assistant'),
      await room.addStaff('assistant'),
      await room.addStaff('teacher'),
      await room.addStaff('teacher'),
      await room.addStaff('teacher'),
    ];
    owner2 = await room.addStaff('owner');
    await db.insert(labStaff).values({ labId: room.lab.id, userId: sharing.userId });
    const [other] = await db.insert(course).values({ name: 'Another course', timeZone: 'UTC' }).returning();
    for (const { userId } of [stranger, admin]) await db.delete(courseStaff).where(eq(courseStaff.userId, userId));
    await db.insert(courseStaff).values({ courseId: other!.id, userId: stranger.userId, role: 'owner' });
    await db.update(staffUser).set({ admin: true }).where(eq(staffUser.id, admin.userId));
    student = await room.join('Ada');
    const elsewhere = await room.join('Eve', await room.addLab('Other lab'));
    callers = {
      nobody: room.nobody,
      student,
      'student of another lab': elsewhere,
      assistant,
      'assistant with whom the lab is shared': sharing,
      teacher,
      owner: owner2,
      'owner of another course': stranger,
      admin,
      worker: await room.worker(),
    };
  });

  const staff = [
    'assistant',
    'assistant with whom the lab is shared',
    'teacher',
    'owner',
    'owner of another course',
    'admin',
  ];
  /** Who gets past a rule, told apart by what the route's path names. */
  const passes: Record<AccessRule, (names: { lab: boolean; course: boolean }) => string[]> = {
    public: () => Object.keys(callers),
    'link-holder': () => Object.keys(callers),
    participant: ({ lab }) => (lab ? ['student'] : ['student', 'student of another lab']),
    'signed-in': () => staff,
    assistant: ({ lab }) => [
      ...(lab ? [] : ['assistant']),
      'assistant with whom the lab is shared',
      'teacher',
      'owner',
    ],
    teacher: () => ['teacher', 'owner'],
    owner: () => ['owner'],
    admin: () => ['admin'],
    worker: () => ['worker'],
  };

  it('lets exactly those past each route’s rule whom the rule names', async () => {
    const wrong: string[] = [];
    for (const { spec } of room.app.routes) {
      const names = { lab: spec.path.includes('{lab}'), course: spec.path.includes('{course}') };
      const allowed = passes[spec.access](names);
      const path = spec.path
        .replace('{lab}', room.lab.id)
        .replace('{course}', room.course)
        .replace(/\{\w+\}/g, () => randomUUID());
      // This one would end the caller's device; it has a test of its own.
      if (path === '/me/device') continue;
      for (const [who, caller] of Object.entries(callers)) {
        const response = await caller.request(spec.method.toUpperCase(), path);
        const denied =
          response.status === 401 ||
          (response.status === 403 && ((await response.json()) as Problem).error === 'not-allowed');
        if (denied === allowed.includes(who))
          wrong.push(`${spec.method} ${spec.path} (${spec.access}): ${who} got ${response.status}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(room.app.routes.length).toBeGreaterThan(25);
  }, 120_000);

  it('is checked before a body is read', async () => {
    let pulled = 0;
    const body = new ReadableStream(
      {
        pull(controller) {
          pulled++;
          controller.enqueue(new Uint8Array(1024));
        },
      },
      { highWaterMark: 0 },
    );
    const request = new Request(`${publicUrl}/api/v1/labs/${room.lab.id}/events`, {
      method: 'POST',
      body,
      duplex: 'half',
      headers: { 'content-type': 'application/json' },
    } as RequestInit);
    expect((await room.app.fetch(request)).status).toBe(401);
    expect(pulled).toBe(0);
  });

  it('stops reading a body at its limit', async () => {
    let pulled = 0;
    const body = new ReadableStream(
      {
        pull(controller) {
          pulled++;
          controller.enqueue(new Uint8Array(64 * 1024).fill(32));
        },
      },
      { highWaterMark: 0 },
    );
    const request = new Request(`${publicUrl}/api/v1/labs/${room.lab.id}/events`, {
      method: 'POST',
      body,
      duplex: 'half',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${student.token}` },
    } as RequestInit);
    expect((await room.app.fetch(request)).status).toBe(413);
    expect(pulled).toBeLessThanOrEqual(limits.batchBytes / (64 * 1024) + 2);
  });

  it('opens participants’ routes to any origin without credentials, and staff’s to none', async () => {
    for (const { spec } of room.app.routes) {
      const path = `/api/v1${spec.path
        .replace('{lab}', room.lab.id)
        .replace('{course}', room.course)
        .replace(/\{\w+\}/g, () => randomUUID())}`;
      const preflight = await room.app.request(path, {
        method: 'OPTIONS',
        headers: { origin: 'https://hub.example.edu', 'access-control-request-method': spec.method.toUpperCase() },
      });
      const open = spec.access === 'participant' || spec.access === 'public';
      if (!open) {
        // A path may carry a participant's route beside a staff one; then only the participant's method is offered.
        expect(preflight.headers.get('access-control-allow-methods') ?? '').not.toContain(spec.method.toUpperCase());
        continue;
      }
      expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
      expect(preflight.headers.get('access-control-allow-methods')).toContain(spec.method.toUpperCase());
      expect(preflight.headers.get('access-control-allow-credentials')).toBeNull();
    }
  });

  it('refuses a change that a page of another site asks for in staff’s name', async () => {
    const ask = (headers: Record<string, string>) =>
      room.app.request(`${publicUrl}/api/v1/labs/${room.lab.id}`, {
        method: 'PATCH',
        headers: {
          cookie: owner2.cookie,
          host: new URL(publicUrl).host,
          'content-type': 'application/json',
          ...headers,
        },
        body: '{}',
      });
    expect((await ask({ origin: 'https://evil.example' })).status).toBe(403);
    expect((await ask({ origin: 'null' })).status).toBe(403);
    expect((await ask({ 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await ask({ origin: publicUrl })).status).toBe(200);
    expect((await ask({})).status).toBe(200);
  });

  it.each([
    ['revoked', { revokedAt: new Date() }, 'signed out'],
    ['unused for 181 days', { lastUsedAt: new Date(Date.now() - limits.deviceIdleMs - 1 * day) }, '180 days'],
  ])('says in words why a token is %s', async (what, set, words) => {
    const who = await room.join(`Token ${what}`);
    await room.database.db
      .update(device)
      .set(set)
      .where(eq(device.tokenHash, hashToken(who.token)));
    const response = await who.get('/me');
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ error: 'bad-token', message: expect.stringContaining(words) });
  });

  it('notes when a device was last used, at most once an hour', async () => {
    const who = await room.join('Regular');
    const { db } = room.database;
    const mine = eq(device.tokenHash, hashToken(who.token));
    const old = new Date(Date.now() - 2 * day);
    await db.update(device).set({ lastUsedAt: old }).where(mine);
    await who.get('/me');
    const [first] = await db.select().from(device).where(mine);
    expect(first!.lastUsedAt.getTime()).toBeGreaterThan(Date.now() - 60_000);
    await who.get('/me');
    const [second] = await db.select().from(device).where(mine);
    expect(second!.lastUsedAt).toEqual(first!.lastUsedAt);
  });

  it('slows one device down, and no other', async () => {
    const [busy, calm] = [await room.join('Busy'), await room.join('Calm')];
    // While time stands still nothing is refilled, however long these take.
    const clock = vi.spyOn(Date, 'now').mockReturnValue(Date.now());
    const statuses = await Promise.all(
      Array.from({ length: 260 }, async () => (await busy.get('/me/records?limit=1')).status),
    ).finally(() => clock.mockRestore());
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(0);
    expect((await calm.get('/me')).status).toBe(200);
  });

  it('ends with the session: a signed-out cookie opens nothing', async () => {
    const leaving = await room.addStaff('teacher');
    expect((await leaving.get('/session')).status).toBe(200);
    const out = await leaving.request('POST', '/auth/sign-out', { json: {} });
    expect(out.status).toBe(200);
    expect(cookiesOf(out)).not.toBe('');
    expect((await leaving.get('/session')).status).toBe(401);
    await room.database.db
      .delete(courseStaff)
      .where(and(eq(courseStaff.userId, leaving.userId), eq(courseStaff.courseId, room.course)));
  });
});
