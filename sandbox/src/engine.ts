/**
 * What every engine offers: it starts a pair of sandboxes – an oracle and a probe that share nothing but one socket –
 * and clears everything away afterwards. What the programs in them mean is `run.ts`'s affair; how long they may live and
 * how much they may print is `run-pair.ts`'s. An engine knows isolation and limits only.
 */
import type { Readable, Writable } from 'node:stream';
import type { RunLimits, RunReport } from '@nbpulse/schema/wire';

export type EngineName = RunReport['engine'];
export type Tier = RunReport['tier'];
export type Role = 'oracle' | 'probe';

/** A file that both sandboxes find, read-only, below `/job/data`. The path is relative, without `..`. */
export interface DataFile {
  path: string;
  bytes: Uint8Array;
}

export interface PairRequest {
  /** Looked up on the sandbox's PATH, where `python3` is the grading environment's. `/harness` holds the harness. */
  oracleArgv: readonly string[];
  probeArgv: readonly string[];
  limits: RunLimits;
  data: readonly DataFile[];
}

export interface SandboxExit {
  /** 128 + number when a signal ended it, as in a shell. */
  exitCode: number;
  /** The kernel, or the sampler of tier B, killed something in this sandbox because its memory was used up. */
  outOfMemory: boolean;
  peakMemoryBytes?: number;
  /** Somebody on the host ended it, neither we nor anything inside. */
  killedFromOutside?: true;
  /** The host's memory, or what this host gives all of grading, was used up, not the sandbox's own: then also `killedFromOutside`. */
  hostOutOfMemory?: true;
  /** SIGKILL ended its program, and not by us: its own code may have sent it, or somebody on the host. Nothing here can tell. */
  perhapsFromOutside?: true;
}

/** One of the two. States: running; ending (after `kill` or its own exit); ended, when `exited` resolves. */
export interface SandboxProcess {
  stdin: Writable;
  stdout: Readable;
  stderr: Readable;
  /** Resolves when no process of this sandbox is alive and both streams have ended. Rejects with `EngineFault`. */
  exited: Promise<SandboxExit>;
  /** Ends everything in this sandbox, daemons too. May be called twice. */
  kill(): void;
}

export interface StartedPair {
  oracle: SandboxProcess;
  probe: SandboxProcess;
  /** When the engine began to make them; waiting for a free place comes before. */
  startedAt: Date;
  /** Removes folders, control groups, containers. Called once both have ended, also after a fault. */
  release(): Promise<void>;
}

export interface Engine {
  readonly name: EngineName;
  readonly tier: Tier;
  /** One line for logs and doctor: which binary, which environment. */
  readonly description: string;
  /** The engine itself can't load the system call filter before the program starts, so the harness does. */
  readonly harnessLoadsFilter: boolean;
  /** @throws EngineFault when the host cannot start them; nothing is left behind then. */
  start(request: PairRequest): Promise<StartedPair>;
  close(): Promise<void>;
}

/** The host failed, not the student: which part, and what to do about it. */
export class EngineFault extends Error {
  override readonly name = 'EngineFault';
  constructor(
    message: string,
    /** A sentence or a command for the operator. */
    readonly cure?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
