/**
 * The doctor's proof: it runs sandboxes of the real engine with programs that try to get out, and looks from the host at
 * what they reached. Network attempts go to a listener on this host's own loopback.
 */
import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { z } from 'zod';
import { defaultRunLimits, MiB, type RunLimits } from '@nbpulse/schema/wire';
import type { Engine } from '../engine.js';
import { memoryWords } from '../judge.js';
import { runPair, type PairEnd } from '../run-pair.js';
import { seccompProgram } from '../seccomp.js';
import type { Check } from './check.js';

/** In Docker the harness loads the filter before student code; here this prelude stands for it. */
const prelude = (engine: Engine): string =>
  engine.harnessLoadsFilter
    ? `import base64, ctypes
class Filter(ctypes.Structure):
    _fields_ = [('len', ctypes.c_ushort), ('filter', ctypes.c_char_p)]
code = base64.b64decode('${seccompProgram().toString('base64')}')
libc = ctypes.CDLL(None)
if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, ctypes.byref(Filter(len(code) // 8, code))):
    raise SystemExit('the filter could not be loaded')
`
    : '';

/** What every engine's fastest start can run, so that the walls are tried from a sandbox as submissions get it. */
const python = (code: string): string[] => ['python3', '-I', '-c', code];

const lookAround = (port: number): string => `
import json, os, socket, sys
def tries(attempt):
    try:
        attempt()
        return True
    except OSError:
        return False
def connect():
    with socket.create_connection(('127.0.0.1', ${port}), timeout=2):
        pass
def writes(path):
    return tries(lambda: open(path, 'w').close())
print(json.dumps({
    'network': tries(connect),
    'vsock': tries(lambda: socket.socket(40, socket.SOCK_STREAM).close()),
    'shadow': tries(lambda: open('/etc/shadow').close()),
    'root': [path for path in ('/nbpulse-was-here', '/usr/nbpulse-was-here', '/etc/nbpulse-was-here', '/harness/x') if writes(path)],
    'kernel': writes('/proc/sys/kernel/core_pattern'),
    'sys': os.path.isdir('/sys') and len(os.listdir('/sys')) > 0,
    'door': os.path.lexists('/tmp/nursery'),
    'processes': sum(name.isdigit() for name in os.listdir('/proc')),
}), flush=True)
sys.stdin.read()
import time
time.sleep(30)
`;

const forkOn = `
import os, time
count = 0
try:
    while count < 2000:
        if os.fork() == 0:
            time.sleep(30)
            os._exit(0)
        count += 1
except OSError:
    pass
print(count)
`;

const holdOn = `
hold = []
while True:
    hold.append(bytearray(b'x') * (4 << 20))
`;

const seen = z.object({
  network: z.boolean(),
  vsock: z.boolean(),
  shadow: z.boolean(),
  root: z.array(z.string()),
  kernel: z.boolean(),
  sys: z.boolean(),
  door: z.boolean(),
  processes: z.int(),
});

/** Takes about a second. Every attempt gives a line. */
export async function breakOut(engine: Engine): Promise<Check[]> {
  return [...(await lookOut(engine)), await forkPastLimit(engine), await takeMemory(engine)];
}

async function trial(
  engine: Engine,
  code: string,
  limits: RunLimits,
  onStdout?: () => Promise<void>,
): Promise<PairEnd> {
  // The oracle's place is taken by the program under trial: the probe only has to be there.
  const giveUp = new AbortController();
  return runPair(
    engine,
    { oracleArgv: python(prelude(engine) + code), probeArgv: python('import time; time.sleep(60)'), limits, data: [] },
    {
      oracleStdin: Buffer.alloc(0),
      probeStdin: Buffer.alloc(0),
      oracleStdoutBytes: MiB,
      wallMs: 30_000,
      signal: giveUp.signal,
      onOracleStdout: () => {
        if (onStdout) void onStdout().finally(() => giveUp.abort());
      },
    },
  );
}

async function lookOut(engine: Engine): Promise<Check[]> {
  let contacts = 0;
  const listener: Server = createServer((socket) => {
    contacts += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  try {
    const address = listener.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const mark = `nbpulse-doctor-${randomBytes(8).toString('hex')}`;
    let outsideUids: number[] = [];
    const end = await trial(engine, `#${mark}\n${lookAround(port)}`, defaultRunLimits, async () => {
      outsideUids = await uidsOf(mark);
    });
    const parsed = seen.safeParse(parseJson(end.oracle.stdout.toString()));
    if (!parsed.success) {
      const said = end.oracle.stderr.toString().trim().split('\n').at(-1) ?? '';
      return [
        { state: 'bad', what: 'the trial sandbox gave no answer', meaning: said || `exit code ${end.oracle.exitCode}` },
      ];
    }
    const found = parsed.data;
    const line = (isOpen: boolean, held: string, open: string): Check =>
      isOpen
        ? {
            state: 'bad',
            what: open,
            meaning: 'student code would get out; do not grade here',
            cure: 'please report this',
          }
        : { state: 'good', what: held };
    return [
      line(
        found.network || found.vsock || contacts > 0,
        'no network: a listener on this host was not reached',
        'the network was reached from inside',
      ),
      line(found.shadow, 'the host’s files are not there (/etc/shadow)', '/etc/shadow of the host was read'),
      line(
        found.root.length > 0 || found.kernel,
        'the disk and the kernel’s settings are read-only',
        `could write ${[...found.root, ...(found.kernel ? ['/proc/sys/kernel/core_pattern'] : [])].join(', ')}`,
      ),
      line(found.processes > 4, 'no other process is visible', `${found.processes} processes are visible`),
      line(found.door, 'no way leads to a warm parent', 'the folder of the warm parent is there'),
      line(found.sys, '/sys is absent or empty', '/sys of the host is visible'),
      outside(outsideUids),
    ];
  } finally {
    await new Promise((resolve) => listener.close(resolve));
  }
}

function outside(uids: readonly number[]): Check {
  if (uids.length === 0) {
    return {
      state: 'note',
      what: 'its processes are not visible from here (another machine or user); uid outside not checked',
    };
  }
  if (uids.includes(0)) {
    return {
      state: 'bad',
      what: 'it runs as root outside',
      meaning: 'a hole in the sandbox would be a hole in the host',
    };
  }
  return { state: 'good', what: `not root outside (uid ${[...new Set(uids)].join(', ')})` };
}

/** Real uids, on this host, of the processes whose command line carries the mark and that have a namespace of their own. */
async function uidsOf(mark: string): Promise<number[]> {
  const found: number[] = [];
  for (const name of await readdir('/proc').catch(() => [])) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    const commandLine = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
    // python3 itself, not the shell and bwrap that started it and carry the same words.
    if (!commandLine.includes(mark) || !/^\S*python3?\0/.test(commandLine)) continue;
    const status = await readFile(`/proc/${name}/status`, 'utf8').catch(() => '');
    const uid = /^Uid:\s+(\d+)/m.exec(status)?.[1];
    if (uid !== undefined) found.push(Number(uid));
  }
  return found;
}

async function forkPastLimit(engine: Engine): Promise<Check> {
  const pids = 64;
  const end = await trial(engine, forkOn, { ...defaultRunLimits, pids });
  const count = Number(end.oracle.stdout.toString().trim());
  // Tier B's sampler may also have ended it, which holds as well.
  const held = end.oracle.exitCode !== 0 || (count > 0 && count <= pids);
  return held
    ? { state: 'good', what: `a fork bomb stops at ${pids} processes` }
    : {
        state: 'bad',
        what: `${count} processes were started where ${pids} are allowed`,
        meaning: 'a fork bomb stops the host',
      };
}

async function takeMemory(engine: Engine): Promise<Check> {
  const memoryBytes = 128 * MiB;
  const end = await trial(engine, holdOn, { ...defaultRunLimits, memoryBytes });
  const isHeld = end.oracle.outOfMemory || /MemoryError/.test(end.oracle.stderr.toString());
  return isHeld
    ? { state: 'good', what: `a program that takes more than ${memoryWords(memoryBytes)} is ended` }
    : {
        state: 'bad',
        what: 'the memory limit does not hold',
        meaning: `exit code ${end.oracle.exitCode}, no limit reported`,
      };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
