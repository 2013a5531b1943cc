/**
 * One sandbox that a nursery's child has become.
 *
 * States: *waiting* (the child exists, nothing of its walls does); *running* from `startWarmSandbox` on; *ending* after
 * `kill` or its own exit; *ended* when the nursery has told the exit code, its group is empty and its streams are closed.
 */
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { EngineFault, type Role, type SandboxExit, type SandboxProcess } from '../../engine.js';
import { endedBySigkill, hasEnded, isEnding, lastWordMs } from '../../process-end.js';
import { killPid } from '../bwrap-child.js';
import type { ControlGroup } from '../control-groups.js';
import { sampleMemory, type MemorySampler, type SampledLimits } from '../memory-sampler.js';
import { whoEnded } from '../who-ended.js';
import type { Door } from './door.js';
import type { ChildEnd, ForkOrder, Nursery } from './nursery.js';

const streamNames = ['stdin', 'stdout', 'stderr'] as const;

export interface WarmSandboxOptions {
  nursery: Nursery;
  role: Role;
  order: ForkOrder;
  door: Door;
  group?: ControlGroup;
  /** Tier B: what the sampler enforces. */
  sampled?: SampledLimits;
}

/** @throws EngineFault when it can't be isolated; nothing of it runs then. */
export async function startWarmSandbox(options: WarmSandboxOptions): Promise<SandboxProcess> {
  const { nursery, order, group } = options;
  const expected = streamNames.map((name) => options.door.expect(`${order.run} ${options.role} ${name}`));
  try {
    const child = await nursery.fork(order);
    let isOver = false;
    let killedByUs = false;
    let lastWord: NodeJS.Timeout | undefined;
    const kill = (): void => {
      if (!isOver && lastWord === undefined && hasEnded(child.hostPid) && !isEnding(child.hostPid)) {
        lastWord = setTimeout(kill, lastWordMs);
        return;
      }
      // Until it is buried the id is its own, alive or not.
      if (!isOver) {
        killedByUs ||= !isEnding(child.hostPid);
        killPid(child.hostPid);
      }
      void group?.killAll();
    };
    const ended = child.ended.finally(() => {
      isOver = true;
      clearTimeout(lastWord);
      child.bury();
    });
    ended.catch(() => undefined);
    // They were brought before it was made.
    const [stdin, stdout, stderr] = (await Promise.all(expected.map(({ socket }) => socket))) as [
      Socket,
      Socket,
      Socket,
    ];
    try {
      if (group) await join(group, child.hostPid);
      await child.begin();
    } catch (error) {
      kill();
      await ended.catch(() => undefined);
      throw error;
    }
    let exceeded: 'memory' | 'pids' | undefined;
    const sampler = options.sampled
      ? sampleMemory(child.hostPid, options.sampled, (what) => {
          exceeded = what;
          kill();
        })
      : undefined;
    const exited = exitOf({
      ended,
      streams: [stdin, stdout, stderr],
      group,
      sampler,
      isTooLarge: () => exceeded === 'memory',
      isKilledByUs: () => killedByUs,
    });
    // Awaited by run-pair.ts; marked as handled here because the pair's other half may fail first.
    exited.catch(() => undefined);
    return { stdin, stdout, stderr, exited, kill };
  } catch (error) {
    for (const stream of expected) {
      stream.forget();
      void stream.socket.then((socket) => socket.destroy());
    }
    throw error;
  }
}

async function join(group: ControlGroup, pid: number): Promise<void> {
  try {
    for (const path of group.procsPaths) await writeFile(path, String(pid));
  } catch (cause) {
    throw new EngineFault('A child of the warm start could not be put into its control group.', undefined, { cause });
  }
}

async function exitOf(sandbox: {
  ended: Promise<ChildEnd>;
  streams: readonly [Socket, Socket, Socket];
  group?: ControlGroup;
  sampler?: MemorySampler;
  isTooLarge(): boolean;
  isKilledByUs(): boolean;
}): Promise<SandboxExit> {
  const { group, sampler } = sandbox;
  const [stdin, ...outputs] = sandbox.streams;
  const closed = Promise.all(outputs.map(async (stream) => stream.closed || once(stream, 'close')));
  for (const stream of outputs) stream.once('end', () => stream.destroy());
  try {
    const { exitCode, killed } = await sandbox.ended;
    const { hostOutOfMemory, ...memory } = await memoryOf();
    const isTold = sandbox.isKilledByUs() || memory.outOfMemory;
    return {
      exitCode,
      ...memory,
      ...whoEnded({
        outside: killed && !isTold,
        hostOutOfMemory,
        perhaps: !killed && exitCode === endedBySigkill && !isTold,
      }),
    };
  } finally {
    sampler?.stop();
    stdin.destroy();
    await group?.killAll();
    // Where nobody reads, the end would never be seen.
    for (const stream of outputs) if (stream.listenerCount('data') === 0) stream.resume();
    await closed;
  }

  async function memoryOf(): Promise<
    Pick<SandboxExit, 'outOfMemory' | 'peakMemoryBytes'> & { hostOutOfMemory: boolean }
  > {
    sampler?.stop();
    await group?.killAll();
    const memory = await group?.memory();
    return {
      outOfMemory: sandbox.isTooLarge() || memory?.outOfMemory === true,
      hostOutOfMemory: memory?.hostOutOfMemory === true,
      peakMemoryBytes: memory?.peakBytes ?? sampler?.peakBytes(),
    };
  }
}
