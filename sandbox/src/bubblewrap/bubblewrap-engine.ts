/**
 * bubblewrap: unprivileged namespaces, 20–40 ms per pair. Nothing to install beyond one small binary.
 *
 * A pair starts *warm*, as two children of parents that have imported what grading needs (`warm/`), or *cold*, as two
 * fresh interpreters: where no warm parent works, and for programs that aren't the harness's.
 *
 * Tier A when control groups are writable (root, or a delegated scope): the kernel limits a sandbox as a whole.
 * Tier B otherwise: limits per process, a sampler for the sum, and one run at a time.
 */
import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { defaultRunLimits } from '@nbpulse/schema/wire';
import { Clearing } from '../clearing.js';
import { EngineFault, type Engine, type PairRequest, type StartedPair } from '../engine.js';
import type { SandboxConfig } from '../environment.js';
import { makeRunFolder, sweepRunFolders } from '../run-folder.js';
import { runPair } from '../run-pair.js';
import { takeUidPair } from '../sandbox-uids.js';
import { makeSeam } from '../seam.js';
import { makeStage, type Stage } from '../stage.js';
import { sandboxArgv, type SandboxCommand } from './argv.js';
import { openControlGroups, type ControlGroups } from './control-groups.js';
import { findBwrap } from './find-bwrap.js';
import { inheritableFds } from './inheritable-fds.js';
import { builtRoot, composedRoot, type RootFolders } from './root-folders.js';
import { startSandbox } from './sandbox-process.js';
import { WarmStart } from './warm/warm-start.js';

export interface BubblewrapEngine extends Engine {
  readonly name: 'bubblewrap';
  readonly bwrapPath: string;
  /** False where the host lets bwrap but not `unshare` make a user namespace: then /tmp has a size limit only. */
  readonly limitsInodes: boolean;
  /** Why runs start in fresh interpreters; undefined when a warm parent makes them. Waits until that is known. */
  whyCold(): Promise<string | undefined>;
}

interface Host {
  bwrap: string;
  root: RootFolders;
  stage: Stage;
  groups?: ControlGroups;
  canLimitInodes: boolean;
  warm?: WarmStart;
}

const namespacesCure = [
  'This host refuses user namespaces to ordinary users. On Ubuntu 24.04 and later:',
  'sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0 (and the same line in /etc/sysctl.d/60-nbpulse.conf);',
  'on older Debian: sudo sysctl -w kernel.unprivileged_userns_clone=1; inside a container, start it with',
  '--security-opt seccomp=unconfined, or grade with Docker: NBPULSE_ENGINE=docker.',
].join(' ');

/**
 * Finds a bwrap and proves with one small sandbox that it works here.
 * @param harnessFolder default: the package's own.
 * @throws EngineFault with the cure.
 */
export async function openBubblewrap(config: SandboxConfig, harnessFolder?: string): Promise<BubblewrapEngine> {
  if (process.platform !== 'linux') throw new EngineFault('bubblewrap needs Linux.', 'Grade with Docker here.');
  if (config.gradingRoot === undefined && config.gradingPython === undefined) {
    const cure = 'Run "npm start" once, it makes one; or set NBPULSE_GRADING_PYTHON to <venv>/bin/python3.';
    throw new EngineFault('No grading environment is configured.', cure);
  }
  await sweepRunFolders();
  const groups = config.cgroups === 'off' ? undefined : await openControlGroups();
  const { gradingPython } = config;
  const stage = await makeStage(harnessFolder, async (path) => {
    const args = ['-I', '-m', 'compileall', '-q', path];
    if (gradingPython !== undefined) await promisify(execFile)(gradingPython, args, { timeout: 20_000 });
  });
  try {
    const root =
      config.gradingRoot === undefined
        ? await composedRoot(config.gradingPython ?? '', stage)
        : builtRoot(config.gradingRoot);
    const refusals: string[] = [];
    for (const found of await findBwrap(config.bwrapPath)) {
      if (!('version' in found)) {
        refusals.push(found.reason);
        continue;
      }
      for (const canLimitInodes of [true, false]) {
        const host: Host = { bwrap: found.path, root, stage, groups, canLimitInodes };
        const engine = bubblewrapEngine(host, `bubblewrap ${found.version} (${found.path}), ${root.description}`);
        const refusal = await tryOut(engine);
        if (refusal === undefined) {
          if (config.warmStart !== 'off') host.warm = new WarmStart(host);
          return engine;
        }
        refusals.push(`${found.path}: ${refusal}`);
        // Another way to make a tmpfs gives it no packages.
        if (/it lacks /.test(refusal)) break;
      }
    }
    throw new EngineFault(`No bubblewrap works here: ${refusals.join('; ')}.`, cureFor(refusals));
  } catch (error) {
    await stage.remove();
    throw error;
  }
}

function cureFor(refusals: readonly string[]): string {
  const all = refusals.join(' ');
  if (/it lacks /.test(all))
    return 'Install it there: uv pip install --python <NBPULSE_GRADING_PYTHON> pytest ipython.';
  if (/Permission denied|execvp|No such file/.test(all) && /python3/.test(all)) {
    return 'The sandbox runs under another user id: the grading environment must be readable by everybody, never below /root.';
  }
  if (/setpriv/.test(all)) return 'Install it: apt-get install util-linux (setpriv gives up root for the sandbox).';
  if (/amespace|uid map|Operation not permitted|unshare/.test(all)) return namespacesCure;
  return 'Install it: apt-get install bubblewrap; or set NBPULSE_BWRAP to a bwrap binary.';
}

const switchedOff = 'the warm start is switched off';

/** What the harness itself imports; a student's missing package is no fault of the environment. */
const neededPackages = ['pytest', 'IPython'];
const lookForPackages = `
import importlib.util, sys
lacking = [name for name in ${JSON.stringify(neededPackages)} if importlib.util.find_spec(name) is None]
sys.exit("it lacks " + ", ".join(lacking) if lacking else 0)
`;

/** @returns why it does not work, or undefined. */
async function tryOut(engine: Engine): Promise<string | undefined> {
  const oracleArgv = ['python3', '-I', '-c', lookForPackages];
  const limits = { ...defaultRunLimits, wallMs: 20_000 };
  try {
    const { oracle } = await runPair(
      engine,
      { oracleArgv, probeArgv: ['sleep', '60'], limits, data: [] },
      { oracleStdin: Buffer.alloc(0), probeStdin: Buffer.alloc(0), oracleStdoutBytes: 1_024, wallMs: limits.wallMs },
    );
    if (oracle.exitCode === 0) return undefined;
    return `python3 of the grading environment: ${oracle.stderr.toString().trim() || `exit code ${oracle.exitCode}`}`;
  } catch (error) {
    if (error instanceof EngineFault) return error.message;
    throw error;
  }
}

function bubblewrapEngine(host: Host, description: string): BubblewrapEngine {
  // Tier B: the end of the line of runs.
  let lastRun: Promise<void> = Promise.resolve();

  const start = async (request: PairRequest): Promise<StartedPair> => {
    if (host.groups) return startEither(host, request);
    const before = lastRun;
    let done: () => void = () => undefined;
    lastRun = new Promise((resolve) => (done = resolve));
    await before;
    try {
      const pair = await startEither(host, request);
      return { ...pair, release: () => pair.release().finally(done) };
    } catch (error) {
      done();
      throw error;
    }
  };
  return {
    name: 'bubblewrap',
    tier: host.groups ? 'A' : 'B',
    get description() {
      return `${description}, ${host.warm?.description ?? `cold start: ${switchedOff}`}`;
    },
    harnessLoadsFilter: false,
    bwrapPath: host.bwrap,
    limitsInodes: host.canLimitInodes,
    whyCold: async () => (host.warm ? host.warm.whyCold() : switchedOff),
    start,
    close: async () => {
      await host.warm?.close();
      await host.stage.remove();
    },
  };
}

/** Warm where it can be, else cold: the same walls, a second later. */
async function startEither(host: Host, request: PairRequest): Promise<StartedPair> {
  return (await host.warm?.start(request)) ?? startPair(host, request);
}

async function startPair(host: Host, request: PairRequest): Promise<StartedPair> {
  const startedAt = new Date();
  const clearing = new Clearing();
  try {
    const isRoot = process.getuid?.() === 0;
    const folder = await makeRunFolder(request.data);
    clearing.add(() => folder.remove());
    const uids = isRoot ? takeUidPair() : undefined;
    if (uids) clearing.add(() => uids.giveBack());
    const privateFolder = join(folder.path, 'private');
    await mkdir(privateFolder, { mode: 0o700 });
    const seam = await makeSeam(privateFolder);
    clearing.add(() => seam.letGo());
    const strayFds = await inheritableFds();

    const startOne = async (role: 'oracle' | 'probe', argv: readonly string[]) => {
      const group = await host.groups?.make(request.limits);
      if (group) clearing.add(() => group.remove());
      const tmpMountPoint = join(folder.path, `${role}-tmp`);
      const shmMountPoint = join(folder.path, `${role}-shm`);
      for (const path of [tmpMountPoint, shmMountPoint]) await mkdir(path, { mode: 0o755 });
      const command: SandboxCommand = {
        bwrap: host.bwrap,
        root: host.root,
        harnessPath: host.stage.harnessPath,
        dataPath: folder.dataPath,
        tmpMountPoint,
        shmMountPoint,
        limits: request.limits,
        uid: uids?.[role],
        procsPaths: group?.procsPaths ?? [],
        canLimitInodes: host.canLimitInodes,
        perProcessLimits: !group,
        strayFds,
        argv,
      };
      const seamEnd = role === 'oracle' ? seam.oracleEnd : seam.probeEnd;
      return startSandbox({
        argv: sandboxArgv(command),
        seam: seamEnd,
        group,
        sampled: group ? undefined : request.limits,
      });
    };
    const oracle = await startOne('oracle', request.oracleArgv);
    clearing.add(() => stop(oracle));
    const probe = await startOne('probe', request.probeArgv);
    clearing.add(() => stop(probe));
    seam.letGo();
    return { oracle, probe, startedAt, release: () => clearing.clear() };
  } catch (error) {
    await clearing.clear();
    throw error;
  }
}

/** On the way out of a failed start nobody else ends what did start. */
async function stop(sandbox: { kill(): void; exited: Promise<unknown> }): Promise<void> {
  sandbox.kill();
  await sandbox.exited.catch(() => undefined);
}
