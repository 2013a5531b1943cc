/**
 * Pairs started ahead: a run that fits one takes it, and another is made when there is time.
 *
 * It keeps the *shapes* last asked for, of each as many pairs as runs were under way at once. A pair is made alone, and
 * only while a core is free of runs: making one costs more processor time than it saves, so under load every run starts
 * cold. A shape that nobody has asked for during `idleMs` goes with its pairs.
 *
 * States: *working*; *paused* after a failure, with its reason, for a minute; *closed*.
 */
import { availableParallelism } from 'node:os';
import { defaultRunLimits, MiB, minute, second, type RunLimits } from '@nbpulse/schema/wire';
import type { PairRequest, StartedPair } from '../../engine.js';
import type { DockerHost } from '../container-pair.js';
import { removeRun } from '../sweep.js';
import { canBecome, WaitingPair } from './waiting-pair.js';

export interface PoolSettings {
  /** Processor cores that runs and pairs in the making share. */
  cores: number;
  /** Waiting pairs of one shape, at most: each holds some 200 MB. */
  mostPairs: number;
  mostShapes: number;
  idleMs: number;
  /** A pair that has waited this long is thrown away. */
  oldMs: number;
  /** Without a run for so long before a pair is made: another run may follow at once. */
  quietMs: number;
  /** Which programs may run in a container that was started ahead. */
  takes: (argv: readonly string[]) => boolean;
}

interface Shape {
  limits: RunLimits;
  lastUsedAt: number;
}

const cores = availableParallelism();
const defaultPoolSettings: PoolSettings = {
  cores,
  mostPairs: Math.min(cores, 4),
  mostShapes: 2,
  idleMs: 10 * minute,
  oldMs: 20 * minute,
  quietMs: 0.3 * second,
  takes: isHarnessEntry,
};

/** What waits has imported some 100 MB: of less than this too little would be left for a submission that needs none of it. */
const leastMemoryBytes = 256 * MiB;
/** The longest run that an assignment may ask for. */
const longestRunMs = 600 * second;
const tryAgainMs = 60 * second;
const tendEveryMs = 60 * second;

export class AheadPool {
  readonly #host: DockerHost;
  readonly #settings: PoolSettings;
  readonly #closing = new AbortController();
  /** The one last used stands last. */
  #shapes: Shape[] = [];
  #ready: WaitingPair[] = [];
  #making: Promise<void> | undefined;
  #paused: { why: string; until: number } | undefined;
  #active = 0;
  #mostActive = 1;
  #timer: NodeJS.Timeout | undefined;
  readonly #leaving = new Set<Promise<void>>();
  /** Labels of what the engine did not remove when it was asked. */
  readonly #leftBehind = new Set<string>();

  constructor(host: DockerHost, settings: Partial<PoolSettings> = {}) {
    this.#host = host;
    this.#settings = { ...defaultPoolSettings, ...settings };
    this.want(defaultRunLimits);
    this.#tendIn(this.#settings.quietMs);
  }

  /** How many pairs wait, for logs. */
  get waiting(): number {
    return this.#ready.filter((pair) => !pair.isGone).length;
  }

  /** Why none is made at the moment. */
  get whyPaused(): string | undefined {
    return this.#paused?.why;
  }

  /** A run is under way until the returned function is called, wherever its pair comes from. */
  enter(): () => void {
    this.#active += 1;
    this.#mostActive = Math.max(this.#mostActive, this.#active);
    let hasLeft = false;
    return () => {
      if (hasLeft) return;
      hasLeft = true;
      this.#active -= 1;
      this.#tendIn(this.#settings.quietMs);
    };
  }

  /** @returns undefined when this run must start cold. Whatever fails here is no fault of the run's. */
  async take(request: PairRequest): Promise<StartedPair | undefined> {
    const { takes } = this.#settings;
    if (!takes(request.oracleArgv) || !takes(request.probeArgv)) return undefined;
    if (request.limits.memoryBytes < leastMemoryBytes) return undefined;
    this.want(request.limits);
    for (;;) {
      const pair = this.#next(request.limits);
      if (pair === undefined) return undefined;
      try {
        return await pair.begin(request);
      } catch {
        await this.#discard(pair);
      }
    }
  }

  /** From now on this is what runs are expected to ask for. */
  want(limits: RunLimits): void {
    const others = this.#shapes.filter((shape) => !canBecome(shape.limits, limits));
    this.#shapes = [...others, { limits, lastUsedAt: Date.now() }].slice(-this.#settings.mostShapes);
  }

  /** Makes what is lacking now, whoever is busy. @throws Error with the reason when one can't be made. */
  async filled(): Promise<void> {
    for (;;) {
      await this.#making;
      const shape = this.#lacking();
      if (shape === undefined) return;
      await this.#make(shape, 'at once');
      if (this.#paused) throw new Error(this.#paused.why);
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    clearTimeout(this.#timer);
    await this.#making;
    await Promise.all(this.#ready.splice(0).map((pair) => this.#discard(pair)));
    await Promise.all(this.#leaving);
    await this.#removeLeftBehind();
  }

  /** The oldest that fits; nobody waits for what is thrown away. */
  #next(limits: RunLimits): WaitingPair | undefined {
    void this.#discardUnless((pair) => this.#isFit(pair));
    const index = this.#ready.findIndex((pair) => canBecome(pair.limits, limits));
    return index < 0 ? undefined : this.#ready.splice(index, 1)[0];
  }

  #isFit(pair: WaitingPair): boolean {
    return !pair.isGone && Date.now() - pair.madeAt < this.#settings.oldMs;
  }

  /** The shape last used comes first and gets most; of an earlier one a single pair is kept. */
  #lacking(): Shape | undefined {
    const newestFirst = [...this.#shapes].reverse();
    const wanted = Math.min(this.#mostActive, this.#settings.mostPairs);
    return newestFirst.find(({ limits }, index) => {
      const there = this.#ready.filter((pair) => this.#isFit(pair) && canBecome(pair.limits, limits)).length;
      return there < (index === 0 ? wanted : 1);
    });
  }

  #tendIn(ms: number): void {
    clearTimeout(this.#timer);
    if (this.#closing.signal.aborted) return;
    this.#timer = setTimeout(() => void this.#tend(), ms).unref();
  }

  /** Throws away what is over, and makes one pair if one is lacking and there is time for it. */
  async #tend(): Promise<void> {
    const now = Date.now();
    this.#shapes = this.#shapes.filter(({ lastUsedAt }) => now - lastUsedAt < this.#settings.idleMs);
    if (this.#shapes.length === 0) this.#mostActive = Math.max(1, this.#active);
    const isKept = (pair: WaitingPair): boolean =>
      this.#isFit(pair) && this.#shapes.some(({ limits }) => canBecome(pair.limits, limits));
    await this.#discardUnless(isKept);
    await this.#removeLeftBehind();
    if (this.#paused && now >= this.#paused.until) this.#paused = undefined;
    const shape = this.#lacking();
    const hasTime = this.#active === 0 || this.#active + 1 < this.#settings.cores;
    if (shape && hasTime && !this.#paused && !this.#making && !this.#closing.signal.aborted) {
      await this.#make(shape, 'in the background');
      this.#tendIn(0);
    } else {
      this.#tendIn(tendEveryMs);
    }
  }

  #make({ limits }: Shape, when: 'at once' | 'in the background'): Promise<void> {
    const livesMs = this.#settings.oldMs + longestRunMs;
    const making = WaitingPair.make(this.#host, limits, {
      livesMs,
      isInBackground: when === 'in the background',
      signal: this.#closing.signal,
    })
      .then(
        (pair) => {
          this.#ready.push(pair);
          this.#paused = undefined;
        },
        (error: unknown) => {
          const why = error instanceof Error ? error.message : String(error);
          this.#paused = { why, until: Date.now() + tryAgainMs };
        },
      )
      .finally(() => (this.#making = undefined));
    this.#making = making;
    return making;
  }

  async #discardUnless(isKept: (pair: WaitingPair) => boolean): Promise<void> {
    const over = this.#ready.filter((pair) => !isKept(pair));
    this.#ready = this.#ready.filter((pair) => !over.includes(pair));
    await Promise.all(over.map((pair) => this.#discard(pair)));
  }

  async #discard(pair: WaitingPair): Promise<void> {
    const leaving = pair.discard().catch(() => void this.#leftBehind.add(pair.label));
    this.#leaving.add(leaving);
    await leaving;
    this.#leaving.delete(leaving);
  }

  /** The engine may have been away; what it has kept is asked for again. */
  async #removeLeftBehind(): Promise<void> {
    for (const label of [...this.#leftBehind]) {
      await removeRun(this.#host.docker, label).then(
        () => this.#leftBehind.delete(label),
        () => undefined,
      );
    }
  }
}

/** `python3 -I FILE` of the harness, with nothing after it. */
function isHarnessEntry([program, isolated, file, ...rest]: readonly string[]): boolean {
  return program === 'python3' && isolated === '-I' && rest.length === 0 && /^\/harness\/\w+\.py$/.test(file ?? '');
}
