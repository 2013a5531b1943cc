/**
 * What only the warm start could break: that pairs come from one parent. The engine contract, run on it by
 * `bubblewrap.test.ts`, has the walls that both starts share.
 *
 * It is long because it is one list: everything that a child of one parent could have from the parent or a sibling.
 */
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultRunLimits, MiB } from '@nbpulse/schema/wire';
import { openBubblewrap, type BubblewrapEngine } from '../src/bubblewrap/bubblewrap-engine.js';
import { openControlGroups } from '../src/bubblewrap/control-groups.js';
import { findBwrap } from '../src/bubblewrap/find-bwrap.js';
import { composedRoot } from '../src/bubblewrap/root-folders.js';
import { WarmStart } from '../src/bubblewrap/warm/warm-start.js';
import { EngineFault, type DataFile, type Engine, type StartedPair } from '../src/engine.js';
import { runPair, type PairEnd } from '../src/run-pair.js';
import { makeStage, packageFolder } from '../src/stage.js';
import { hasBubblewrap, testConfig } from './available-engines.js';
import { openStarting } from './open-starting.js';

const works = await hasBubblewrap();
const config = testConfig();
const isRoot = process.getuid?.() === 0;

/** Reads its end of the seam until the probe is gone. */
const wait = `
import os, socket
seam = socket.socket(fileno=int(os.environ['NBPULSE_SEAM_FD']))
while seam.recv(65536):
    pass
`;
/** Says so, and stays until it is ended. */
const stay = `
import time
print('up', flush=True)
time.sleep(100)
`;
const python = (code: string): string[] => ['python3', '-I', '-c', code];

interface Trial {
  oracle?: string;
  stdin?: string;
  data?: DataFile[];
}

async function run(engine: Engine, probe: string, trial: Trial = {}): Promise<PairEnd> {
  return runPair(
    engine,
    {
      oracleArgv: python(trial.oracle ?? wait),
      probeArgv: python(probe),
      limits: defaultRunLimits,
      data: trial.data ?? [],
    },
    {
      oracleStdin: Buffer.alloc(0),
      probeStdin: Buffer.from(trial.stdin ?? ''),
      oracleStdoutBytes: MiB,
      wallMs: 60_000,
    },
  );
}

/** What a probe printed, as JSON. */
async function seen(engine: Engine, probe: string, trial: Trial = {}): Promise<unknown> {
  const end = await run(engine, probe, trial);
  expect(end.probe.stderr.toString()).toBe('');
  return JSON.parse(end.probe.stdout.toString());
}

/** Runs the code, and does the work while its sandboxes are still there. */
async function during(
  engine: Engine,
  code: string,
  work: () => Promise<void>,
  data: DataFile[] = [],
): Promise<PairEnd> {
  const over = new AbortController();
  let done: Promise<void> | undefined;
  const end = await runPair(
    engine,
    { oracleArgv: python(`${code}\n${stay}`), probeArgv: python(`${code}\n${stay}`), limits: defaultRunLimits, data },
    {
      oracleStdin: Buffer.alloc(0),
      probeStdin: Buffer.alloc(0),
      oracleStdoutBytes: MiB,
      wallMs: 60_000,
      signal: over.signal,
      onOracleStdout: () => {
        done ??= work().finally(() => over.abort());
        // Awaited below, whatever else went wrong.
        done.catch(() => undefined);
      },
    },
  );
  expect(done).toBeDefined();
  await done;
  expect(end.oracle.stderr.toString() + end.probe.stderr.toString()).toBe('');
  return end;
}

/** The warm parents of this process: role to the host's id. */
async function nurseries(): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const title = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
    const role = /^nbpulse-nursery (\w+)/.exec(title)?.[1];
    const mounts = role === undefined ? '' : await readFile(`/proc/${name}/mountinfo`, 'utf8').catch(() => '');
    if (role !== undefined && mounts.includes(`nbpulse-nursery-${process.pid}-`)) {
      const status = await readFile(`/proc/${name}/status`, 'utf8').catch(() => '');
      // Its children wait under the same name; the parent is process 1 of one namespace less.
      if (/^NSpid:\s+\d+\s+1\s*$/m.test(status)) found.set(role, Number(name));
    }
  }
  return found;
}

function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended a moment ago.
  }
}

const leaveThings = `
import builtins, ctypes, os, random, socket, sys, types
import numpy
open('/tmp/left', 'w').close()
open('/dev/shm/left', 'w').close()
libc = ctypes.CDLL(None, use_errno=True)
assert libc.shmget(0x1eaf, 4096, 0o1666) >= 0
assert libc.semget(0x1eaf, 1, 0o1666) >= 0
left = socket.socket(socket.AF_UNIX)
left.bind('\\0left')
left.listen(1)
os.environ['LEFT'] = 'behind'
builtins.max = lambda *x: 41
numpy.pi = 3
random.random = lambda: 0.5
sys.modules['left'] = types.ModuleType('left')
socket.LEFT = True
if os.fork() == 0:
    os.setsid()
    os.close(1)
    os.close(2)
    import time
    time.sleep(100)
`;
const lookForThem = `
import builtins, ctypes, json, os, random, socket, sys
import numpy
libc = ctypes.CDLL(None, use_errno=True)
def connects():
    try:
        socket.socket(socket.AF_UNIX).connect('\\0left')
        return True
    except OSError:
        return False
print(json.dumps({
    'files': sorted(os.listdir('/tmp') + os.listdir('/dev/shm') + [name for name in os.listdir('/dev/pts') if name != 'ptmx']),
    'shared memory': libc.shmget(0x1eaf, 4096, 0) >= 0,
    'semaphore': libc.semget(0x1eaf, 1, 0) >= 0,
    'socket': connects(),
    'variable': os.environ.get('LEFT'),
    'builtin': max(1, 2),
    'package': numpy.pi > 3.1,
    'function': random.random() != random.random(),
    'module': 'left' in sys.modules or hasattr(socket, 'LEFT'),
    'processes': sorted(int(name) for name in os.listdir('/proc') if name.isdigit()),
}))
`;
const nothing = {
  files: [],
  'shared memory': false,
  semaphore: false,
  socket: false,
  variable: null,
  builtin: 2,
  package: true,
  function: true,
  module: false,
  processes: [1, 2],
};

describe.skipIf(!works)('pairs of one warm parent', () => {
  let engine: BubblewrapEngine;
  beforeAll(async () => {
    engine = await openStarting('warm', config);
  });
  afterAll(() => engine.close());

  it('see nothing of a run that goes on beside them, nor of one that is over', async () => {
    await during(engine, leaveThings, async () => {
      expect(await seen(engine, lookForThem)).toEqual(nothing);
    });
    expect(await seen(engine, lookForThem)).toEqual(nothing);
  });

  it('see their own data files only', async () => {
    const list = `
import json, os
print(json.dumps([os.listdir('/job'), sorted(os.listdir('/job/data')), os.path.exists('/tmp/nursery'), 'theirs' in open('/proc/self/mountinfo').read()]))`;
    const file = (path: string): DataFile => ({ path, bytes: Buffer.from(path) });
    await during(
      engine,
      '',
      async () => {
        expect(await seen(engine, list, { data: [file('mine.csv')] })).toEqual([['data'], ['mine.csv'], false, false]);
      },
      [file('theirs.csv')],
    );
  });

  it('hold nothing of an earlier run in their memory', async () => {
    const secret = 'told-to-the-first';
    const search = `
import json, sys
text = sys.stdin.read()
secret = bytes(reversed(b'${Buffer.from(secret).reverse().toString()}'))
found = read = 0
with open('/proc/self/maps') as maps, open('/proc/self/mem', 'rb', 0) as memory:
    for line in maps.readlines():
        area, rights = line.split()[:2]
        if 'r' not in rights or '[v' in line:
            continue
        start, end = (int(number, 16) for number in area.split('-'))
        memory.seek(start)
        try:
            content = memory.read(end - start)
        except OSError:
            continue
        read += len(content)
        found += content.count(secret)
        del content
print(json.dumps([found >= 20, read > 50_000_000]))`;
    // The searcher holds the word itself a few times; one who was told it, a thousand times.
    expect(await seen(engine, search, { stdin: secret.repeat(1_000) })).toEqual([true, true]);
    expect(await seen(engine, search)).toEqual([false, true]);
  });

  it('find no way to their parent: not its id, its memory, its descriptors, its door', async () => {
    const reach = `
import ctypes, json, os, signal
libc = ctypes.CDLL(None, use_errno=True)
def opens(path, flags=os.O_RDONLY):
    try:
        os.close(os.open(path, flags))
        return True
    except OSError:
        return False
def lists(path):
    try:
        return os.listdir(path)
    except OSError:
        return None
def refused(number, *arguments):
    ctypes.set_errno(0)
    libc.syscall(number, *arguments)
    return ctypes.get_errno()
buffer = ctypes.create_string_buffer(16)
numbers = {'x86_64': (310, 101, 308, 272), 'aarch64': (270, 117, 268, 97)}[os.uname().machine]
vm_read, ptrace, setns, unshare = numbers
for number in (signal.SIGKILL, signal.SIGSTOP, signal.SIGTERM, signal.SIGINT):
    os.kill(1, number)
print(json.dumps({
    'parent': os.getppid(),
    'opened': [name for name in ('mem', 'environ', 'maps', 'auxv', 'stack') if opens(f'/proc/1/{name}')],
    'descriptors': lists('/proc/1/fd'),
    'root': lists('/proc/1/root'),
    'written': [path for path in ('/proc/1/mem', '/proc/1/uid_map', '/proc/1/oom_score_adj', '/proc/sys/kernel/hostname') if opens(path, os.O_WRONLY)],
    'calls': [refused(vm_read, 1, buffer, 1, buffer, 1, 0), refused(ptrace, 16, 1, 0, 0), refused(setns, 0, 0), refused(unshare, 0x10000000)],
    'door': opens('/tmp/nursery') or os.path.lexists('/tmp/nursery'),
    'own': sorted(int(name) for name in os.listdir('/proc/self/fd')),
}))`;
    expect(await seen(engine, reach)).toEqual({
      parent: 1,
      opened: [],
      descriptors: null,
      root: null,
      written: [],
      calls: [1, 1, 1, 1],
      door: false,
      own: [0, 1, 2, 3, 4],
    });
    expect(await engine.whyCold()).toBeUndefined();
  });

  it('find nothing of the parent’s work in the frames below the program', async () => {
    const walk = `
import json, sys
frame, found = sys._getframe(), []
while frame:
    for value in list(frame.f_locals.values()):
        if type(value).__name__ == 'Nursery':
            found.append([*value._children, *value._seams])
    frame = frame.f_back
print(json.dumps([len(found) > 0, sum(found, [])]))`;
    await during(engine, '', async () => {
      expect(await seen(engine, walk)).toEqual([true, []]);
    });
  });

  it('draw random numbers of their own, and oracle and probe hash with different secrets', async () => {
    const draw = `
import json, random, tempfile
import numpy
print(json.dumps([random.random(), numpy.random.rand(), tempfile.mktemp(), hash('a word')]))`;
    const oracle = `${draw}\n${wait}`;
    const ends = [await run(engine, draw, { oracle }), await run(engine, draw, { oracle })];
    const drawn = ends.flatMap((end) =>
      [end.oracle, end.probe].map(({ stdout }) => JSON.parse(stdout.toString()) as unknown[]),
    );
    for (const which of [0, 1, 2]) expect(new Set(drawn.map((one) => one[which])).size).toBe(4);
    expect(drawn[0]?.[3]).not.toBe(drawn[1]?.[3]);
  });

  it('find what a fresh interpreter finds', { timeout: 120_000 }, async () => {
    const look = `
import json, os, resource, signal, sys
status = dict(line.split(':', 1) for line in open('/proc/self/status').read().splitlines())
print(json.dumps({
    'environment': dict(os.environ), 'folder': os.getcwd(), 'arguments': sys.argv[:1], 'path': sys.path,
    'name': __name__, 'main': sys.modules['__main__'].__dict__ is globals(), 'flags': list(sys.flags), 'executable': sys.executable,
    'prefix': sys.prefix, 'streams': [(s.encoding, s.errors, s.line_buffering, s.isatty(), s.fileno()) for s in (sys.stdin, sys.stdout, sys.stderr)],
    'signals': [str(signal.getsignal(number)).split(' at ')[0] for number in range(1, 32)],
    'limits': [resource.getrlimit(number) for number in range(16)], 'ids': [os.getuid(), os.getgid(), os.getgroups(), os.getpid(), os.getppid(), os.getsid(0)],
    'status': {name: status[name].strip() for name in ('Umask', 'SigIgn', 'SigBlk', 'CapEff', 'CapBnd', 'NoNewPrivs', 'Seccomp', 'Threads')},
    'host': os.uname().nodename, 'recursion': sys.getrecursionlimit(), 'cgroup': open('/proc/self/cgroup').read(),
    'mounts': sorted({line.split()[4] for line in open('/proc/self/mountinfo')} - {'/proc/sys', '/proc/bus', '/proc/irq', '/proc/sysrq-trigger'}),
}))`;
    const cold = await openStarting('cold', config);
    try {
      const [fresh, warm] = [await seen(cold, look), await seen(engine, look)] as [Record<string, unknown>, unknown];
      expect(warm).toEqual(fresh);
    } finally {
      await cold.close();
    }
  });

  it('end as a fresh interpreter does', async () => {
    const endings: [string, Partial<Record<'exitCode', number>>, string, string][] = [
      ['print("said")', { exitCode: 0 }, 'said\n', ''],
      ['import sys; sys.exit(7)', { exitCode: 7 }, '', ''],
      ['import sys; sys.exit("a reason")', { exitCode: 1 }, '', 'a reason\n'],
      ['import atexit; atexit.register(print, "last")', { exitCode: 0 }, 'last\n', ''],
      ['import os; os._exit(9)', { exitCode: 9 }, '', ''],
      ['import os, signal; os.kill(os.getpid(), signal.SIGSEGV)', { exitCode: 139 }, '', ''],
      ['import threading as t; t.Thread(target=print, args=("joined",)).start()', { exitCode: 0 }, 'joined\n', ''],
    ];
    for (const [code, exit, stdout, stderr] of endings) {
      const { probe } = await run(engine, code);
      expect([code, probe.exitCode, probe.stdout.toString(), probe.stderr.toString()]).toEqual([
        code,
        exit.exitCode,
        stdout,
        stderr,
      ]);
    }
    const { probe } = await run(engine, 'def f():\n    1 / 0\nf()');
    expect([probe.exitCode, probe.stderr.toString()]).toEqual([
      1,
      'Traceback (most recent call last):\n  File "<string>", line 3, in <module>\n  File "<string>", line 2, in f\nZeroDivisionError: division by zero\n',
    ]);
  });

  it.runIf(isRoot)('are run by a parent that is nobody outside, and by other users than it', async () => {
    const uidOf = async (pid: number): Promise<number> =>
      Number(/^Uid:\s+(\d+)/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]);
    const parents = await nurseries();
    expect([...parents.keys()].sort()).toEqual(['oracle', 'probe']);
    await during(engine, '', async () => {
      for (const pid of parents.values()) {
        const uid = await uidOf(pid);
        expect(uid).not.toBe(0);
        const children = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim().split(' ').map(Number);
        expect(children).toHaveLength(1);
        for (const child of children) expect([0, uid]).not.toContain(await uidOf(child));
      }
    });
  });
});

describe.skipIf(!works)('a sandbox that is ended', () => {
  /** Runs a program that stays; ends it, or lets it end, by what is done with its process 1. */
  async function endedBy(engine: Engine, code: string, act: (init: number, program: number) => void): Promise<PairEnd> {
    const oracleArgv = python(`${wait}print('seen')`);
    const pair = runPair(
      engine,
      { oracleArgv, probeArgv: python(code), limits: defaultRunLimits, data: [] },
      { oracleStdin: Buffer.alloc(0), probeStdin: Buffer.alloc(0), oracleStdoutBytes: MiB, wallMs: 100_000 },
    );
    // The program says by its argument list that it is up: what it prints is known when it has ended.
    const find = async (): Promise<[number, number] | undefined> => {
      for (const name of await readdir('/proc')) {
        if (!/^\d+$/.test(name)) continue;
        const [title, status] = await Promise.all(
          ['cmdline', 'status'].map((file) => readFile(`/proc/${name}/${file}`, 'utf8').catch(() => '')),
        );
        const parent = Number(/^PPid:\s+(\d+)/m.exec(status ?? '')?.[1]);
        if (
          title?.startsWith('python3') &&
          title.includes('mark_of_this_test') &&
          /^NSpid:.*\s2\s*$/m.test(status ?? '')
        )
          return [parent, Number(name)];
      }
      return undefined;
    };
    let found: [number, number] | undefined;
    await expect.poll(async () => (found = await find())).toBeDefined();
    act(...(found ?? [0, 0]));
    return pair;
  }
  const mark = '# mark_of_this_test';

  it.each(['warm', 'cold'] as const)('by somebody on the host is told apart where it can be (%s)', async (start) => {
    const engine = await openStarting(start, config);
    try {
      const init = await endedBy(engine, `${mark}\n${stay}`, (pid) => killNow(pid));
      // bubblewrap only hands on what its process 1 ended with.
      if (start === 'warm') expect(init.probe).toMatchObject({ killedFromOutside: true });
      else expect(init.probe).toMatchObject({ exitCode: 137, perhapsFromOutside: true });
      const program = await endedBy(engine, `${mark}\n${stay}`, (_, pid) => killNow(pid));
      expect(program.probe).toMatchObject({ exitCode: 137, perhapsFromOutside: true });
      expect(program.probe.killedFromOutside).toBeUndefined();
      for (const own of ['import os; os._exit(3)', 'import os, signal; os.kill(os.getpid(), signal.SIGTERM)']) {
        const { probe } = await run(engine, own);
        expect([probe.killedFromOutside, probe.perhapsFromOutside]).toEqual([undefined, undefined]);
      }
      const { probe } = await run(engine, 'import os, signal; os.kill(os.getpid(), signal.SIGKILL)');
      expect(probe).toMatchObject({ exitCode: 137, perhapsFromOutside: true });
      const { probe: hog } = await run(engine, 'x = b"x" * (2 << 30)');
      expect(hog).toMatchObject({ outOfMemory: true });
      expect([hog.killedFromOutside, hog.perhapsFromOutside]).toEqual([undefined, undefined]);
    } finally {
      await engine.close();
    }
  });
});

describe.skipIf(!works)('a warm parent that ends in the middle of a run', () => {
  it.each(['oracle', 'probe'])(
    '(the %s’s) is the host’s fault, leaves nothing, and another takes its place at once',
    async (role) => {
      const engine = await openStarting('warm', config);
      let pair: StartedPair | undefined;
      try {
        const argv = python(stay);
        pair = await engine.start({ oracleArgv: argv, probeArgv: argv, limits: defaultRunLimits, data: [] });
        const lost = await nurseries();
        process.kill(lost.get(role) ?? 0, 'SIGKILL');
        await expect(pair[role as 'oracle' | 'probe'].exited).rejects.toThrow(EngineFault);
        for (const one of [pair.oracle, pair.probe]) one.kill();
        await Promise.allSettled([pair.oracle.exited, pair.probe.exited]);
        await pair.release();
        pair = undefined;
        expect(await engine.whyCold()).toBeUndefined();
        expect((await run(engine, 'print("graded all the same")')).probe.stdout.toString()).toBe(
          'graded all the same\n',
        );
        expect(engine.description).toMatch(/warm start$/);
        const others = await nurseries();
        expect([...others.keys()].sort()).toEqual(['oracle', 'probe']);
        for (const pid of others.values()) expect([...lost.values()]).not.toContain(pid);
      } finally {
        await pair?.release();
        await engine.close();
      }
      expect((await readdir(tmpdir())).filter((name) => name.startsWith(`nbpulse-nursery-${process.pid}-`))).toEqual(
        [],
      );
    },
  );

  it('again and again, without a run in between, is not replaced for ever', async () => {
    const engine = await openBubblewrap(config);
    try {
      const lose = async (): Promise<string | undefined> => {
        const why = await engine.whyCold();
        if (why === undefined) for (const pid of (await nurseries()).values()) killNow(pid);
        return why;
      };
      await expect.poll(lose).toMatch(/The warm parent ended/);
      expect(engine.description).toMatch(/cold start: The warm parent ended/);
      expect((await run(engine, 'print("graded all the same")')).probe.stdout.toString()).toBe('graded all the same\n');
      await expect.poll(async () => (await nurseries()).size).toBe(0);
    } finally {
      await engine.close();
    }
  });
});

describe.skipIf(!works)('an engine without warm parents', () => {
  it('says why, and grades', async () => {
    const harness = await mkdtemp(join(tmpdir(), 'nbpulse-no-nursery-'));
    await cp(join(packageFolder, 'harness'), harness, { recursive: true });
    await rm(join(harness, 'nbpulse_harness', 'warm', 'main.py'));
    const engine = await openBubblewrap(config, harness);
    try {
      expect(await engine.whyCold()).toMatch(/nbpulse_harness.warm.main/);
      expect(engine.description).toContain('cold start');
      expect((await run(engine, 'print("graded all the same")')).probe.stdout.toString()).toBe('graded all the same\n');
    } finally {
      await engine.close();
      await rm(harness, { recursive: true });
    }
  });
});

describe.skipIf(!works || config.gradingPython === undefined)('warm parents', () => {
  it('are renewed after many runs, while a long run goes on below the old ones', async () => {
    const stage = await makeStage();
    const [bwrap] = (await findBwrap(config.bwrapPath)).flatMap((found) => ('version' in found ? [found.path] : []));
    const root = await composedRoot(config.gradingPython ?? '', stage);
    const groups = await openControlGroups();
    const renewal = { afterRuns: 2, afterGrowthBytes: Infinity, lookEvery: 1 };
    const warm = new WarmStart({ bwrap: bwrap ?? 'bwrap', root, stage, groups }, renewal);
    const start = async (code: string): Promise<StartedPair> => {
      const argv = python(code);
      const pair = await warm.start({ oracleArgv: argv, probeArgv: argv, limits: defaultRunLimits, data: [] });
      if (!pair) throw new Error(warm.description);
      return pair;
    };
    try {
      const long = await start(stay);
      const old = await nurseries();
      const short = await start('pass');
      await Promise.all([short.oracle.exited, short.probe.exited]);
      await short.release();
      await expect.poll(async () => (await nurseries()).get('oracle')).not.toBe(old.get('oracle'));
      const isAlive = async (): Promise<boolean> =>
        (await readFile(`/proc/${old.get('oracle') ?? 0}/cmdline`, 'utf8').catch(() => '')).includes('nursery');
      expect(await isAlive()).toBe(true);
      long.oracle.kill();
      long.probe.kill();
      expect((await long.probe.exited).exitCode).toBe(137);
      await long.oracle.exited;
      await long.release();
      await expect.poll(isAlive).toBe(false);
      const next = await start('pass');
      expect((await next.probe.exited).exitCode).toBe(0);
      await next.oracle.exited;
      await next.release();
    } finally {
      await warm.close();
      await stage.remove();
    }
    expect((await nurseries()).size).toBe(0);
  });
});
