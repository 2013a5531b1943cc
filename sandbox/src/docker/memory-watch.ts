/**
 * How much memory a container has held at most. The kernel keeps that number in the container's control group, which is gone
 * before the engine reports the exit: so it is read while the container runs, and what it took in its last moment may be missing.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const lookEveryMs = 100;

export interface MemoryWatch {
  /** Undefined where this host's control groups can't be read. */
  peakBytes(): number | undefined;
  stop(): void;
}

/** @param initPid process 1 of the container, as this host numbers it. */
export function watchMemory(initPid: number): MemoryWatch {
  let peakBytes: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;
  const look = async (path: string): Promise<void> => {
    const text = await readFile(path, 'utf8').catch(() => '');
    if (/^\d+\s*$/.test(text)) peakBytes = Number(text);
    if (!isOver && text !== '') timer = setTimeout(() => void look(path), lookEveryMs).unref();
  };
  void peakFile(initPid).then((path) => (path === undefined || isOver ? undefined : look(path)));
  return {
    peakBytes: () => peakBytes,
    stop: () => {
      isOver = true;
      clearTimeout(timer);
    },
  };
}

/** Control groups v1 have a folder for memory, v2 one for everything. */
async function peakFile(initPid: number): Promise<string | undefined> {
  const membership = await readFile(`/proc/${initPid}/cgroup`, 'utf8').catch(() => '');
  for (const line of membership.split('\n')) {
    const [, controllers, path] = /^\d+:([^:]*):(\/.+)$/.exec(line) ?? [];
    if (path === undefined) continue;
    if (controllers?.split(',').includes('memory'))
      return join('/sys/fs/cgroup/memory', path, 'memory.max_usage_in_bytes');
    if (controllers === '') return join('/sys/fs/cgroup', path, 'memory.peak');
  }
  return undefined;
}
