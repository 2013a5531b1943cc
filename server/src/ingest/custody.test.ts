/** A class on sockets while server process and database are killed with SIGKILL, in an order that a seed decides. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { course, event, lab } from '@nbpulse/schema/db';
import { minute } from '@nbpulse/schema/wire';
import { freePorts } from '../../e2e/started.js';
import { startPostgres, type RunningPostgres } from '../../launch/postgres.mjs';
import { join as joinLab, ParticipantClient } from '../../simulator/participant-client.js';
import { seededRandom } from '../../simulator/random.js';
import { buildServer } from '../../test/built-server.js';
import { migrate, openDatabase } from '../database/index.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const students = 40;
const recordsOfEach = 60;
const seed = 9;

let folder: string;
let postgres: RunningPostgres;
let server: ChildProcess | undefined;
let port: number;

const startDatabase = async () => {
  postgres = await startPostgres({ dataDir: join(folder, 'postgres'), socketDir: join(folder, 's,') });
};
const startServer = async () => {
  const started = spawn(process.execPath, [join(root, 'server/dist/src/main.js')], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      DATABASE_URL: postgres.url,
      NBPULSE_DATA: join(folder, 'data'),
      NBPULSE_PORT: String(port),
      NBPULSE_PUBLIC_URL: '',
    },
  });
  server = started;
  await once(createInterface({ input: started.stdout }), 'line');
};
const killServer = async () => {
  if (!server) return;
  const ended = once(server, 'exit');
  server.kill('SIGKILL');
  await ended;
};
const killDatabase = async () => {
  const pidFile = readFileSync(join(folder, 'postgres/cluster/postmaster.pid'), 'utf8');
  process.kill(Number(pidFile.split('\n')[0]), 'SIGKILL');
  await postgres.exited;
};

beforeAll(async () => {
  await buildServer();
  folder = await mkdtemp(join(tmpdir(), 'nbp-custody-'));
  // When we are root Postgres runs as another user, who must reach its socket's folder.
  await chmod(folder, 0o711);
  await mkdir(join(folder, 's,'), { mode: 0o777 });
  await chmod(join(folder, 's,'), 0o777);
  [port = 0] = await freePorts(1);
  await startDatabase();
  await migrate(postgres.url);
  await startServer();
}, 10 * minute);
afterAll(async () => {
  await killServer();
  await postgres.stop();
  await rm(folder, { recursive: true });
});

it(
  'has every acknowledged record once and in order, whatever was killed meanwhile',
  async () => {
    const url = `http://127.0.0.1:${port}`;
    const first = openDatabase(postgres.url, 1);
    const [made] = await first.db.insert(course).values({ name: 'Algebra', timeZone: 'UTC' }).returning();
    const row = { name: 'Lab', joinCode: 'ABCDEFGH', status: 'open' as const, openedAt: new Date() };
    await first.db.insert(lab).values({ ...row, courseId: made!.id });
    await first.close();

    const random = seededRandom(seed);
    const clients: ParticipantClient[] = [];
    for (let index = 0; index < students; index++) {
      const me = await joinLab({ server: url, code: 'ABCDEFGH', name: `Student ${index}` });
      clients.push(new ParticipantClient(url, me));
    }
    await Promise.all(clients.map((client) => client.opened()));
    let acknowledged = 0;
    const class_ = Promise.all(
      clients.map(async (client) => {
        for (let sent = 0; sent < recordsOfEach;) {
          const some = Math.min(recordsOfEach - sent, 1 + Math.floor(random.between(0, 4)));
          const saved = Array.from({ length: some }, () => client.send('1', { t: 'int', v: ++sent }));
          await Promise.all(saved.map((one) => one.then(() => acknowledged++)));
        }
      }),
    );

    const total = students * recordsOfEach;
    const kills = [killServer, killDatabase, killDatabase, killServer].sort(() => random.between(-1, 1));
    for (const [index, kill] of kills.entries()) {
      const after = (total * (index + random.next())) / (kills.length + 1);
      await expect.poll(() => acknowledged, { timeout: 90_000, interval: 1 }).toBeGreaterThanOrEqual(after);
      await kill();
      if (kill === killDatabase) await startDatabase();
      else await startServer();
    }
    await class_;
    expect(acknowledged).toBe(total);
    for (const client of clients) client.close();

    const database = openDatabase(postgres.url, 1);
    const rows = await database.db
      .select({ stream: event.streamId, seq: event.seq, body: event.body, madeAt: event.madeAt })
      .from(event)
      .orderBy(event.streamId, event.seq);
    await database.close();
    expect(rows).toHaveLength(total);
    for (const { stream } of clients) {
      const own = rows.filter((one) => one.stream === stream);
      expect(own.map(({ seq, body }) => [seq, (body as { v: number }).v])).toEqual(
        Array.from({ length: recordsOfEach }, (_, index) => [index + 1, index + 1]),
      );
      const instants = own.map(({ madeAt }) => madeAt.getTime());
      expect(instants).toEqual([...instants].sort((a, b) => a - b));
    }
  },
  4 * minute,
);
