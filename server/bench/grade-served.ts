/** The same through a real server, its queue and one real worker process: what a student sees. */
import { setTimeout as delay } from 'node:timers/promises';
import { minute, second } from '@nbpulse/schema/wire';
import type { EngineName } from '@nbpulse/sandbox';
import { migrate, openDatabase } from '../src/database/index.js';
import { countedRuns, handIn, makeGradedClass, startWorker } from './grade-class.js';
import { treeCpuSeconds } from './grade-cpu.js';
import { benchAssignment, workOf, type Work } from './grade-work.js';
import { startServer } from './server-process.js';

const lookEachMs = 10;

interface Served {
  handIn(student: number, work: Work): Promise<string>;
  /** Until the student's own page would show the result. */
  result(student: number, id: string): Promise<{ points: number }>;
  counted(): ReturnType<typeof countedRuns>;
  cpuSeconds(): { server: number; worker: number };
}

/** A class of so many students with the assignment of the bench, its tests checked, one worker; gone after `work`. */
async function withClass<T>(
  options: { students: number; engine: EngineName; limitMs: number },
  work: (served: Served) => Promise<T>,
): Promise<T> {
  const url = process.env.DATABASE_URL;
  if (url === undefined) throw new Error('DATABASE_URL is not set: start it by npm run bench:grade');
  await migrate(url);
  const server = await startServer(url);
  const database = openDatabase(url, 2);
  try {
    const push = benchAssignment(options.limitMs);
    const made = await makeGradedClass(database.db, server.url, options.students, push);
    const env = { NBPULSE_ENGINE: options.engine };
    const worker = await startWorker({ server: server.url, token: made.workerToken, env });
    const token = (student: number): string => made.tokens[student] ?? '';
    try {
      await made.checked();
      return await work({
        handIn: (student, notebook) => handIn(server.url, token(student), notebook),
        result: async (student, id) => {
          for (const until = performance.now() + 2 * minute; performance.now() < until; await waited(lookEachMs)) {
            const headers = { authorization: `Bearer ${token(student)}` };
            const reply = await fetch(`${server.url}/api/v1/me/submissions/${id}`, { headers });
            const view = (await reply.json()) as { status: string; result: { points: number } | null };
            if (view.status === 'done' && view.result) return view.result;
          }
          throw new Error(`no result within two minutes; the worker said:\n${worker.said()}`);
        },
        counted: () => countedRuns(database.db, made.lab),
        cpuSeconds: () => ({ server: treeCpuSeconds([server.pid]), worker: treeCpuSeconds([worker.pid]) }),
      });
    } finally {
      await worker.stop();
    }
  } finally {
    await database.close();
    await server.stop();
  }
}

const waited = async (ms: number): Promise<true> => delay(ms, true as const);

export interface OneByOne {
  /** From the click to the result, ms. */
  latencies: number[];
  cpuMs: { server: number; worker: number };
}

/** Light notebooks, one after another, so that none waits for another. */
export async function oneByOne(options: { count: number; engine: EngineName; limitMs: number }): Promise<OneByOne> {
  return withClass({ ...options, students: options.count }, async (served) => {
    const latencies: number[] = [];
    const before = served.cpuSeconds();
    for (let student = 0; student < options.count; student++) {
      const work = workOf('trivial', student);
      const began = performance.now();
      const { points } = await served.result(student, await served.handIn(student, work));
      latencies.push(performance.now() - began);
      if (points !== work.points) throw new Error(`${work.filename} got ${points} of ${work.points} points`);
    }
    const after = served.cpuSeconds();
    const each = (name: 'server' | 'worker'): number => (1000 * (after[name] - before[name])) / options.count;
    return { latencies, cpuMs: { server: each('server'), worker: each('worker') } };
  });
}

export interface Rush {
  /** From the first hand-in to the last one's receipt, and to the last result, ms. */
  handedInMs: number;
  lastResultMs: number;
  /** Of each: from its receipt to its result. */
  waitsMs: number[];
  lost: number;
  countedTwice: number;
  wrongPoints: number;
  cpuMs: { server: number; worker: number };
}

/** The last minute before the deadline: so many students, evenly over it, each a light notebook. */
export async function rush(options: {
  students: number;
  overMs: number;
  engine: EngineName;
  limitMs: number;
}): Promise<Rush> {
  const { students, overMs } = options;
  return withClass(options, async (served) => {
    const before = served.cpuSeconds();
    const began = Date.now();
    const works = Array.from({ length: students }, (_, student) => workOf('trivial', student));
    const ids = await Promise.all(
      works.map(async (work, student) => {
        await delay((student * overMs) / students);
        return served.handIn(student, work);
      }),
    );
    const handedInMs = Date.now() - began;
    const giveUpAt = Date.now() + 10 * minute;
    let counted = await served.counted();
    while (counted.some(({ endedAt }) => endedAt === null) && Date.now() < giveUpAt) {
      await delay(second / 4);
      counted = await served.counted();
    }
    const after = served.cpuSeconds();
    const results = ids.map((id) => counted.filter((one) => one.submission === id && one.endedAt !== null));
    const ends = results.flat().map(({ endedAt }) => endedAt?.getTime() ?? NaN);
    const each = (name: 'server' | 'worker'): number => (1000 * (after[name] - before[name])) / students;
    return {
      handedInMs,
      lastResultMs: Math.max(...ends) - began,
      waitsMs: results.flat().map(({ receivedAt, endedAt }) => (endedAt?.getTime() ?? NaN) - receivedAt.getTime()),
      lost: results.filter((own) => own.length === 0).length,
      countedTwice: results.filter((own) => own.length > 1).length,
      wrongPoints: results.filter((own, at) => own.some(({ points }) => points !== works[at]?.points)).length,
      cpuMs: { server: each('server'), worker: each('worker') },
    };
  });
}
