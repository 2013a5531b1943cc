/**
 * One nursery: a warm parent of one role in a sandbox of its own (`sandbox/harness/nbpulse_harness/warm`).
 *
 * States: *starting* (bwrap makes its walls, root gives it its ids, it imports); *ready* when it says so; *gone*, for
 * whatever reason: then every child of it is gone too, and everybody who waits for one is told.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { z } from 'zod';
import { EngineFault } from '../../engine.js';
import { encodeFrame, FrameReader } from '../../frames.js';
import { startTicks } from '../../owner-mark.js';
import { nurseryIdMap } from '../../sandbox-uids.js';
import { seccompProgram } from '../../seccomp.js';
import { endInit, killStarter, readInitPid, starterEnvironment } from '../bwrap-child.js';
import type { ControlGroup } from '../control-groups.js';
import { Deferred } from './deferred.js';
import { findChild } from './find-child.js';
import { nurseryArgv, nurseryDescriptors, type NurseryCommand } from './nursery-argv.js';

const answer = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('forked'), run: z.string(), pid: z.int().positive() }),
  z.object({ type: z.literal('begun'), run: z.string() }),
  z.object({ type: z.literal('refused'), run: z.string(), reason: z.string() }),
  z.object({ type: z.literal('ended'), run: z.string(), exitCode: z.int(), killed: z.boolean() }),
]);
type Answer = z.infer<typeof answer>;

/** What makes one child; read by `warm/orders.py`. */
export interface ForkOrder {
  /** 32 hexadecimal digits; also the name of the run's folder. */
  run: string;
  /** As the nursery's user namespace has it. */
  uid: number;
  argv: readonly string[];
  environment: Readonly<Record<string, string>>;
  tmpBytes: number;
  tmpInodes: number;
  shmBytes: number;
  shmInodes: number;
  cores: number;
  /** Tier B. */
  processLimits: Readonly<Record<'addressSpaceBytes' | 'cpuSeconds' | 'fileBytes' | 'processes', number>> | null;
}

export interface ChildEnd {
  exitCode: number;
  /** A signal ended process 1 itself: nobody inside can send it one. */
  killed: boolean;
}

/** A child that waits for its control group. */
export interface NurseryChild {
  hostPid: number;
  /** Lets it go on; resolves when all its walls are up. @throws EngineFault when one can't be put up. */
  begin(): Promise<void>;
  /** Its id is its own until `bury`. @throws EngineFault when the nursery went first. */
  ended: Promise<ChildEnd>;
  bury(): void;
}

const mostAnswerBytes = 64 * 1024;

/** What is waited for of one child, in this order. */
class Expected {
  readonly forked = new Deferred<number>();
  readonly begun = new Deferred<void>();
  readonly ended = new Deferred<ChildEnd>();

  fail(fault: Error): void {
    for (const step of [this.forked, this.begun, this.ended]) step.reject(fault);
  }
}

export class Nursery {
  readonly #expected = new Map<string, Expected>();
  readonly #ready = new Deferred<void>();
  readonly #child: ChildProcess;
  readonly #commands: Writable;
  readonly #group: ControlGroup | undefined;
  /** Resolves with the reason when it and all its children have ended. */
  readonly gone: Promise<string>;
  #whyGone: string | undefined;
  #initPid: number | undefined;
  #said = '';

  private constructor(command: NurseryCommand, bridge: Socket, group: ControlGroup | undefined) {
    this.#group = group;
    const [file, ...args] = nurseryArgv(command);
    this.#child = spawn(file, args, {
      stdio: ['pipe', 'pipe', 'pipe', bridge, 'pipe', 'pipe'],
      env: starterEnvironment(),
      cwd: '/',
    });
    const streams = this.#child.stdio as readonly (Readable | Writable | null | undefined)[];
    this.#commands = streams[nurseryDescriptors.commands] as Writable;
    const idMap = streams[nurseryDescriptors.idMap] as Writable;
    for (const stream of [this.#commands, idMap]) stream.on('error', () => undefined);
    (streams[nurseryDescriptors.errors] as Readable).on('data', (chunk: Buffer) => {
      this.#said = (this.#said + chunk.toString()).slice(-2_000);
    });
    this.#listen(streams[nurseryDescriptors.answers] as Readable);
    const started = readInitPid(streams[nurseryDescriptors.info] as Readable).then(async (pid) => {
      this.#initPid = pid;
      if (pid !== undefined && command.uid !== undefined) await giveIds(pid, this.#child.pid);
      idMap.end('.');
      return pid === undefined ? undefined : startTicks(pid);
    });
    started.catch((error: unknown) => {
      this.#said += String(error);
      this.kill();
    });
    this.gone = this.#end(started);
    this.#commands.write(encodeFrame({ seccompB64: seccompProgram().toString('base64') }));
  }

  /** @throws EngineFault when it doesn't become ready. Nothing is left behind then. */
  static async open(
    command: NurseryCommand,
    bridge: Socket,
    group: ControlGroup | undefined,
    signal: AbortSignal,
  ): Promise<Nursery> {
    const nursery = new Nursery(command, bridge, group);
    const give = (): void => nursery.kill();
    signal.addEventListener('abort', give, { once: true });
    if (signal.aborted) give();
    try {
      await nursery.#ready.promise;
      return nursery;
    } catch (error) {
      nursery.kill();
      await nursery.gone;
      throw error;
    } finally {
      signal.removeEventListener('abort', give);
    }
  }

  /** What it holds of memory of its own. */
  async ownBytes(): Promise<number> {
    const status = await readFile(`/proc/${this.#initPid ?? 0}/status`, 'utf8').catch(() => '');
    return Number(/^RssAnon:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
  }

  /** The command leaves at once, so that two nurseries hear of two runs in the same order. */
  async fork(order: ForkOrder): Promise<NurseryChild> {
    const { run } = order;
    if (this.#whyGone !== undefined) throw new EngineFault(this.#whyGone);
    const expected = new Expected();
    this.#expected.set(run, expected);
    this.#tell({ type: 'fork', ...order });
    const pid = await expected.forked.promise;
    const hostPid = this.#initPid === undefined ? undefined : await findChild(this.#initPid, pid);
    if (hostPid === undefined) throw new EngineFault('A child of the warm start was gone before it could begin.');
    return {
      hostPid,
      begin: () => {
        this.#tell({ type: 'go', run });
        return expected.begun.promise;
      },
      ended: expected.ended.promise,
      bury: () => {
        this.#expected.delete(run);
        this.#tell({ type: 'bury', run });
      },
    };
  }

  /** Ends it and every child. May be called twice. */
  kill(): void {
    killStarter(this.#child);
    void this.#group?.killAll();
  }

  #tell(command: Readonly<Record<string, unknown>>): void {
    if (this.#whyGone === undefined) this.#commands.write(encodeFrame(command));
  }

  #listen(answers: Readable): void {
    const frames = new FrameReader(mostAnswerBytes);
    answers.on('data', (chunk: Buffer) => {
      for (const message of frames.push(chunk)) {
        const parsed = answer.safeParse(message);
        if (parsed.success) this.#take(parsed.data);
        else this.kill();
      }
      if (frames.broken !== undefined) this.kill();
    });
  }

  #take(got: Answer): void {
    if (got.type === 'ready') {
      this.#ready.resolve();
      return;
    }
    const expected = this.#expected.get(got.run);
    switch (got.type) {
      case 'forked':
        expected?.forked.resolve(got.pid);
        break;
      case 'begun':
        expected?.begun.resolve();
        break;
      case 'refused': {
        const refusal = new EngineFault(`A child of the warm start could not be isolated: ${got.reason}.`);
        expected?.forked.reject(refusal);
        expected?.begun.reject(refusal);
        break;
      }
      case 'ended':
        expected?.begun.reject(new EngineFault('A child of the warm start ended before it had begun.'));
        expected?.ended.resolve({ exitCode: got.exitCode, killed: got.killed });
        break;
      default:
        got satisfies never;
    }
  }

  async #end(started: Promise<string | undefined>): Promise<string> {
    const [code, signal] = await once(this.#child, 'close').catch(() => ['starter failed', null]);
    const ticks = await started.catch(() => undefined);
    if (this.#initPid !== undefined) await endInit(this.#initPid, ticks);
    await this.#group?.killAll();
    const said = this.#said.trim().split('\n').at(-1) ?? '';
    this.#whyGone = `The warm parent ended (${String(code ?? signal)}${said === '' ? '' : `: ${said}`}).`;
    const fault = new EngineFault(this.#whyGone);
    this.#ready.reject(fault);
    for (const expected of this.#expected.values()) expected.fail(fault);
    this.#expected.clear();
    return this.#whyGone;
  }
}

/** bwrap waits until this is done. Only for the process that our bwrap has made. */
async function giveIds(pid: number, bwrapPid: number | undefined): Promise<void> {
  if ((await startTicks(pid, bwrapPid)) === undefined) return;
  for (const name of ['uid_map', 'gid_map']) await writeFile(`/proc/${pid}/${name}`, nurseryIdMap);
}
