import { eq, sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { job } from '@nbpulse/schema/db';
import type { RunReport } from '@nbpulse/schema/wire';
import { report } from '../../test/course-work.js';
import { useDatabase } from '../../test/database.js';
import { openDatabase, type OpenDatabase } from '../database/index.js';
import { openQueue, type Job, type JobKind, type Queue, type QueueOptions } from './queue.js';

const test = useDatabase();
let database: OpenDatabase;
const open: Queue[] = [];

/** Every step that was committed, as `<step> <job id>`. */
let steps: string[] = [];
const recorded: JobKind<RunReport> = {
  takes: (one): one is RunReport => 'tests' in one,
  leased: (_, row) => Promise.resolve(() => void steps.push(`leased ${row.id}`)),
  finished: (_, row, { outcome, staffReason }) =>
    Promise.resolve({
      retryBecause: outcome === 'sandbox-error' ? (staffReason ?? 'fault') : null,
      after: () => void steps.push(`finished ${row.id}`),
    }),
  waiting: (_, row) => Promise.resolve(() => void steps.push(`waiting ${row.id}`)),
  failed: (_, row) => Promise.resolve(() => void steps.push(`failed ${row.id}`)),
  progress: () => Promise.resolve(),
};
const queueOf = (options: Omit<Partial<QueueOptions>, 'kinds'> & { kind?: JobKind<RunReport> } = {}): Queue => {
  const { kind = recorded, ...more } = options;
  const queue = openQueue(database, {
    kinds: { grade: kind },
    onFault: (error) => {
      throw error;
    },
    ...more,
  });
  open.push(queue);
  return queue;
};
const add = (queue: Queue, priority = 0) => database.db.transaction((tx) => queue.add(tx, 'grade', {}, priority));
const lease = async (queue: Queue, worker = 'w', waitMs = 60_000): Promise<Job & { lease: string }> => {
  const row = await queue.lease(worker, ['grade'], waitMs);
  if (row?.lease == null) throw new Error('no job came');
  return { ...row, lease: row.lease };
};
const stored = async (id: string) => (await database.db.select().from(job).where(eq(job.id, id)))[0]!;
const fault = (staffReason: string): RunReport => report({ outcome: 'sandbox-error', staffReason });

beforeAll(() => {
  database = openDatabase(test.url, 10);
});
afterEach(async () => {
  for (const queue of open.splice(0)) await queue.close();
  await database.db.delete(job);
  steps = [];
});
afterAll(() => database.close());

describe('the queue', () => {
  it('gives each job to one worker only, the urgent first, then the oldest', async () => {
    const queue = queueOf();
    const first = await add(queue);
    const second = await add(queue);
    const urgent = await add(queue, 5);
    const order = [await lease(queue), await lease(queue), await lease(queue)].map((row) => row.id);
    expect(order).toEqual([urgent, first, second]);
    expect(await queue.lease('w', ['grade'], 0)).toBeNull();

    const many = new Set<string>();
    for (let count = 0; count < 30; count += 1) many.add(await add(queue));
    const other = queueOf();
    const taken = await Promise.all(Array.from({ length: 30 }, (_, index) => lease(index % 2 ? queue : other)));
    expect(new Set(taken.map((row) => row.id))).toEqual(many);
  });

  it('wakes a worker that waits, of this process and of another, when the job is committed', async () => {
    // Without a wake-up nobody would look again before the test is over.
    const lookEachMs = 60 * 60_000;
    const here = queueOf({ lookEachMs });
    const there = queueOf({ lookEachMs });
    for (const queue of [here, there]) {
      const waiting = lease(queue, 'w', lookEachMs);
      // The waiter has looked and found nothing once its first look is over; what comes then must wake it.
      await queue.recover();
      const id = await add(here);
      expect((await waiting).id).toBe(id);
    }
    await expect(
      database.db.transaction(async (tx) => {
        await here.add(tx, 'grade', {});
        throw new Error('taken back');
      }),
    ).rejects.toThrow('taken back');
    expect(await here.lease('w', ['grade'], 50)).toBeNull();
  });

  it('leases a killed worker’s job again when its lease runs out, and fences the killed one', async () => {
    const queue = queueOf({ leaseMs: 200 });
    const id = await add(queue);
    const killed = await lease(queue, 'killed');
    const second = await lease(queue, 'second');
    expect(second).toMatchObject({ id, attempts: 2 });
    expect(second.lease).not.toBe(killed.lease);
    expect(await queue.heartbeat(id, killed.lease)).toBe('outdated-lease');
    expect(await queue.finish(id, killed.lease, report())).toBe('outdated-lease');
    expect(await queue.release(id, killed.lease)).toBe('outdated-lease');
    expect(await queue.held(id, killed.lease)).toBe('outdated-lease');
    expect(await queue.finish(id, second.lease, report())).toBe('counted');
    expect(steps.filter((step) => step.startsWith('finished'))).toHaveLength(1);
    expect((await stored(id)).lastError).toContain('killed stopped answering');
  });

  it('keeps a lease for as long as its worker calls', async () => {
    const queue = queueOf({ leaseMs: 600_000 });
    const id = await add(queue);
    const held = await lease(queue);
    for (const left of ['1 minute', '2 minutes']) {
      await database.db
        .update(job)
        .set({ leaseEndsAt: sql`clock_timestamp() + ${left}::interval` })
        .where(eq(job.id, id));
      expect(await queue.heartbeat(id, held.lease)).toBe('counted');
      const [{ keptMs } = { keptMs: 0 }] = await database.db
        .select({ keptMs: sql<number>`extract(epoch from lease_ends_at - leased_at)::float8 * 1000` })
        .from(job)
        .where(eq(job.id, id));
      expect(keptMs).toBeGreaterThanOrEqual(600_000);
      expect(await queue.lease('other', ['grade'], 0)).toBeNull();
    }
    expect(await queue.finish(id, held.lease, report())).toBe('counted');
  });

  it('counts a finish once: the same call again changes nothing', async () => {
    const queue = queueOf();
    const id = await add(queue);
    const { lease: token } = await lease(queue);
    const calls = await Promise.all([1, 2, 3].map(() => queue.finish(id, token, report())));
    expect(calls.sort()).toEqual(['counted', 'known', 'known']);
    expect(await queue.release(id, token)).toBe('known');
    expect(await queue.heartbeat(id, token)).toBe('outdated-lease');
    expect(steps).toEqual([`leased ${id}`, `finished ${id}`]);
  });

  it('takes a report that came after the lease ran out, when nobody took the job since', async () => {
    const queue = queueOf({ leaseMs: 1 });
    const id = await add(queue);
    const { lease: token } = await lease(queue);
    // A queue of another test, still open, may be the one that finds it.
    const recovered = async () => {
      await queue.recover();
      return (await stored(id)).leaseEndsAt;
    };
    await expect.poll(recovered).toBeNull();
    expect(await queue.heartbeat(id, token)).toBe('counted');
    await queue.recover();
    expect(await queue.finish(id, token, report())).toBe('counted');
    expect((await stored(id)).doneAt).not.toBeNull();
    expect(await queue.lease('w', ['grade'], 20)).toBeNull();
  });

  it('retries a fault of ours after a rest that grows, then gives up', async () => {
    const queue = queueOf({ attempts: 3, backoffMs: () => 30 });
    const id = await add(queue);
    for (const attempt of [1, 2, 3]) {
      const held = await lease(queue);
      expect(held.attempts).toBe(attempt);
      expect(await queue.finish(id, held.lease, fault(`fault ${String(attempt)}`))).toBe('counted');
      expect(await queue.finish(id, held.lease, report())).toBe('known');
    }
    const row = await stored(id);
    expect(row).toMatchObject({ doneAt: null, lastError: 'fault 3', attempts: 3 });
    expect(row.failedAt).not.toBeNull();
    expect(await queue.lease('w', ['grade'], 50)).toBeNull();
    expect(steps.map((step) => step.split(' ')[0])).toEqual([
      'leased',
      'waiting',
      'leased',
      'waiting',
      'leased',
      'failed',
    ]);
    const rests = openQueue(database, { kinds: { grade: recorded }, onFault: () => undefined });
    open.push(rests);
    const other = await add(rests);
    await rests.finish(other, (await lease(rests)).lease, fault('x'));
    const [{ rest } = { rest: 0 }] = await database.db
      .select({ rest: sql<number>`extract(epoch from run_after - leased_at)::float8` })
      .from(job)
      .where(eq(job.id, other));
    expect(rest).toBeGreaterThanOrEqual(5);
  });

  it('gives up on a job that kills every worker', async () => {
    const queue = queueOf({ leaseMs: 30, attempts: 3 });
    const id = await add(queue);
    for (let attempt = 1; attempt <= 3; attempt += 1) await lease(queue);
    const givenUp = async () => {
      expect(await queue.lease('w', ['grade'], 50)).toBeNull();
      return (await stored(id)).failedAt;
    };
    await expect.poll(givenUp).not.toBeNull();
    expect(steps.at(-1)).toBe(`failed ${id}`);
  });

  it('does not count an attempt that was given back', async () => {
    const queue = queueOf({ attempts: 1 });
    const id = await add(queue);
    for (let times = 0; times < 4; times += 1) {
      const held = await lease(queue);
      expect(held.attempts).toBe(1);
      expect(await queue.release(id, held.lease)).toBe('counted');
    }
    expect(await stored(id)).toMatchObject({ attempts: 0, failedAt: null });
  });

  it('skips a job whose purpose is gone', async () => {
    const dead = new Set<string>();
    const queue = queueOf({
      kind: { ...recorded, leased: (tx, row) => (dead.has(row.id) ? Promise.resolve(null) : recorded.leased(tx, row)) },
    });
    dead.add(await add(queue));
    const alive = await add(queue);
    expect((await lease(queue)).id).toBe(alive);
    expect(await queue.lease('w', ['grade'], 0)).toBeNull();
  });

  it('lets waiting workers go when it closes, or when they went away', async () => {
    const queue = queueOf();
    const gone = new AbortController();
    const first = queue.lease('w', ['grade'], 20_000, gone.signal);
    const second = queue.lease('w', ['grade'], 20_000);
    gone.abort();
    expect(await first).toBeNull();
    await add(queueOf());
    expect(await second).not.toBeNull();
    const third = queue.lease('w', ['grade'], 20_000);
    await queue.close();
    expect(await third).toBeNull();
  });

  it('counts every job exactly once among workers that crash, stall, give back and repeat themselves', async () => {
    const queues = [
      queueOf({ leaseMs: 120, attempts: 50, backoffMs: () => 5 }),
      queueOf({ leaseMs: 120, attempts: 50, backoffMs: () => 5 }),
    ];
    const ids = new Set<string>();
    for (let count = 0; count < 40; count += 1) ids.add(await add(queues[0]!));
    let seed = 20_261_121;
    const random = (): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed / 2_147_483_648;
    };
    const counted: string[] = [];
    const stalled: { id: string; lease: string }[] = [];
    const worker = async (name: string, queue: Queue): Promise<void> => {
      for (;;) {
        const row = await queue.lease(name, ['grade'], 400);
        // What was killed and what rests comes back later, on a slow machine much later.
        if (row === null && counted.length >= ids.size) return;
        if (row?.lease == null) continue;
        const [id, token] = [row.id, row.lease];
        const dice = random();
        if (dice < 0.2) continue; // killed
        if (dice < 0.35) {
          stalled.push({ id, lease: token });
          continue;
        }
        if (dice < 0.45) await queue.release(id, token);
        else if (dice < 0.55) await queue.finish(id, token, fault('x'));
        else if ((await queue.finish(id, token, report())) === 'counted') counted.push(id);
        if (dice > 0.9) await queue.finish(id, token, report());
        // A worker that stalled comes back with its old lease.
        const late = stalled.pop();
        if (late && (await queue.finish(late.id, late.lease, report())) === 'counted') counted.push(late.id);
      }
    };
    await Promise.all(['a', 'b', 'c', 'd'].map((name, index) => worker(name, queues[index % 2]!)));
    expect(new Set(counted)).toEqual(ids);
    expect(counted).toHaveLength(ids.size);
    const rows = await database.db.select().from(job);
    for (const row of rows) expect([row.doneAt !== null, row.failedAt]).toEqual([true, null]);
  });
});
