/**
 * Two containers that have imported what grading needs and wait for an order on stdin (`harness/waiting.py`).
 *
 * States: *making*; *ready*, when both have said so; *begun* for one run, which then owns them; *gone*, when one of them
 * has ended or it was discarded. It never goes back: what one run has touched, no other gets.
 */
import type { Readable } from 'node:stream';
import { second, type RunLimits } from '@nbpulse/schema/wire';
import { EngineFault, type PairRequest, type Role, type StartedPair } from '../../engine.js';
import { encodeFrame } from '../../frames.js';
import { writeData } from '../../run-folder.js';
import { coresOf, environmentOfCores, lastResortSeconds, updatedLimits } from '../container-options.js';
import { bothOrNeither, createPair, type ContainerPair, type DockerHost } from '../container-pair.js';
import type { SandboxContainer } from '../sandbox-container.js';

/** A program's argument list is written where the waiting one's stood; a longer one is cut in `ps`, nowhere else. */
const titleRoom = 'room'.repeat(256);
const waitingArgv = (role: Role): readonly string[] => ['python3', '-I', '/harness/waiting.py', role, titleRoom];

/** Imports at the lowest priority, on a busy host. */
const readyWithinMs = 120 * second;
/** Two words over a pipe. A pair that can't say them in this time is not waited for. */
const begunWithinMs = 10 * second;

interface Making {
  /** How long it may be there at most, the longest run included. */
  livesMs: number;
  /** Everything else on this host goes first until both are ready. */
  isInBackground: boolean;
  signal: AbortSignal;
}

export class WaitingPair {
  readonly madeAt = Date.now();
  readonly limits: RunLimits;
  readonly label: string;
  readonly #pair: ContainerPair;
  #isGone = false;

  private constructor(pair: ContainerPair, limits: RunLimits) {
    this.#pair = pair;
    this.limits = limits;
    this.label = pair.label;
    for (const { ended } of [pair.oracle, pair.probe]) void ended.then(() => (this.#isGone = true));
  }

  /** @throws EngineFault, also when the signal fires; nothing is left behind then. */
  static async make(host: DockerHost, limits: RunLimits, making: Making): Promise<WaitingPair> {
    const { livesMs, isInBackground, signal } = making;
    const pair = await createPair(host, {
      commands: { oracle: waitingArgv('oracle'), probe: waitingArgv('probe') },
      limits,
      data: [],
      isInBackground,
      livesMs,
    });
    const both = [pair.oracle, pair.probe] as const;
    const end = (): void => both.forEach(({ process }) => process.kill());
    signal.addEventListener('abort', end, { once: true });
    try {
      signal.throwIfAborted();
      await bothOrNeither(pair.oracle.start(), pair.probe.start());
      await eachSays(both, 'ready', readyWithinMs);
      if (isInBackground) {
        await bothOrNeither(pair.oracle.update(updatedLimits(limits)), pair.probe.update(updatedLimits(limits)));
      }
      return new WaitingPair(pair, limits);
    } catch (error) {
      drain(pair);
      await pair.clearing.clear();
      throw error;
    } finally {
      signal.removeEventListener('abort', end);
    }
  }

  /** Whether one of the two has ended. */
  get isGone(): boolean {
    return this.#isGone;
  }

  /**
   * Makes it this run's: its limits, its data files, its two programs. No byte of a student's has reached it when this
   * resolves. @throws when it can't become so; then it must be discarded.
   */
  async begin(request: PairRequest): Promise<StartedPair> {
    const startedAt = new Date();
    const { oracle, probe, dataPath, clearing } = this.#pair;
    const { limits } = request;
    if (!isSameWhenRunning(limits, this.limits)) {
      await bothOrNeither(oracle.update(updatedLimits(limits)), probe.update(updatedLimits(limits)));
    }
    await writeData(dataPath, request.data);
    const order = { environment: environmentOfCores(coresOf(limits)), cores: coresOf(limits) };
    for (const [{ process }, argv] of [
      [oracle, request.oracleArgv],
      [probe, request.probeArgv],
    ] as const) {
      // What the imports said is nobody's output.
      process.stderr.read();
      process.stdin.write(encodeFrame({ argv, ...order, lastResortSeconds: lastResortSeconds(limits) }));
    }
    for (const sandbox of [oracle, probe]) sandbox.watch();
    await eachSays([oracle, probe], 'begun', begunWithinMs);
    return { oracle: oracle.process, probe: probe.process, startedAt, release: () => clearing.clear() };
  }

  /** Removes it, unused. @throws when the engine did not; what is left carries `label`. */
  async discard(): Promise<void> {
    this.#isGone = true;
    drain(this.#pair);
    await this.#pair.clearing.clear();
  }
}

/** A tmpfs keeps its size for ever; everything else can follow the run. */
export const canBecome = (made: RunLimits, wanted: RunLimits): boolean => made.tmpBytes === wanted.tmpBytes;

function isSameWhenRunning(one: RunLimits, other: RunLimits): boolean {
  const [left, right] = [updatedLimits(one), updatedLimits(other)];
  return JSON.stringify(left) === JSON.stringify(right);
}

/** Nobody will read them; their end is waited for all the same. */
function drain(pair: ContainerPair): void {
  for (const { process } of [pair.oracle, pair.probe]) {
    process.stdout.resume();
    process.stderr.resume();
  }
}

async function eachSays(both: readonly SandboxContainer[], word: string, withinMs: number): Promise<void> {
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), withinMs);
  try {
    await Promise.all(
      both.map(async ({ process }) => {
        const heard = await nextBytes(process.stdout, word.length + 1, giveUp.signal);
        if (heard === `${word}\n`) return;
        const said = String(process.stderr.read() ?? '').slice(-2_000);
        throw new EngineFault(`A container that was started ahead did not become ${word}. ${said}`.trim());
      }),
    );
  } finally {
    clearTimeout(timer);
    giveUp.abort();
  }
}

/** Exactly so many, and leaves the rest to whoever reads next. `undefined` when the stream ends first, or the signal fires. */
function nextBytes(stream: Readable, count: number, signal: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    const look = (): void => {
      const bytes = stream.read(count) as Buffer | null;
      if (bytes !== null) settle(bytes.toString('latin1'));
    };
    const fail = (): void => settle(undefined);
    const settle = (heard: string | undefined): void => {
      stream.off('readable', look).off('end', fail).off('close', fail);
      signal.removeEventListener('abort', fail);
      resolve(heard);
    };
    stream.on('readable', look).once('end', fail).once('close', fail);
    signal.addEventListener('abort', fail, { once: true });
    if (stream.readableEnded || signal.aborted) fail();
    else look();
  });
}
