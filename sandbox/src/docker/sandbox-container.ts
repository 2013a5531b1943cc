/**
 * One container as a sandbox process.
 *
 * States: *created* (attached, waited for, not begun); *running*; *ended*, when the engine has reported the exit and the
 * stream has come to its end. Waiting starts before starting: a plain `wait` on a container that has not begun answers 0
 * at once, so the condition is `next-exit`.
 */
import type Docker from 'dockerode';
import type { ContainerCreateOptions } from 'dockerode';
import { readFile } from 'node:fs/promises';
import { PassThrough, type Duplex } from 'node:stream';
import { finished } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { EngineFault, type SandboxExit, type SandboxProcess } from '../engine.js';
import { endedBySigkill, hasEnded, lastWordMs } from '../process-end.js';
import { watchMemory, type MemoryWatch } from './memory-watch.js';

export interface SandboxContainer {
  process: SandboxProcess;
  start(): Promise<void>;
  /** From now on it is looked how much memory it holds: its run begins. */
  watch(): void;
  /** As soon as the engine says so, whether or not anybody has read what it printed. Never rejects. */
  ended: Promise<void>;
  /** Of a running one. */
  update(limits: Readonly<Record<string, number>>): Promise<void>;
  remove(): Promise<void>;
}

/** An engine that has not ended a killed container by then is taken for hung; the run must not hang with it. */
const unkillableMs = 60_000;

/** The engine closes the stream after the last byte; one that lost it must not hold the run up. */
const lastBytesMs = 5_000;

export async function createSandbox(docker: Docker, options: ContainerCreateOptions): Promise<SandboxContainer> {
  const container = await docker.createContainer(options);
  const remove = async (): Promise<void> => {
    await container.remove({ force: true, v: true }).catch((error: unknown) => {
      if (statusOf(error) !== 404)
        throw new EngineFault('Docker did not remove a sandbox’s container.', undefined, { cause: error });
    });
  };
  try {
    const attach = { stream: true, hijack: true, stdin: true, stdout: true, stderr: true };
    // A hijacked connection is a socket; the package's types only promise less.
    const stream = (await container.attach(attach)) as Duplex;
    const stdout = new PassThrough();
    const stderr = new PassThrough();
    // The connection breaks when the container is killed while it still reads; its exit tells the story.
    stream.on('error', () => undefined);
    docker.modem.demuxStream(stream, stdout, stderr);
    const streamEnded = new Promise<void>((resolve) => {
      stream.once('end', resolve);
      stream.once('close', resolve);
    }).then(() => {
      stdout.end();
      stderr.end();
    });
    const ended = container.wait({ condition: 'next-exit' }) as Promise<{ StatusCode: number }>;
    const stuck = new AbortController();
    let wasKilled = false;
    let initPid: number | undefined;
    let memory: MemoryWatch | undefined;
    let lastWord: NodeJS.Timeout | undefined;
    const exited = (async (): Promise<SandboxExit> => {
      const { StatusCode: exitCode } = await Promise.race([ended, never(stuck.signal)]).catch((cause: unknown) => {
        throw new EngineFault('Docker lost a sandbox’s container.', 'Is the Docker engine still running?', { cause });
      });
      const isComplete = await Promise.race([streamEnded.then(() => true), delay(lastBytesMs, false, { ref: false })]);
      if (!isComplete) stream.destroy();
      await Promise.all([finished(stdout), finished(stderr)]);
      const { State, HostConfig } = await container.inspect();
      const outOfMemory = State.OOMKilled;
      const perhaps = exitCode === endedBySigkill && !outOfMemory && !wasKilled;
      return {
        exitCode,
        outOfMemory,
        peakMemoryBytes: outOfMemory ? HostConfig.Memory : memory?.peakBytes(),
        ...(perhaps ? { perhapsFromOutside: true as const } : {}),
      };
    })().finally(() => {
      clearTimeout(lastWord);
      memory?.stop();
    });
    exited.catch(() => undefined);
    const kill = (): void => {
      // Refused when it has ended or not begun: `start` looks again.
      container.kill({ signal: 'SIGKILL' }).catch(() => undefined);
    };
    const process: SandboxProcess = {
      stdin: stream,
      stdout,
      stderr,
      exited,
      kill: () => {
        if (initPid !== undefined && lastWord === undefined && hasEnded(initPid)) {
          lastWord = setTimeout(() => process.kill(), lastWordMs);
          return;
        }
        if (!wasKilled) setTimeout(() => stuck.abort(), unkillableMs).unref();
        wasKilled = true;
        kill();
      },
    };
    const start = async (): Promise<void> => {
      await container.start();
      if (wasKilled) kill();
      const { State } = await container.inspect();
      if (!State.Running || !(await isHere(State.Pid, container.id))) return;
      initPid = State.Pid;
    };
    const watch = (): void => {
      if (initPid !== undefined) memory ??= watchMemory(initPid);
    };
    const update = async (limits: Readonly<Record<string, number>>): Promise<void> => {
      await container.update({ ...limits });
    };
    const noMatter = (): void => undefined;
    return {
      process,
      ended: Promise.race([ended.then(noMatter, noMatter), streamEnded]),
      start,
      watch,
      update,
      remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Whether the engine's numbers are those of this host's processes: not so where it runs in a virtual machine. */
async function isHere(pid: number, containerId: string): Promise<boolean> {
  const groups = await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '');
  return groups.includes(containerId);
}

/** Rejects when the signal fires; otherwise nothing ever happens. */
function never(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('the container did not end after it was killed')), {
      once: true,
    });
  });
}

function statusOf(error: unknown): number | undefined {
  return error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number'
    ? error.statusCode
    : undefined;
}
