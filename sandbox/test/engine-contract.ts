/**
 * What every engine must hold, tried with small hostile programs. `engineContract` is run once per engine and tier by
 * the files beside this one; the corpus in `hostile/` then attacks through the harness, as a student would.
 *
 * It is long because the contract is one list: an engine is right only when all of it holds.
 */
import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultRunLimits, MiB, type RunLimits } from '@nbpulse/schema/wire';
import type { DataFile, Engine } from '../src/engine.js';
import { runPair, type PairEnd, type PairWatch } from '../src/run-pair.js';

/** Waits on the seam until the probe is gone, so that the probe's end is its own. */
const waitForProbe = `
import os, socket, time
fd = os.environ.get('NBPULSE_SEAM_FD')
if fd:
    seam = socket.socket(fileno=int(fd))
else:
    path = os.environ['NBPULSE_SEAM_SOCKET']
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    os.chmod(path, 0o666)
    listener.listen(1)
    seam, _ = listener.accept()
while seam.recv(65536):
    pass
`;

/** How any probe begins: the filter, where the engine leaves loading it to the program, and the seam. */
const beginProbe = `
import base64, ctypes, os, socket, sys, time
program = os.environ.get('NBPULSE_SECCOMP_B64')
if program:
    class Filter(ctypes.Structure):
        _fields_ = [('len', ctypes.c_ushort), ('filter', ctypes.c_char_p)]
    code = base64.b64decode(program)
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.prctl(38, 1, 0, 0, 0) == 0
    assert libc.prctl(22, 2, ctypes.byref(Filter(len(code) // 8, code))) == 0
fd = os.environ.get('NBPULSE_SEAM_FD')
if fd:
    seam = socket.socket(fileno=int(fd))
else:
    seam = socket.socket(socket.AF_UNIX)
    while True:
        try:
            seam.connect(os.environ['NBPULSE_SEAM_SOCKET'])
            break
        except OSError:
            time.sleep(0.01)
`;

export interface ContractOptions {
  name: string;
  open(): Promise<Engine>;
  tier: 'A' | 'B';
  /** A tmpfs limited in inodes, not only in size. */
  limitsInodes: boolean;
  /** What else of this engine must be gone at the end: containers, control groups. */
  leftovers(): Promise<string[]>;
}

export function engineContract(options: ContractOptions): void {
  describe(`${options.name}, tier ${options.tier}`, () => {
    let engine: Engine;
    let listener: Server;
    let contacts = 0;

    beforeAll(async () => {
      engine = await options.open();
      listener = createServer((socket) => {
        contacts += 1;
        socket.destroy();
      });
      await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    });

    afterAll(async () => {
      await engine.close();
      await new Promise((resolve) => listener.close(resolve));
      expect(contacts).toBe(0);
      expect(await processesOfSandboxes()).toEqual([]);
      expect(await runFolders()).toEqual([]);
      expect(await options.leftovers()).toEqual([]);
    });

    interface Trial extends Partial<PairWatch> {
      limits?: Partial<RunLimits>;
      oracle?: string;
      data?: DataFile[];
    }

    async function pair(probe: string, trial: Trial = {}): Promise<PairEnd> {
      const { limits, oracle = waitForProbe, data = [], ...watch } = trial;
      return runPair(
        engine,
        {
          oracleArgv: ['python3', '-I', '-c', `#${mark}-oracle\n${oracle}`],
          probeArgv: ['python3', '-I', '-c', `#${mark}-probe\n${probe}`],
          limits: { ...defaultRunLimits, ...limits },
          data,
        },
        {
          oracleStdin: Buffer.alloc(0),
          probeStdin: Buffer.alloc(0),
          oracleStdoutBytes: MiB,
          wallMs: 20_000,
          ...watch,
        },
      );
    }

    /** What a probe printed, as JSON. */
    async function probe(code: string, trial: Trial = {}): Promise<unknown> {
      const end = await pair(beginProbe + code, trial);
      expect(end.probe.stderr.toString()).toBe('');
      return JSON.parse(end.probe.stdout.toString());
    }

    it('says which tier it holds', () => {
      expect(engine.tier).toBe(options.tier);
    });

    it('feeds both, connects them by the seam, and returns what each printed', async () => {
      const oracle = `${waitForProbe.replace('while seam.recv(65536):\n    pass', '')}
import sys
seam.sendall(b'question')
answer = seam.recv(100)
print(sys.stdin.read(), answer.decode())
`;
      const end = await pair(`${beginProbe}\nseam.sendall(seam.recv(100) + b' answered'); print(sys.stdin.read())`, {
        oracle,
        oracleStdin: Buffer.from('for the oracle'),
        probeStdin: Buffer.from('for the probe'),
      });
      expect(end.oracle.stdout.toString()).toBe('for the oracle question answered\n');
      expect(end.probe.stdout.toString()).toBe('for the probe\n');
      expect(end.cause).toBe('finished');
      expect(end.oracle.exitCode).toBe(0);
    });

    it('takes a megabyte on stdin', async () => {
      const length = await probe(`print(len(sys.stdin.buffer.read()))`, { probeStdin: Buffer.alloc(3 * MiB, 'x') });
      expect(length).toBe(3 * MiB);
    });

    it('lets the oracle see that the probe has died', async () => {
      const end = await pair(`${beginProbe}\nos.kill(os.getpid(), 9)`);
      expect(end.cause).toBe('finished');
      expect(end.probe.exitCode).toBe(137);
      expect(end.probe.outOfMemory).toBe(false);
    });

    it('ends the probe when the oracle is done', async () => {
      const end = await pair(`${beginProbe}\ntime.sleep(3_600)`, { oracle: 'print("done")' });
      expect(end.cause).toBe('finished');
      expect(end.oracle.stdout.toString()).toBe('done\n');
    });

    it('ends both when the time is up', async () => {
      const end = await pair(`${beginProbe}\ntime.sleep(3_600)`, { wallMs: 1_500 });
      expect(end.cause).toBe('wall-clock');
      expect(end.durationMs).toBeGreaterThanOrEqual(1_490);
    });

    it('ends both when the caller gives up', async () => {
      const giveUp = new AbortController();
      const end = await pair(`${beginProbe}\ntime.sleep(60)`, {
        oracle: `print("here", flush=True)\n${waitForProbe}`,
        signal: giveUp.signal,
        onOracleStdout: () => giveUp.abort(),
      });
      expect(end.cause).toBe('aborted');
    });

    it('is nobody that the host knows: not root, and oracle and probe are two where we can choose', async () => {
      const seen: HostProcess[] = [];
      const finished = new AbortController();
      await pair(`${beginProbe}\nseam.sendall(b'up'); time.sleep(60)`, {
        oracle: `${waitForProbe.replace('while seam.recv(65536):\n    pass', 'seam.recv(2)')}\nprint('both are up', flush=True); time.sleep(60)`,
        signal: finished.signal,
        onOracleStdout: () => {
          void processesOfSandboxes()
            .then((processes) => seen.push(...processes))
            .finally(() => finished.abort());
        },
      });
      const uidsOf = (role: string): Set<number> =>
        new Set(seen.filter((process) => process.role === role).map((process) => process.uid));
      const [oracleUids, probeUids] = [uidsOf('oracle'), uidsOf('probe')];
      expect(probeUids.size).toBe(1);
      expect(oracleUids.size).toBe(1);
      if (process.getuid?.() !== 0) return;
      expect([...oracleUids, ...probeUids]).not.toContain(0);
      expect([...oracleUids]).not.toEqual([...probeUids]);
    });

    it('holds no capability and can gain none', async () => {
      const status = (await probe(
        `import json; print(json.dumps(dict(l.split(':', 1) for l in open('/proc/self/status').read().splitlines())))`,
      )) as Record<string, string>;
      for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb']) expect(status[set]?.trim()).toMatch(/^0+$/);
      expect(status['NoNewPrivs']?.trim()).toBe('1');
      expect(status['Seccomp']?.trim()).toBe('2');
    });

    it('reaches no network: not the host’s loopback, nor AF_VSOCK', async () => {
      const address = listener.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      const outcome = await probe(`
import json
def attempt(make):
    try:
        make()
        return 'reached'
    except OSError as error:
        return error.errno
def tcp():
    s = socket.socket(); s.settimeout(2); s.connect(('127.0.0.1', ${port}))
print(json.dumps([attempt(tcp), attempt(lambda: socket.socket(40, socket.SOCK_STREAM)), attempt(lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)), os.listdir('/sys/class/net') if os.path.isdir('/sys/class/net') else []]))`);
      expect(outcome).toEqual([97, 97, 97, []]);
    });

    it('denies what leads out of a sandbox: namespaces, io_uring, ptrace, keys, mounts', async () => {
      const outcome = await probe(`
import ctypes, json
libc = ctypes.CDLL(None, use_errno=True)
numbers = {'x86_64': dict(unshare=272, io_uring_setup=425, ptrace=101, keyctl=250, mount=165, bpf=321, userfaultfd=323, clone3=435)}[os.uname().machine]
result = {}
for name, number in numbers.items():
    ctypes.set_errno(0)
    libc.syscall(number, 0x10000000, 0, 0, 0, 0)
    result[name] = ctypes.get_errno()
print(json.dumps(result))`);
      expect(outcome).toEqual({
        unshare: 1,
        io_uring_setup: 1,
        ptrace: 1,
        keyctl: 1,
        mount: 1,
        bpf: 1,
        userfaultfd: 1,
        clone3: 38,
      });
    });

    it('still lets threads and subprocesses work under the filter', async () => {
      const outcome = await probe(`
import json, subprocess, threading
found = []
t = threading.Thread(target=lambda: found.append(1)); t.start(); t.join()
print(json.dumps([found, subprocess.run(['sh', '-c', 'echo hello'], capture_output=True, text=True).stdout]))`);
      expect(outcome).toEqual([[1], 'hello\n']);
    });

    it('sees no process but its own', async () => {
      const pids = await probe(`import json; print(json.dumps([p for p in os.listdir('/proc') if p.isdigit()]))`);
      expect((pids as string[]).length).toBeLessThanOrEqual(3);
    });

    it('gets nothing of the worker’s environment and descriptors', async () => {
      process.env['NBPULSE_CANARY_SECRET'] = 'do not leak';
      const [environment, descriptors] = (await probe(
        `import json; print(json.dumps([dict(os.environ), sorted(int(f) for f in os.listdir('/proc/self/fd'))]))`,
      )) as [Record<string, string>, number[]];
      delete process.env['NBPULSE_CANARY_SECRET'];
      expect(JSON.stringify(environment)).not.toContain('do not leak');
      const allowed =
        /^(PATH|HOME|TMPDIR|LANG|PWD|LC_CTYPE|MPLBACKEND|MPLCONFIGDIR|OPENBLAS_NUM_THREADS|OMP_NUM_THREADS|NBPULSE_SEAM_FD|NBPULSE_SEAM_SOCKET|NBPULSE_SECCOMP_B64|HOSTNAME|SHLVL|_)$/;
      expect(Object.keys(environment).filter((name) => !allowed.test(name))).toEqual([]);
      // 0, 1, 2, the seam, and the one that lists the folder.
      expect(descriptors.length).toBeLessThanOrEqual(5);
    });

    it('writes no core file and opens a limited number of files', async () => {
      const limits = await probe(
        `import json, resource; print(json.dumps([resource.getrlimit(resource.RLIMIT_CORE)[1], resource.getrlimit(resource.RLIMIT_NOFILE)[1]]))`,
      );
      expect(limits).toEqual([0, 1024]);
    });

    it('finds a read-only disk without the host’s files', async () => {
      const outcome = await probe(`
import json
def write(path):
    try:
        open(path, 'w').close()
        return 'written'
    except OSError as error:
        return error.errno
print(json.dumps({
    'writable': [p for p in ['/x', '/etc/x', '/usr/x', '/harness/x', '/job/data/x', '/job/x', '/dev/x', '/env/x', '/proc/sys/kernel/core_pattern', '/usr/local/lib/x'] if write(p) == 'written'],
    'seen': [p for p in ['/root', '/home', '/run/docker.sock', '/etc/shadow', '/mnt', '/opt', '/srv'] if os.access(p, os.R_OK) and (os.path.isfile(p) or os.listdir(p))],
    'sys': os.listdir('/sys') if os.path.isdir('/sys') else [],
    'tmp': write('/tmp/x'),
}))`);
      expect(outcome).toEqual({ writable: [], seen: [], sys: [], tmp: 'written' });
    });

    it('has the data files beside it, and only reads them', async () => {
      const outcome = await probe(
        `import json; print(json.dumps([open('/job/data/rows/points.csv').read(), os.access('/job/data/rows', os.W_OK)]))`,
        { data: [{ path: 'rows/points.csv', bytes: Buffer.from('a,b\n1,2\n') }] },
      );
      expect(outcome).toEqual(['a,b\n1,2\n', false]);
    });

    it('shares no writable folder between oracle and probe', async () => {
      const end = await pair(
        `${beginProbe}
open('/tmp/planted', 'w').write('from the probe')
open('/dev/shm/planted', 'w').write('from the probe') if os.path.isdir('/dev/shm') else None
`,
        { oracle: `${waitForProbe}\nprint(os.path.exists('/tmp/planted'), os.path.exists('/dev/shm/planted'))` },
      );
      expect(end.probe.stderr.toString()).toBe('');
      expect(end.oracle.stdout.toString()).toBe('False False\n');
    });

    it('stops a fork bomb at the number of processes', async () => {
      const forks = await probe(
        `
count = 0
try:
    while count < 1000:
        if os.fork() == 0:
            time.sleep(30)
            os._exit(0)
        count += 1
except OSError:
    pass
print(count)`,
        { limits: { pids: 40 } },
      );
      expect(forks).toBeGreaterThan(10);
      expect(forks).toBeLessThanOrEqual(40);
    });

    it('kills a process that uses more memory than allowed, and says that this was why', async () => {
      const end = await pair(
        `${beginProbe}\nhold = []\nwhile True:\n    hold.append(bytearray(b'x') * (4 << 20))\n    ${options.tier === 'B' ? 'time.sleep(0.01)' : 'pass'}`,
        { limits: { memoryBytes: 128 * MiB } },
      );
      expect(end.probe.outOfMemory).toBe(true);
      expect(end.probe.exitCode).toBe(137);
      expect(end.oracle.outOfMemory).toBe(false);
      expect(end.cause).toBe('finished');
    });

    it('counts memory over all processes together', async () => {
      const end = await pair(
        `${beginProbe}
for _ in range(6):
    if os.fork() == 0:
        hold = []
        while len(hold) < 14:
            hold.append(bytearray(b'x') * (4 << 20)); time.sleep(0.02)
        time.sleep(30)
        os._exit(0)
deadline = time.time() + 10
alive = 6
while alive == 6 and time.time() < deadline:
    pid, status = os.waitpid(-1, os.WNOHANG)
    alive -= pid != 0
    time.sleep(0.05)
`,
        { limits: { memoryBytes: 128 * MiB } },
      );
      expect(end.probe.outOfMemory).toBe(true);
    });

    it('reports the peak of an honest run', async () => {
      const end = await pair(`${beginProbe}\nhold = bytearray(b'x') * (40 << 20)\ntime.sleep(2)`);
      expect(end.probe.outOfMemory).toBe(false);
      expect(end.probe.peakMemoryBytes).toBeGreaterThan(40 * MiB);
    });

    it('limits the temporary folder and the shared memory', async () => {
      const [tmp, shm] = (await probe(
        `
import json
def fill(path):
    written = 0
    try:
        with open(path, 'wb', buffering=0) as f:
            while written < 200 << 20:
                written += f.write(b'x' * (1 << 20))
    except OSError:
        pass
    return written
print(json.dumps([fill('/tmp/big'), fill('/dev/shm/big')]))`,
        { limits: { tmpBytes: 16 * MiB } },
      )) as [number, number];
      expect(tmp).toBeGreaterThan(8 * MiB);
      expect(tmp).toBeLessThanOrEqual(16 * MiB);
      expect(shm).toBeLessThanOrEqual(8 * MiB);
    });

    it.runIf(options.limitsInodes)('limits the number of files', async () => {
      const files = await probe(
        `
count = 0
try:
    while count < 50000:
        open(f'/tmp/{count}', 'w').close()
        count += 1
except OSError:
    pass
print(count)`,
        { limits: { tmpBytes: 16 * MiB } },
      );
      expect(files).toBeLessThanOrEqual(1024);
    });

    it('keeps the first megabyte of a flood and ends who goes on', async () => {
      const end = await pair(`${beginProbe}\nwhile True: os.write(1, b'x' * 65536)`, {
        limits: { outputBytes: 65_536 },
      });
      expect(end.probe.stdout.length + end.probe.stderr.length).toBe(65_536);
      expect(end.probe.flooded).toBe(true);
      expect(end.cause).toBe('finished');
    });

    it('ends an oracle that prints without end', async () => {
      const end = await pair(`${beginProbe}\ntime.sleep(60)`, {
        oracle: `import os\nwhile True: os.write(1, b'x' * 65536)`,
        oracleStdoutBytes: 100_000,
      });
      expect(end.cause).toBe('oracle-output');
      expect(end.oracle.stdout.length).toBe(100_000);
    });

    it('outlives no run: a daemon in a session of its own dies with it', async () => {
      const end = await pair(`${beginProbe}
for _ in range(3):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.close(1); os.close(2)
            time.sleep(1000)
        os._exit(0)
`);
      expect(end.cause).toBe('finished');
      expect(await processesOfSandboxes()).toEqual([]);
    });

    it('cannot be left behind by tracing itself and a signal', async () => {
      const end = await pair(
        `${beginProbe}
import ctypes
ctypes.CDLL(None).ptrace(0, 0, 0, 0)
os.kill(os.getpid(), 11)
time.sleep(1000)`,
        { wallMs: 10_000 },
      );
      expect(end.probe.exitCode).toBeGreaterThan(128);
      expect(await processesOfSandboxes()).toEqual([]);
    });

    it('runs two pairs at once without one seeing the other', async () => {
      const code = `import json; print(json.dumps(sorted(os.listdir('/tmp')))); open('/tmp/mine', 'w').close()`;
      expect(await Promise.all([probe(code), probe(code)])).toEqual([[], []]);
    });

    it('reports a program that does not exist as that program’s failure', async () => {
      const end = await runPair(
        engine,
        { oracleArgv: ['no-such-program'], probeArgv: ['true'], limits: defaultRunLimits, data: [] },
        { oracleStdin: Buffer.alloc(0), probeStdin: Buffer.alloc(0), oracleStdoutBytes: MiB, wallMs: 10_000 },
      ).catch((error: unknown) => error);
      if (end instanceof Error) expect(end.message).toMatch(/no-such-program/);
      else expect((end as PairEnd).oracle.exitCode).not.toBe(0);
    });
  });
}

interface HostProcess {
  uid: number;
  role: string;
}

/** Every program of this file carries this in its command line, and so do its forks and what started it. */
const mark = `nbpulse-contract-${process.pid}`;

/** What of our sandboxes the host sees running, zombies left out. */
async function processesOfSandboxes(): Promise<HostProcess[]> {
  const { stdout } = await promisify(execFile)('ps', ['-eo', 'uid=,stat=,args='], { maxBuffer: 16 * MiB });
  return [...stdout.matchAll(new RegExp(`^\\s*(\\d+) +([^Z ]\\S*) +(?!ps ).*#${mark}-(oracle|probe)`, 'gm'))].map(
    ([, uid, , role]) => ({ uid: Number(uid), role: role ?? '' }),
  );
}

async function runFolders(): Promise<string[]> {
  return (await readdir(tmpdir())).filter((name) => name.startsWith(`nbpulse-run-${process.pid}-`));
}
