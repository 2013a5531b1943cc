/**
 * A class hands in while worker, warm parents, sandboxes, server and database are killed with SIGKILL, in an order and at moments that
 * a seed decides. `npm run test:grading-faults -- --runs 300 --seed 7` makes it long, and repeats one.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { appendFile, chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chooseEngine, sandboxConfig } from '@nbpulse/sandbox';
import { minute, second } from '@nbpulse/schema/wire';
import { countedRuns, handIn, makeGradedClass, startWorker, type WorkerProcess } from '../bench/grade-class.js';
import { benchAssignment, workOf, type Work } from '../bench/grade-work.js';
import { freePorts } from '../e2e/started.js';
import { startPostgres, type RunningPostgres } from '../launch/postgres.mjs';
import { seededRandom } from '../simulator/random.js';
import { migrate, openDatabase, type OpenDatabase } from '../src/database/index.js';
import { buildServer } from './built-server.js';
import { leftBy, warmProcesses } from './left-behind.js';
import { until } from './listen.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const runs = Number(process.env.NBPULSE_FAULT_RUNS ?? 24);
const seed = Number(process.env.NBPULSE_FAULT_SEED ?? Math.floor(Math.random() * 1e6));
const kills = Math.max(6, Math.round(runs / 8));
const withinMs = minute + runs * 5 * second + kills * 30 * second;

async function bubblewrapIsThere(): Promise<boolean> {
  const chosen = await chooseEngine({ ...sandboxConfig(process.env), engine: 'bubblewrap' });
  await chosen.engine?.close();
  if (chosen.engine) return true;
  const { NBPULSE_SKIPS } = process.env;
  const line = { what: 'bubblewrap: faults while grading were not tested', cure: 'apt-get install bubblewrap' };
  if (NBPULSE_SKIPS) await appendFile(NBPULSE_SKIPS, `${JSON.stringify(line)}\n`);
  return false;
}

describe.skipIf(!(await bubblewrapIsThere()))('grading while its parts are killed', () => {
  const random = seededRandom(seed);
  const oneOf = <T>(list: readonly T[]): T | undefined => list[Math.floor(random.between(0, list.length))];
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
      { server: serverUrl(), token, env: { NBPULSE_ENGINE: 'bubblewrap', TMPDIR: join(folder, 't') } },
      join(root, 'server/dist/src/worker.js'),
    );
    workerPids.push(worker.pid);
  };

  /**
   * Kills one of these as soon as it is there. For a minute after a warm parent's end sandboxes start cold and have other names:
   * then nothing is hit.
   */
  const killOne = async (found: () => { pid: number } | undefined): Promise<string> => {
    const victim = await until('something to kill', () => Promise.resolve(found()), 10 * second).catch(() => undefined);
    if (victim) kill(victim.pid);
    return victim ? '' : ' (none was there)';
  };
  /** A sandbox of this role as a whole, by its process 1. */
  const killSandbox = (role: 'oracle' | 'probe') =>
    killOne(() =>
      oneOf(
        warmProcesses(worker?.pid ?? 0).sandboxes.filter(({ command }) =>
          command.startsWith(`nbpulse-nursery ${role}`),
        ),
      ),
    );
  const faults = {
    worker: async () => {
      if (worker) await killed(worker.child);
      await nextWorker();
      return '';
    },
    'warm parent': () => killOne(() => oneOf(warmProcesses(worker?.pid ?? 0).nurseries)),
    'oracle’s sandbox': () => killSandbox('oracle'),
    'probe’s sandbox': () => killSandbox('probe'),
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
    await worker?.stop('SIGKILL');
    if (server && server.exitCode === null && server.signalCode === null) await killed(server);
    await database?.close();
    await postgres.stop();
    await rm(folder, { recursive: true });
  });

  it(
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
      // In rounds of all faults, each in another order. For a minute after a warm parent's end sandboxes start cold, where none
      // is found to be killed: so that comes last.
      const planned = Array.from({ length: kills }, (_, at) => {
        const name = names[at % names.length] ?? 'worker';
        return { name, at: Math.floor(at / names.length) + (name === 'warm parent' ? 0.999 : 0.99 * random.next()) };
      }).sort((a, b) => a.at - b.at);
      const told: string[] = [];
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
        told.push(`${name} after ${at}${await faults[name]()}`);
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
      await until(
        'nothing left behind',
        async () => {
          const left = await leftBy({ folder: join(folder, 't'), workerPids });
          return left.length === 0;
        },
        30 * second,
      ).catch(() => undefined);
      expect(await leftBy({ folder: join(folder, 't'), workerPids })).toEqual([]);
    },
    withinMs + minute,
  );
});

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself a moment ago: a kill that came too late is one as well.
  }
}
