/**
 * One bubblewrap sandbox as a child process.
 *
 * States: *starting* until bwrap has reported its init's process id on the info descriptor – if it ends before that, the
 * sandbox never began and that is the host's fault; *running*; *ending* after `kill` or its own exit: everything in the
 * control group, or below the init, is killed; *ended* when the streams have closed.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { EngineFault, type SandboxExit, type SandboxProcess } from '../engine.js';
import { startTicks } from '../owner-mark.js';
import { endedBySigkill, hasEnded, lastWordMs } from '../process-end.js';
import { seccompProgram } from '../seccomp.js';
import { descriptors } from './argv.js';
import { endInit, killStarter, readInitPid, starterEnvironment } from './bwrap-child.js';
import type { ControlGroup } from './control-groups.js';
import { sampleMemory, type MemorySampler, type SampledLimits } from './memory-sampler.js';
import { whoEnded } from './who-ended.js';

const signalNumbers: Readonly<Record<string, number>> = { SIGKILL: 9, SIGTERM: 15, SIGSEGV: 11, SIGABRT: 6, SIGINT: 2 };

export function startSandbox(options: {
  argv: readonly [string, ...string[]];
  seam: Socket;
  group?: ControlGroup;
  /** Tier B: what the sampler enforces. */
  sampled?: SampledLimits;
}): SandboxProcess {
  const [file, ...args] = options.argv;
  const child = spawn(file, args, {
    stdio: [options.seam, 'pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
    env: starterEnvironment(),
    cwd: '/',
  });
  // The tuple type of `stdio` knows five entries; a child may have more.
  const streams = child.stdio as readonly (Readable | Writable | null | undefined)[];
  const stdin = streams[descriptors.stdin] as Writable;
  const seccomp = streams[descriptors.seccomp] as Writable;
  const stdout = streams[descriptors.stdout] as Readable;
  const stderr = streams[descriptors.stderr] as Readable;
  // A sandbox that ends early closes these under our hands; its exit tells the story.
  stdin.on('error', () => undefined);
  seccomp.on('error', () => undefined);
  seccomp.end(seccompProgram());

  // What closures change.
  const state: { initPid?: number; initTicks?: string; killedByUs: boolean; isOver: boolean } = {
    killedByUs: false,
    isOver: false,
  };
  let exceeded: 'memory' | 'pids' | undefined;
  let sampler: MemorySampler | undefined;

  let lastWord: NodeJS.Timeout | undefined;
  const kill = (): void => {
    if (state.isOver) return;
    const isKnown = state.initPid !== undefined && state.initTicks !== undefined;
    if (isKnown && lastWord === undefined && hasEnded(state.initPid ?? 0)) {
      lastWord = setTimeout(kill, lastWordMs);
      return;
    }
    state.killedByUs = true;
    killStarter(child);
    void options.group?.killAll();
  };

  let firstError = '';
  stderr.on('data', (chunk: Buffer) => {
    if (state.initPid === undefined && firstError.length < 4_000) firstError += chunk.toString();
  });
  stderr.pause();

  const info = readInitPid(streams[descriptors.info] as Readable).then(async (initPid) => {
    if (initPid === undefined) return;
    state.initPid = initPid;
    if (options.sampled && !state.killedByUs) {
      sampler = sampleMemory(state.initPid, options.sampled, (what) => {
        exceeded = what;
        kill();
      });
    }
    state.initTicks = await startTicks(state.initPid, child.pid);
  });

  const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  const exited = (async (): Promise<SandboxExit> => {
    let code: number | null;
    let signal: NodeJS.Signals | null;
    // Holders of the streams that outlived bwrap would keep 'close' from coming.
    child.once('exit', () => void options.group?.killAll());
    try {
      [code, signal] = await ended;
    } catch (cause) {
      throw new EngineFault(`The sandbox's starter, ${file}, could not be run.`, undefined, { cause });
    } finally {
      clearTimeout(lastWord);
      sampler?.stop();
    }
    await info;
    sampler?.stop();
    // After a kill from outside, the init and what is below it need a moment more than bwrap itself.
    if (state.initPid !== undefined) await endInit(state.initPid, state.initTicks);
    state.isOver = true;
    await options.group?.killAll();
    const memory = await options.group?.memory();
    if (state.initPid === undefined && !state.killedByUs && memory?.outOfMemory !== true) {
      throw new EngineFault(`bubblewrap did not start: ${firstError.trim() || `exit code ${code ?? signal ?? '?'}`}`);
    }
    const exitCode = code ?? 128 + (signalNumbers[signal ?? ''] ?? 0);
    const outOfMemory = exceeded === 'memory' || memory?.outOfMemory === true;
    const isTold = state.killedByUs || outOfMemory;
    return {
      exitCode,
      outOfMemory,
      peakMemoryBytes: memory?.peakBytes ?? sampler?.peakBytes(),
      // No process inside can send bwrap itself a signal; of process 1 it only says what a shell would.
      ...whoEnded({
        outside: signal !== null && !isTold,
        hostOutOfMemory: memory?.hostOutOfMemory === true,
        perhaps: exitCode === endedBySigkill && !isTold,
      }),
    };
  })();
  // Awaited by run-pair.ts; marked as handled here because the pair's other half may fail first.
  exited.catch(() => undefined);
  return { stdin, stdout, stderr, exited, kill };
}
