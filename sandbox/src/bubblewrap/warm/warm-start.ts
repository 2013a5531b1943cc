/**
 * The warm start: two nurseries, one per role, and what is around them.
 *
 * An oracle's child and a probe's never come from one process: they would have the same addresses and the same secret of
 * Python's hashes, and what a student reads in the own memory would tell about the oracle's.
 *
 * States: *starting*; *ready* with a generation; *cold*, with the reason, until it is tried again. A generation is replaced
 * after many runs, or when it has grown; the old one ends with its last run. One that is lost is replaced at once: somebody
 * killed it, and what it costs are two runs' imports. When that doesn't help, or none comes up, runs start cold for a minute.
 */
import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MiB, second } from '@nbpulse/schema/wire';
import { Clearing } from '../../clearing.js';
import { EngineFault, type PairRequest, type Role, type SandboxProcess, type StartedPair } from '../../engine.js';
import { ownMark } from '../../owner-mark.js';
import { makeReadableFolder, makeRunFolder } from '../../run-folder.js';
import { nurseryUid, takeUidPair, uidInNursery } from '../../sandbox-uids.js';
import { makeSeam } from '../../seam.js';
import type { Stage } from '../../stage.js';
import {
  coresOf,
  inodesOf,
  processLimits,
  sandboxEnvironment,
  sharedMemoryBytes,
  sharedMemoryInodes,
} from '../argv.js';
import type { ControlGroups } from '../control-groups.js';
import type { RootFolders } from '../root-folders.js';
import { inheritableFds } from '../inheritable-fds.js';
import { openDoor, type Door } from './door.js';
import { Nursery, type ForkOrder } from './nursery.js';
import { startWarmSandbox } from './warm-sandbox.js';

export interface WarmHost {
  bwrap: string;
  root: RootFolders;
  stage: Stage;
  groups?: ControlGroups;
}

interface Generation {
  nurseries: Readonly<Record<Role, Nursery>>;
  door: Door;
  folder: string;
  /** What both held when they were ready. */
  ownBytes: number;
  runs: number;
  active: number;
  isRetired: boolean;
  close(): Promise<void>;
}

type State =
  | { kind: 'starting'; generation: Promise<Generation | undefined> }
  | { kind: 'ready'; generation: Generation }
  | { kind: 'cold'; why: string; againAt: number };

const tryAgainMs = 60 * second;
/** Generations that may be lost without a whole run in between. */
const mostLosses = 3;

/** When a generation is replaced. Each run leaves it a little memory; what it holds, every later fork copies the tables of. */
export interface Renewal {
  afterRuns: number;
  afterGrowthBytes: number;
  /** In runs. */
  lookEvery: number;
}

const usualRenewal: Renewal = { afterRuns: 1_000, afterGrowthBytes: 64 * MiB, lookEvery: 50 };

/** Of a nursery itself, while it imports: what it becomes counts for the runs' own groups. */
const nurseryLimits = { memoryBytes: 2_048 * MiB, pids: 1_024, cpus: 4 };

export class WarmStart {
  readonly #host: WarmHost;
  readonly #when: Renewal;
  readonly #closing = new AbortController();
  readonly #open = new Set<Generation>();
  #state: State;
  /** Generations lost since the last whole run. */
  #losses = 0;
  /** A successor under way. */
  #renewal: Promise<void> | undefined;

  constructor(host: WarmHost, when: Renewal = usualRenewal) {
    this.#host = host;
    this.#when = when;
    this.#state = this.#begin();
  }

  /** For logs: `warm start`, or why not. */
  get description(): string {
    switch (this.#state.kind) {
      case 'starting':
        return 'warming up';
      case 'ready':
        return 'warm start';
      case 'cold':
        return `cold start: ${this.#state.why}`;
      default:
        return this.#state satisfies never;
    }
  }

  /** Waits until it is known. @returns why runs start cold; undefined when they start warm. */
  async whyCold(): Promise<string | undefined> {
    await this.#generation();
    return this.#state.kind === 'cold' ? this.#state.why : undefined;
  }

  /**
   * @returns undefined where this pair must start cold: another program than the harness's, or no nursery. Whatever
   * fails here is no fault of the run's.
   */
  async start(request: PairRequest): Promise<StartedPair | undefined> {
    if (!isForNursery(request.oracleArgv) || !isForNursery(request.probeArgv)) return undefined;
    const startedAt = new Date();
    const generation = await this.#generation();
    if (!generation) return undefined;
    generation.runs += 1;
    generation.active += 1;
    if (generation.runs % this.#when.lookEvery === 0) void this.#renewWhenOld(generation);
    const clearing = new Clearing();
    clearing.add(() => this.#leave(generation));
    try {
      const { oracle, probe } = await startBoth(this.#host, generation, request, clearing);
      const release = (): Promise<void> => {
        if (!generation.isRetired) this.#losses = 0;
        return clearing.clear();
      };
      return { oracle, probe, startedAt, release };
    } catch (error) {
      await clearing.clear();
      if (!(error instanceof EngineFault)) throw error;
      await this.#giveUp(generation, error.message);
      return undefined;
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    if (this.#state.kind === 'starting') await this.#state.generation;
    await this.#renewal;
    for (const generation of [...this.#open]) await generation.close();
  }

  async #generation(): Promise<Generation | undefined> {
    if (this.#state.kind === 'cold' && Date.now() >= this.#state.againAt && !this.#closing.signal.aborted) {
      this.#state = this.#begin();
    }
    if (this.#state.kind === 'starting') await this.#state.generation;
    return this.#state.kind === 'ready' ? this.#state.generation : undefined;
  }

  #begin(): State {
    const generation = this.#openGeneration().then(
      (opened) => {
        this.#state = { kind: 'ready', generation: opened };
        return opened;
      },
      (error: unknown) => {
        this.#goCold(error instanceof Error ? error.message : String(error));
        return undefined;
      },
    );
    return { kind: 'starting', generation };
  }

  #goCold(why: string): void {
    this.#state = { kind: 'cold', why, againAt: Date.now() + tryAgainMs };
  }

  /** A nursery that failed once is not asked again. */
  async #giveUp(generation: Generation, why: string): Promise<void> {
    if (this.#state.kind === 'ready' && this.#state.generation === generation) {
      this.#losses += 1;
      const isReplaced = this.#losses <= mostLosses && !this.#closing.signal.aborted;
      if (isReplaced) this.#state = this.#begin();
      else this.#goCold(why);
    }
    generation.isRetired = true;
    if (generation.active === 0) await generation.close();
  }

  async #leave(generation: Generation): Promise<void> {
    generation.active -= 1;
    if (generation.isRetired && generation.active === 0) await generation.close();
  }

  async #openGeneration(): Promise<Generation> {
    const generation = await openGeneration(this.#host, this.#closing.signal, (closed) => this.#open.delete(closed));
    this.#open.add(generation);
    for (const nursery of Object.values(generation.nurseries)) {
      void nursery.gone.then((why) => {
        if (!generation.isRetired) return this.#giveUp(generation, why);
      });
    }
    return generation;
  }

  async #renewWhenOld(old: Generation): Promise<void> {
    const grownBytes = (await ownBytes(old.nurseries)) - old.ownBytes;
    const { afterRuns, afterGrowthBytes } = this.#when;
    if ((old.runs < afterRuns && grownBytes < afterGrowthBytes) || this.#renewal || old.isRetired) return;
    this.#renewal = this.#openGeneration()
      .then(async (next) => {
        this.#state = { kind: 'ready', generation: next };
        old.isRetired = true;
        if (old.active === 0) await old.close();
      })
      // The old one goes on, and is looked at again.
      .catch(() => undefined)
      .finally(() => (this.#renewal = undefined));
    await this.#renewal;
  }
}

/** What a nursery's child can run: a fresh interpreter's `python3 -I FILE` of the harness, or `python3 -I -c CODE`. */
function isForNursery([program, isolated, what, ...rest]: readonly string[]): boolean {
  if (program !== 'python3' || isolated !== '-I' || what === undefined) return false;
  return what === '-c' ? rest.length > 0 : /^\/harness\/\w+\.py$/.test(what);
}

async function openGeneration(
  host: WarmHost,
  signal: AbortSignal,
  onClosed: (generation: Generation) => void,
): Promise<Generation> {
  const clearing = new Clearing();
  try {
    const isRoot = process.getuid?.() === 0;
    const folder = await mkdtemp(join(tmpdir(), `nbpulse-nursery-${await ownMark()}-`));
    clearing.add(() => rm(folder, { recursive: true, force: true }));
    for (const name of ['runs', 'empty']) await makeReadableFolder(join(folder, name));
    const door = await openDoor(join(folder, 'door'));
    clearing.add(() => door.close());
    await chmod(join(folder, 'door'), 0o666);
    const bridge = await makeSeam(folder);
    clearing.add(() => bridge.letGo());
    // Nobody else on this host may knock.
    await chmod(folder, 0o700);
    if (isRoot) await chown(folder, nurseryUid, nurseryUid);
    const strayFds = await inheritableFds();
    const openOne = async (role: Role): Promise<Nursery> => {
      const group = await host.groups?.make(nurseryLimits);
      if (group) clearing.add(() => group.remove());
      const command = {
        role,
        bwrap: host.bwrap,
        root: host.root,
        harnessPath: host.stage.harnessPath,
        folder,
        uid: isRoot ? nurseryUid : undefined,
        procsPaths: group?.procsPaths ?? [],
        strayFds,
        isNice: !host.groups,
      };
      const nursery = await Nursery.open(
        command,
        role === 'oracle' ? bridge.oracleEnd : bridge.probeEnd,
        group,
        signal,
      );
      clearing.add(async () => {
        nursery.kill();
        await nursery.gone;
      });
      return nursery;
    };
    const opened = await Promise.allSettled([openOne('oracle'), openOne('probe')]);
    bridge.letGo();
    const [oracle, probe] = opened;
    if (oracle.status === 'rejected') throw oracle.reason;
    if (probe.status === 'rejected') throw probe.reason;
    const nurseries = { oracle: oracle.value, probe: probe.value };
    let closed: Promise<void> | undefined;
    const generation: Generation = {
      nurseries,
      door,
      folder,
      ownBytes: await ownBytes(nurseries),
      runs: 0,
      active: 0,
      isRetired: false,
      close: () => {
        generation.isRetired = true;
        closed ??= clearing.clear().finally(() => onClosed(generation));
        return closed;
      },
    };
    return generation;
  } catch (error) {
    await clearing.clear();
    throw error;
  }
}

async function startBoth(
  host: WarmHost,
  generation: Generation,
  request: PairRequest,
  clearing: Clearing,
): Promise<Record<Role, SandboxProcess>> {
  const { limits } = request;
  const run = randomBytes(16).toString('hex');
  const folder = await makeRunFolder(request.data, join(generation.folder, 'runs', run));
  clearing.add(() => folder.remove());
  const uids = process.getuid?.() === 0 ? takeUidPair() : undefined;
  if (uids) clearing.add(() => uids.giveBack());
  const cores = coresOf(limits);
  const order = (role: Role): ForkOrder => ({
    run,
    uid: uids ? uidInNursery(uids[role]) : 0,
    argv: role === 'oracle' ? request.oracleArgv : request.probeArgv,
    // bwrap adds the folder in which it starts a program.
    environment: { ...sandboxEnvironment(host.root, cores), PWD: '/tmp' },
    tmpBytes: limits.tmpBytes,
    tmpInodes: inodesOf(limits.tmpBytes),
    shmBytes: sharedMemoryBytes,
    shmInodes: sharedMemoryInodes,
    cores,
    processLimits: host.groups ? null : { ...processLimits(limits), processes: limits.pids },
  });
  const groups = await Promise.all([host.groups?.make(limits), host.groups?.make(limits)]);
  for (const group of groups) if (group) clearing.add(() => group.remove());
  const startOne = (role: Role): Promise<SandboxProcess> => {
    const group = groups[role === 'oracle' ? 0 : 1];
    const { door } = generation;
    const sampled = group ? undefined : limits;
    return startWarmSandbox({ nursery: generation.nurseries[role], role, order: order(role), door, group, sampled });
  };
  const [oracle, probe] = await Promise.allSettled([startOne('oracle'), startOne('probe')]);
  for (const started of [oracle, probe]) {
    if (started.status === 'fulfilled') {
      clearing.add(async () => {
        started.value.kill();
        await started.value.exited.catch(() => undefined);
      });
    }
  }
  if (oracle.status === 'rejected') throw oracle.reason;
  if (probe.status === 'rejected') throw probe.reason;
  return { oracle: oracle.value, probe: probe.value };
}

async function ownBytes(nurseries: Readonly<Record<Role, Nursery>>): Promise<number> {
  const [oracle, probe] = await Promise.all([nurseries.oracle.ownBytes(), nurseries.probe.ownBytes()]);
  return oracle + probe;
}
