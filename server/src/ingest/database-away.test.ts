import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { course, courseStaff, event, lab } from '@nbpulse/schema/db';
import { batchReply, joinReply, type Problem } from '@nbpulse/schema/wire';
import { startPostgres, type RunningPostgres } from '../../launch/postgres.mjs';
import { connectSocket } from '../../test/socket-client.js';
import { makeLink } from '../accounts/index.js';
import { createApp, type App } from '../app.js';
import { databaseFault, migrate, nextRev, openDatabase, type OpenDatabase } from '../database/index.js';
import { listen, type Listening } from '../listen.js';

describe('a server whose database goes away', () => {
  let folder: string;
  let postgres: RunningPostgres;
  let database: OpenDatabase;
  let app: App;
  let server: Listening;

  const postmaster = () => Number(readFileSync(join(folder, 'postgres/cluster/postmaster.pid'), 'utf8').split('\n')[0]);
  const startDatabase = async () => {
    postgres = await startPostgres({ dataDir: join(folder, 'postgres'), socketDir: join(folder, 's,') });
  };
  /** SIGKILL to the postmaster itself: no shutdown, no goodbye. */
  const killDatabase = async () => {
    process.kill(postmaster(), 'SIGKILL');
    await postgres.exited;
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nbp-away-'));
    // When we are root Postgres runs as another user, who must reach its socket's folder.
    await chmod(folder, 0o711);
    await mkdir(join(folder, 's,'), { mode: 0o777 });
    await chmod(join(folder, 's,'), 0o777);
    await startDatabase();
    await migrate(postgres.url);
    database = openDatabase(postgres.url);
    app = createApp({
      database,
      dataFolder: join(folder, 'data'),
      authSecret: 'a secret of at least 32 characters',
      publicUrl: 'http://127.0.0.1:8421',
      wheel: null,
    });
    await app.start();
    server = await listen(app, { host: '127.0.0.1', port: 0 });
  }, 180_000);
  afterAll(async () => {
    await server.close();
    await database.close();
    await postgres.stop();
    await rm(folder, { recursive: true });
  });

  async function openLab() {
    const link = await makeLink(database.db, { purpose: 'first', email: null, courseId: null, role: 'owner' });
    const signedIn = await app.request(`/api/v1/links/${link.token}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        name: 'Emmy',
        email: 'emmy@example.org',
        password: 'correct horse battery',
        course: { name: 'Algebra', timeZone: 'UTC' },
      }),
    });
    const cookie = signedIn.headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; ');
    const [made] = await database.db.select().from(course).innerJoin(courseStaff, eq(courseStaff.courseId, course.id));
    const [row] = await database.db
      .insert(lab)
      .values({ courseId: made!.course.id, name: 'Lab', joinCode: 'ABCDEFGH', status: 'open', openedAt: new Date() })
      .returning();
    return { cookie, labId: row!.id };
  }

  /** An answer of the database over HTTP, and how long it took. */
  const ask = async () => {
    const began = performance.now();
    const response = await app.request('/api/v1/join', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code: 'NOSUCHLA', name: 'Nobody', device: { kind: 'kernel', label: 'test' } }),
    });
    const { error } = (await response.json()) as Problem;
    return { status: response.status, error, tookMs: performance.now() - began };
  };

  /** Transactions in each phase: before their first statement, between two, before their commit; and plain queries. */
  const busy = () => {
    let going = true;
    const failures: unknown[] = [];
    const each = async (work: () => Promise<unknown>) => {
      while (going) {
        await work().catch((error: unknown) => failures.push(error));
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    const all = Promise.all([
      ...[0, 1, 2].map((statements) =>
        each(() =>
          database.db.transaction(async (tx) => {
            for (let done = 0; done < statements; done++) {
              await tx.execute(sql`select 1`);
              await delay(1); // work of ours between statements
            }
          }),
        ),
      ),
      each(() => database.db.transaction((tx) => tx.transaction((inner) => inner.execute(sql`select pg_sleep(0.01)`)))),
      each(() => database.db.execute(sql`select 1`)),
    ]);
    return {
      failures,
      async stop() {
        going = false;
        await all;
      },
    };
  };

  it.each([
    ['killed', killDatabase],
    ['shut down', () => postgres.stop()],
  ])(
    'answers 503 soon while it is %s, and works again once it is back, time and again',
    async (_, end) => {
      for (let time = 0; time < 3; time++) {
        const load = busy();
        await end();
        await expect.poll(() => load.failures.length, { timeout: 60_000 }).toBeGreaterThan(20);
        const answers = await Promise.all(Array.from({ length: 20 }, ask));
        for (const { status, error, tookMs } of answers) {
          expect([status, error]).toEqual([503, 'unavailable']);
          expect(tookMs).toBeLessThan(25_000);
        }
        await startDatabase();
        await expect.poll(async () => (await ask()).status, { timeout: 60_000 }).toBe(404);
        await load.stop();
        for (const failure of load.failures) expect(databaseFault(failure)).toBe('away');
        // No connection stayed stuck: as many as the pool has answer at once.
        await Promise.all(Array.from({ length: 10 }, () => database.db.execute(sql`select pg_sleep(0.1)`)));
      }
    },
    120_000,
  );

  it('answers 503 within the deadline while it is silent, and works again when it is not', async () => {
    await database.db.execute(sql`select 1`);
    const [row] = await database.db.execute<{ pids: number[] }>(
      sql`select array_agg(pid) as pids from pg_stat_activity where application_name = 'nbpulse'`,
    );
    const stopped = [postmaster(), ...row!.pids];
    for (const pid of stopped) process.kill(pid, 'SIGSTOP');
    try {
      const { status, error, tookMs } = await ask();
      expect([status, error]).toEqual([503, 'unavailable']);
      expect(tookMs).toBeLessThan(60_000);
    } finally {
      for (const pid of stopped) process.kill(pid, 'SIGCONT');
    }
    await expect.poll(async () => (await ask()).status, { timeout: 60_000 }).toBe(404);
  }, 180_000);

  it('acknowledges nothing while it is away; then everything goes in, once, and the page follows', async () => {
    const { cookie, labId } = await openLab();
    const page = await connectSocket(server.url, { cookie });
    page.say({ v: 1, type: 'hello', as: { role: 'staff', lab: labId, since: 0 } });
    await page.hears('welcome');

    const students = 12;
    const records = 80;
    let away = false;
    let answeredWhileAway = 0;
    const refusals = new Set<number>();
    const streams: string[] = Array.from({ length: students }, () => randomUUID());
    const send = async (name: string, stream: string) => {
      const joined = await app.request('/api/v1/join', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ code: 'ABCDEFGH', name, device: { kind: 'kernel', label: 'test' } }),
      });
      const { token } = joinReply.parse(await joined.json());
      for (let seq = 1; seq <= records;) {
        const at = new Date().toISOString();
        const body = {
          v: 1,
          stream,
          sentAt: at,
          events: [{ kind: 'record', seq, madeAt: at, question: '1', value: { t: 'int', v: seq } }],
        };
        const sentWhileAway = away;
        const response = await app.request(`/api/v1/labs/${labId}/events`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
          body: JSON.stringify(body),
        });
        if (response.status === 200) {
          expect(batchReply.parse(await response.json()).saved).toEqual([seq]);
          if (sentWhileAway && away) answeredWhileAway++;
          seq++;
        } else {
          const problem = (await response.json()) as Problem;
          expect([response.status, problem.error]).toEqual([503, 'unavailable']);
          if (away) refusals.add(streams.indexOf(stream));
          await delay(problem.retryAfterMs === undefined ? 50 : Math.min(50, problem.retryAfterMs));
        }
      }
    };
    const sending = Promise.all(streams.map((stream, index) => send(`Student ${index}`, stream)));

    await expect.poll(() => database.db.$count(event), { timeout: 60_000 }).toBeGreaterThan(50);
    await killDatabase();
    away = true;
    await expect.poll(() => refusals.size, { timeout: 60_000 }).toBe(students);
    expect(answeredWhileAway).toBe(0);
    const health = await app.request('/api/v1/health');
    expect(health.status).toBe(503);
    away = false;
    await startDatabase();
    await sending;

    const rows = await database.db
      .select({ stream: event.streamId, seq: event.seq })
      .from(event)
      .orderBy(event.streamId, event.seq);
    for (const stream of streams) {
      expect(rows.filter((row) => row.stream === stream).map((row) => row.seq)).toEqual(
        Array.from({ length: records }, (_, index) => index + 1),
      );
    }

    // What another process writes after the return still reaches the page: its ear was reconnected.
    const other = openDatabase(postgres.url, 1);
    const rev = await other.db.transaction(async (tx) => {
      const taken = await nextRev(tx, labId);
      await tx.update(lab).set({ name: 'Renamed elsewhere', changedRev: taken }).where(eq(lab.id, labId));
      return taken;
    });
    await other.close();
    await page.hears('update', (update) => update.to >= rev);
    const updates = page.heard.filter((message) => message.type === 'update');
    let at = 0;
    const seen = new Set<string>();
    for (const update of updates) {
      expect(update.from).toBe(at);
      at = update.to;
      for (const change of update.changes) if (change.kind === 'record') seen.add(change.record.id);
    }
    expect(at).toBe(rev);
    expect(seen.size).toBe(students * records);
    await page.close();
  }, 120_000);
});
