/**
 * A class hands in while worker, warm parents, sandboxes, their programs, server and database are killed with SIGKILL, in an order
 * and at moments that a seed decides. `npm run test:grading-faults -- --runs 300 --seed 7` makes it long, and repeats one.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EngineName } from '@nbpulse/sandbox';
import { minute, second } from '@nbpulse/schema/wire';
import { countedRuns, handIn, makeGradedClass, startWorker, type WorkerProcess } from '../bench/grade-class.js';
import { benchAssignment, workOf, type Work } from '../bench/grade-work.js';
import { freePorts } from '../e2e/started.js';
import { startPostgres, type RunningPostgres } from '../launch/postgres.mjs';
import { seededRandom } from '../simulator/random.js';
import { migrate, openDatabase, type OpenDatabase } from '../src/database/index.js';
import { buildServer } from './built-server.js';
import { hasEngine } from './engines-there.js';
import { leftBy, leftInDocker, runningSandboxes, waitingParents, type Role } from './left-behind.js';
import { until } from './listen.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const seed = Number(process.env.NBPULSE_FAULT_SEED ?? Math.floor(Math.random() * 1e6));

const { NBPULSE_FAULT_ENGINE: asked = 'bubblewrap' } = process.env;
const wanted = (['bubblewrap', 'docker'] as const).filter((name) => name === asked);
const there = new Map<EngineName, boolean>();
for (const name of wanted) there.set(name, await hasEngine(name, 'grading while its parts are killed'));

describe.each(wanted)('grading on %s while its parts are killed', (engineName) => {
  const random = seededRandom(seed);
  const oneOf = <T>(list: readonly T[]): T | undefined => list[Math.floor(random.between(0, list.length))];
  const runs = Number(process.env.NBPULSE_FAULT_RUNS ?? (engineName === 'docker' ? 12 : 24));
  const kills = Math.max(8, Math.round(runs / 6));
  const withinMs = minute + runs * 10 * second + kills * 40 * second;
  let folder: string;
  let port: number;
  let postgres: RunningPostgres;
  let server: ChildProcess | undefined;
  let worker: WorkerProcess | undefined;
  let token = '';
  let database: OpenDatabase | undefined;
  const workerPids: number[] = [];
  const serverUrl = () => `http://127.0.0.1:${port}`;

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
  const killed = async (child: ChildProcess) => {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  const nextWorker = async () => {
    worker = await startWorker(
      {
        server: serverUrl(),
        token,
        // Fresh interpreters and warm ones die in other ways: each second worker has none of those.
        env: {
          NBPULSE_ENGINE: engineName,
          NBPULSE_WARM_START: workerPids.length % 2 === 0 ? 'auto' : 'off',
          TMPDIR: join(folder, 't'),
        },
      },
      join(root, 'server/dist/src/worker.js'),
    );
    workerPids.push(worker.pid);
  };

  /** Kills one of these as soon as it is there. @returns what to say when there was none. */
  const killOne = async (found: () => number | undefined): Promise<string> => {
    const victim = await until('something to kill', () => Promise.resolve(found()), 10 * second).catch(() => undefined);
    if (victim !== undefined) kill(victim);
    return victim === undefined ? none : '';
  };
  const ours = () => join(folder, 't');
  const sandboxOf = (role: Role) => oneOf(runningSandboxes(ours()).filter((one) => one.role === role));
  const faults = {
    worker: async () => {
      if (worker) await killed(worker.child);
      await nextWorker();
      return '';
    },
    'what waits': () => killOne(() => oneOf(waitingParents(ours()))),
    // A sandbox as a whole, by its process 1; and its program alone, as the host's own memory killer does.
    'oracle’s sandbox': () => killOne(() => sandboxOf('oracle')?.init),
    'oracle’s program': () => killOne(() => sandboxOf('oracle')?.program),
    'probe’s sandbox': () => killOne(() => sandboxOf('probe')?.init),
    'probe’s program': () => killOne(() => sandboxOf('probe')?.program),
    server: async () => {
      if (server) await killed(server);
      await startServer();
      return '';
    },
    database: async () => {
      const pidFile = readFileSync(join(folder, 'postgres/cluster/postmaster.pid'), 'utf8');
      kill(Number(pidFile.split('\n')[0]));
      await postgres.exited;
      await startDatabase();
      return '';
    },
  };

  beforeAll(async () => {
    if (!there.get(engineName)) return;
    await buildServer();
    folder = await mkdtemp(join(tmpdir(), 'nbp-faults-'));
    // When we are root, Postgres and the sandboxes run as others, who must reach what is theirs.
    await chmod(folder, 0o711);
    for (const name of ['s,', 't']) {
      await mkdir(join(folder, name));
      await chmod(join(folder, name), name === 's,' ? 0o777 : 0o711);
    }
    [port = 0] = await freePorts(1);
    await startDatabase();
    await migrate(postgres.url);
    await startServer();
    database = openDatabase(postgres.url, 2);
  }, 10 * minute);
  afterAll(async () => {
    if (!there.get(engineName)) return;
    await worker?.stop('SIGKILL');
    if (server && server.exitCode === null && server.signalCode === null) await killed(server);
    await database?.close();
    await postgres.stop();
    await rm(folder, { recursive: true });
  });

  it.runIf(there.get(engineName))(
    `counts each of ${runs} submissions once, none as zero by our fault, and leaves nothing behind (seed ${seed})`,
    async () => {
      const db = database?.db;
      if (!db) throw new Error('no database');
      const works = Array.from({ length: runs }, (_, n) =>
        workOf(oneOf(['trivial', 'numpy', 'plots', 'failing'] as const) ?? 'trivial', n),
      );
      const made = await makeGradedClass(db, serverUrl(), runs, benchAssignment(20 * second));
      token = made.workerToken;
      await nextWorker();
      await made.checked();

      // The last answer holds while the database is away.
      let known: Awaited<ReturnType<typeof countedRuns>> = [];
      const ended = async (): Promise<number> => {
        known = await countedRuns(db, made.lab).catch(() => known);
        return known.filter(({ endedAt }) => endedAt !== null).length;
      };
      const expected = new Map<string, Work>();
      const hand = async (some: readonly Work[], from: number) => {
        for (const [at, work] of some.entries()) {
          expected.set(await handIn(serverUrl(), made.tokens[from + at] ?? '', work), work);
        }
      };

      const names = Object.keys(faults) as (keyof typeof faults)[];
      // In rounds of all faults, each in another order.
      const planned = Array.from({ length: kills }, (_, at) => {
        const name = names[at % names.length] ?? 'worker';
        return { name, at: Math.floor(at / names.length) + random.next() };
      }).sort((a, b) => a.at - b.at);
      const told: string[] = [];
      const hits = new Map<string, number>();
      // A few hand in before each fault, so that there is always something to be hit, however fast this machine grades.
      const share = Math.ceil(runs / (kills + 1));
      const handed: Promise<void>[] = [];
      for (const [index, { name }] of planned.entries()) {
        const before = await ended();
        handed.push(hand(works.slice(index * share, (index + 1) * share), index * share));
        handed.at(-1)?.catch(() => undefined);
        const after = before + Math.floor((share / 2) * random.next());
        await until(`${after} results (${told.join(', ')})`, async () => (await ended()) >= after, withinMs);
        const at = await ended();
        const missed = await faults[name]();
        if (missed === '') hits.set(name, (hits.get(name) ?? 0) + 1);
        told.push(`${name} after ${at}${missed}`);
      }
      handed.push(hand(works.slice(kills * share), kills * share));
      await Promise.all(handed);
      await until(`all results (${told.join(', ')})`, async () => (await ended()) === runs, withinMs).catch(
        (error: unknown) => {
          const open = known.filter(({ endedAt }) => endedAt === null);
          throw new Error(`${String(error)}\nwithout a result: ${JSON.stringify(open)}\n${worker?.said() ?? ''}`);
        },
      );

      const byId = new Map(known.map((one) => [one.submission, one]));
      expect(known).toHaveLength(runs);
      expect(byId.size).toBe(runs);
      const results = [...expected].map(([id, work]) => {
        const found = byId.get(id);
        const isRight = found?.points === work.points;
        return { kind: work.kind, points: found?.points, ...(isRight ? {} : { report: found?.report }) };
      });
      expect(results, told.join(', ')).toEqual([...expected.values()].map(({ kind, points }) => ({ kind, points })));

      await worker?.stop();
      const left = async (): Promise<string[]> => [
        ...(await leftBy({ folder: ours(), workerPids })),
        ...(engineName === 'docker' ? await leftInDocker(workerPids) : []),
      ];
      const isClean = async (): Promise<boolean> => (await left()).length === 0;
      await until('nothing left behind', isClean, minute).catch(() => undefined);
      expect(await left()).toEqual([]);
      const counted = [...hits].map(([name, count]) => `${String(count)} × ${name}`).join(', ');
      const twice = known.filter(({ report }) => JSON.stringify(report).includes('the result of a second run')).length;
      process.stdout.write(
        `${engineName}: ${runs} runs, seed ${seed}; killed: ${counted}; decided by a second run: ${twice}\n`,
      );
      // Worker, server and database are there in any case; a sandbox may be gone before it is found.
      for (const name of ['worker', 'server', 'database']) expect(hits.get(name)).toBeGreaterThan(0);
    },
    withinMs + minute,
  );
});

const none = ' (none was there)';

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself a moment ago: a kill that came too late is one as well.
  }
}
