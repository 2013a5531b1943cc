/** Containers started ahead: each is one run's, with that run's limits and files, and none is left when it is over. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { courseRunLimits, defaultRunLimits, MiB, minute, type RunLimits } from '@nbpulse/schema/wire';
import { ownerLabel, runLabel } from '../src/docker/container-options.js';
import { openDocker } from '../src/docker/docker-engine.js';
import type { DataFile } from '../src/engine.js';
import { gradeNotebook } from '../src/run.js';
import { runPair, type PairEnd } from '../src/run-pair.js';
import { packageFolder } from '../src/stage.js';
import { hasDocker, startDocker, type TestDocker } from './available-engines.js';
import { openDockerAhead, openDockerCold, type DockerAhead } from './docker-starting.js';
import { request, right, rightToo } from './grading-cases.js';

const works = await hasDocker();

describe.skipIf(!works)('a pair started ahead', () => {
  let docker: TestDocker;
  let engine: DockerAhead;
  beforeAll(async () => {
    docker = await startDocker();
    engine = await openDockerAhead(docker.config, 'python');
  });
  afterEach(() => vi.useRealTimers());
  afterAll(async () => {
    await engine.close();
    expect(await containersOf(process.pid)).toEqual([]);
    await docker.stop();
  });

  const containersOf = async (pid: number) =>
    (await engine.docker.listContainers({ all: true, filters: { label: [runLabel] } })).filter((container) =>
      container.Labels[ownerLabel]?.includes(` ${pid}-`),
    );
  /** Waits until the probe is gone: its end is its own. */
  const waitForProbe = `
import os, socket
listener = socket.socket(socket.AF_UNIX)
listener.bind(os.environ['NBPULSE_SEAM_SOCKET'])
os.chmod(os.environ['NBPULSE_SEAM_SOCKET'], 0o666)
listener.listen(1)
seam, _ = listener.accept()
while seam.recv(100):
    pass`;
  const connect = `
import os, socket, time
seam = socket.socket(socket.AF_UNIX)
while seam.connect_ex(os.environ['NBPULSE_SEAM_SOCKET']):
    time.sleep(0.01)`;
  const waits = 'import time; print("up", flush=True); time.sleep(60)';

  async function run(
    probe: string,
    options: { limits?: Partial<RunLimits>; data?: DataFile[]; oracle?: string; whileUp?: () => Promise<void> } = {},
  ): Promise<PairEnd> {
    let looked: Promise<void> | undefined;
    const done = new AbortController();
    const { whileUp } = options;
    const end = await runPair(
      engine,
      {
        oracleArgv: ['python3', '-I', '-c', whileUp ? waits : (options.oracle ?? waitForProbe)],
        probeArgv: ['python3', '-I', '-c', `${connect}\n${probe}`],
        limits: { ...defaultRunLimits, ...options.limits },
        data: options.data ?? [],
      },
      {
        oracleStdin: Buffer.alloc(0),
        probeStdin: Buffer.alloc(0),
        oracleStdoutBytes: MiB,
        wallMs: 60_000,
        signal: done.signal,
        onOracleStdout: () => void (looked ??= whileUp?.().finally(() => done.abort())),
      },
    );
    await looked;
    return end;
  }

  it('is used once: no file, process or variable of one run is there in the next, nor its containers', async () => {
    const leave = `
import builtins, os, sys, numpy, time
open('/tmp/mine', 'w').write('x'); open('/dev/shm/mine', 'w').write('x')
os.environ['MINE'] = builtins.mine = numpy.mine = 'x'
if os.fork() == 0:
    os.setsid(); os.close(1); os.close(2)
    time.sleep(1000)
print('left', flush=True)`;
    const look = `
import builtins, json, numpy, os
print(json.dumps([os.listdir('/tmp'), os.listdir('/dev/shm'), 'MINE' in os.environ, hasattr(builtins, 'mine'), hasattr(numpy, 'mine'), len([p for p in os.listdir('/proc') if p.isdigit()])]))`;
    const before = engine.taken();
    let first: string[] = [];
    const whileUp = async (): Promise<void> => {
      first = (await containersOf(process.pid)).map(({ Id }) => Id);
    };
    await run(leave, { whileUp });
    expect(first.length).toBe(2);
    const seen = await run(look);
    expect(seen.probe.stderr.toString()).toBe('');
    expect(JSON.parse(seen.probe.stdout.toString())).toEqual([[], [], false, false, false, 3]);
    expect(engine.taken() - before).toBe(2);
    expect((await containersOf(process.pid)).filter(({ Id }) => first.includes(Id))).toEqual([]);
  });

  it.each<[string, RunLimits]>([
    ['it was made for', defaultRunLimits],
    ['of another run', { ...defaultRunLimits, memoryBytes: 768 * MiB, pids: 64, cpus: 0.5 }],
    ['of a course', courseRunLimits],
  ])('has the limits %s, by the engine’s own books', async (_, limits) => {
    const before = engine.taken();
    engine.ahead.want(defaultRunLimits);
    await engine.ahead.filled();
    const seen: object[] = [];
    await run('import time; time.sleep(60)', {
      limits,
      whileUp: async () => {
        for (const { Id } of await containersOf(process.pid)) {
          const { HostConfig: held } = await engine.docker.getContainer(Id).inspect();
          const { Memory, MemorySwap, PidsLimit, NanoCpus, ReadonlyRootfs, NetworkMode, CapDrop, Tmpfs } = held;
          const tmp = (Tmpfs as Record<string, string>)['/tmp'];
          seen.push({ Memory, MemorySwap, PidsLimit, NanoCpus, ReadonlyRootfs, NetworkMode, CapDrop, tmp });
        }
      },
    });
    const expected = {
      Memory: limits.memoryBytes,
      MemorySwap: limits.memoryBytes,
      PidsLimit: limits.pids,
      NanoCpus: limits.cpus * 1e9,
      ReadonlyRootfs: true,
      NetworkMode: 'none',
      CapDrop: ['ALL'],
      tmp: expect.stringContaining(`size=${limits.tmpBytes},`) as string,
    };
    expect(seen).toEqual([expected, expected]);
    expect(engine.taken() - before).toBe(1);
  });

  it('has the data files of its own run only', async () => {
    const list = 'import os; print(sorted(os.listdir("/job/data")), os.access("/job/data", os.W_OK))';
    const rows = { path: 'rows.csv', bytes: Buffer.from('a\n1\n') };
    expect((await run(list, { data: [rows] })).probe.stdout.toString()).toBe("['rows.csv'] False\n");
    expect((await run(list)).probe.stdout.toString()).toBe('[] False\n');
  });

  it('begins the run’s clock when it is taken', async () => {
    await engine.ahead.filled();
    const before = Date.now();
    const end = await run('pass', { oracle: 'pass' });
    expect(end.startedAt.getTime()).toBeGreaterThanOrEqual(before);
  });

  it('reports used up memory as a cold one does, and the run’s own exit code', async () => {
    const hog = 'hold = []\nwhile True: hold.append(bytearray(b"x") * (4 << 20))';
    const end = await run(hog, { limits: { memoryBytes: 300 * MiB }, oracle: 'import sys; sys.exit(7)' });
    expect(end.oracle).toMatchObject({ exitCode: 7, outOfMemory: false });
    const full = await run(hog, { limits: { memoryBytes: 300 * MiB } });
    expect(full.probe).toMatchObject({ exitCode: 137, outOfMemory: true });
  });

  it('is thrown away unseen when one of its containers has died', async () => {
    await engine.ahead.filled();
    const [one] = await containersOf(process.pid);
    const before = engine.taken();
    await engine.docker.getContainer(one?.Id ?? '').kill();
    await expect.poll(() => engine.ahead.waiting).toBe(0);
    const end = await run('print("ran")');
    expect(end.probe.stdout.toString()).toBe('ran\n');
    expect(engine.taken() - before).toBe(1);
    await expect.poll(async () => (await containersOf(process.pid)).map(({ Id }) => Id)).not.toContain(one?.Id);
  });

  it('is thrown away when it has waited too long', async () => {
    await engine.ahead.filled();
    const old = (await containersOf(process.pid)).map(({ Id }) => Id);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 25 * minute });
    const end = await run('print("ran")');
    expect(end.probe.stdout.toString()).toBe('ran\n');
    vi.useRealTimers();
    const stillThere = async (): Promise<string[]> =>
      (await containersOf(process.pid)).map(({ Id }) => Id).filter((id) => old.includes(id));
    await expect.poll(stillThere).toEqual([]);
  });
});

describe.skipIf(!works)('the pool of pairs started ahead', () => {
  let docker: TestDocker;
  beforeAll(async () => {
    docker = await startDocker();
  });
  afterAll(() => docker.stop());

  it('runs the harness’s own programs only', async () => {
    const engine = await openDocker(docker.config, undefined, { quietMs: 2 ** 30 });
    try {
      await engine.ahead?.filled();
      expect(engine.ahead?.waiting).toBe(1);
      for (const argv of [['python3', '-I', '-c', 'pass'], ['python3', '-I', '/tmp/oracle.py'], ['true']]) {
        const pair = { oracleArgv: argv, probeArgv: argv, limits: defaultRunLimits, data: [] };
        const watch = { oracleStdin: Buffer.alloc(0), probeStdin: Buffer.alloc(0), oracleStdoutBytes: MiB };
        await runPair(engine, pair, { ...watch, wallMs: 30_000 });
        expect(engine.ahead?.waiting).toBe(1);
      }
      const report = await gradeNotebook(engine, request([right, rightToo]));
      expect(report).toMatchObject({ outcome: 'completed', points: 10 });
      expect(engine.ahead?.waiting).toBe(0);
    } finally {
      await engine.close();
    }
  });

  it('makes the next pair by itself, of the shape last asked for', async () => {
    const engine = await openDocker(docker.config, undefined, { quietMs: 0, mostShapes: 1 });
    try {
      const cold = await gradeNotebook(engine, { ...request([right, rightToo]) });
      expect(cold).toMatchObject({ outcome: 'completed', points: 10 });
      await expect.poll(() => engine.ahead?.waiting).toBe(1);
      const taken = await gradeNotebook(engine, { ...request([right, rightToo]) });
      expect(taken).toMatchObject({ outcome: 'completed', points: 10 });
      await expect.poll(() => engine.ahead?.waiting).toBe(1);
    } finally {
      await engine.close();
    }
  });

  it('leaves nothing when it is closed while a pair is being made', async () => {
    const engine = await openDocker(docker.config, undefined, { quietMs: 2 ** 30 });
    const making = engine.ahead?.filled().catch(() => undefined);
    await engine.close();
    await making;
    const left = await engine.docker.listContainers({ all: true, filters: { label: [runLabel] } });
    expect(left.filter((container) => container.Labels[ownerLabel]?.includes(` ${process.pid}-`))).toEqual([]);
  });

  it('ends with a worker that is killed, and the next one sweeps it', async () => {
    const settings = JSON.stringify({ config: { ...docker.config, engine: 'docker' }, isAhead: true });
    const script = join(packageFolder, 'test', 'abandoned-run.mjs');
    const worker = spawn(process.execPath, [script, settings], { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(worker, 'close');
    const next = await openDockerCold(docker.config);
    const left = async (): Promise<string[]> =>
      (await next.docker.listContainers({ all: true, filters: { label: [runLabel] } }))
        .filter((container) => container.Labels[ownerLabel]?.includes(` ${worker.pid ?? 0}-`))
        .map((container) => container.State);
    try {
      const [said] = (await once(worker.stdout, 'data')) as [Buffer];
      expect(said.toString()).toBe('waiting\n');
      expect(await left()).toEqual(['running', 'running']);
      worker.kill('SIGKILL');
      await ended;
      await expect.poll(left).toEqual(['exited', 'exited']);
      const sweeper = await openDockerCold(docker.config);
      await sweeper.close();
      expect(await left()).toEqual([]);
    } finally {
      worker.kill('SIGKILL');
      await next.close();
    }
  });
});
