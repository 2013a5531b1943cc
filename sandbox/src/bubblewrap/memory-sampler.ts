/**
 * Tier B's wall: without control groups nothing in the kernel limits a whole sandbox, so its processes are walked every
 * 50 ms from the init that bubblewrap reported, and the sandbox dies when they hold too much together or are too many.
 *
 * Shared pages count once: resident sizes are summed first, which is cheap and can only be too high; only above the limit
 * is the exact share (Pss) read. Between two samples a sandbox can overshoot by what it can touch in 50 ms.
 */
import { readdir, readFile } from 'node:fs/promises';

export const sampleEveryMs = 50;

export interface MemorySampler {
  peakBytes(): number;
  stop(): void;
}

export interface SampledLimits {
  memoryBytes: number;
  pids: number;
}

/** @param initPid process 1 of the sandbox, as the host numbers it. */
export function sampleMemory(
  initPid: number,
  limits: SampledLimits,
  onExceeded: (what: 'memory' | 'pids') => void,
): MemorySampler {
  let peakBytes = 0;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  const sample = async (): Promise<void> => {
    const pids = await descendants(initPid);
    let bytes = await sum(pids, residentBytes);
    if (bytes > limits.memoryBytes) bytes = await sum(pids, proportionalBytes);
    peakBytes = Math.max(peakBytes, bytes);
    if (stopped) return;
    if (bytes > limits.memoryBytes) onExceeded('memory');
    else if (pids.length > limits.pids) onExceeded('pids');
    else timer = setTimeout(tick, sampleEveryMs);
  };
  const tick = (): void => {
    sample().catch(() => {
      if (!stopped) timer = setTimeout(tick, sampleEveryMs);
    });
  };
  tick();
  return {
    peakBytes: () => peakBytes,
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

/** Everything in a pid namespace is a child of its init, daemons too: orphans are handed to it. */
export async function descendants(initPid: number): Promise<number[]> {
  const found: number[] = [];
  const waiting = [initPid];
  for (let pid = waiting.pop(); pid !== undefined; pid = waiting.pop()) {
    found.push(pid);
    for (const thread of await readdir(`/proc/${pid}/task`).catch(() => [])) {
      const children = await readFile(`/proc/${pid}/task/${thread}/children`, 'utf8').catch(() => '');
      for (const child of children.split(' ')) if (child.trim() !== '') waiting.push(Number(child));
    }
  }
  return found;
}

async function sum(pids: readonly number[], bytesOf: (pid: number) => Promise<number>): Promise<number> {
  const all = await Promise.all(pids.map(bytesOf));
  return all.reduce((total, bytes) => total + bytes, 0);
}

/** Anonymous and shared memory; mapped files (the interpreter, numpy's libraries) belong to the host's cache. */
async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return kilobytes(status, 'RssAnon') + kilobytes(status, 'RssShmem');
}

async function proportionalBytes(pid: number): Promise<number> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => undefined);
  if (rollup === undefined) return residentBytes(pid);
  return kilobytes(rollup, 'Pss_Anon') + kilobytes(rollup, 'Pss_Shmem');
}

function kilobytes(text: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) * 1024;
}
