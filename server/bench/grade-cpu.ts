/** Processor time of trees of processes: on a machine that others use too, it says more than the clock does. */
import { readdirSync, readFileSync } from 'node:fs';

const ticksPerSecond = 100;

interface ProcessTimes {
  parent: number;
  /** User and system, of itself and of all children that it has buried. */
  ticks: number;
}

function everyProcess(): Map<number, ProcessTimes> {
  const found = new Map<number, ProcessTimes>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const fields = stat
        .slice(stat.lastIndexOf(') ') + 2)
        .split(' ')
        .map(Number);
      const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields.slice(11, 15);
      found.set(Number(name), { parent: fields[1] ?? 0, ticks: user + system + childUser + childSystem });
    } catch {
      // It has ended in the meantime.
    }
  }
  return found;
}

/**
 * Seconds so far of these processes and of everything below them. Who ends is added to who buries it, so the sum only grows while
 * no part of the tree is handed to a stranger.
 */
export function treeCpuSeconds(roots: readonly number[]): number {
  const all = everyProcess();
  const isInside = (pid: number): boolean => {
    for (let at: number | undefined = pid; at !== undefined && at > 1; at = all.get(at)?.parent) {
      if (roots.includes(at)) return true;
    }
    return false;
  };
  let ticks = 0;
  for (const [pid, times] of all) if (isInside(pid)) ticks += times.ticks;
  return ticks / ticksPerSecond;
}

/** All cores of the machine together, everybody's work; for engines whose sandboxes are nobody's children. */
export function machineBusySeconds(): number {
  const fields = /^cpu\s+(.+)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1]?.split(/\s+/).map(Number) ?? [];
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = fields;
  return (user + nice + system + irq + softirq) / ticksPerSecond;
}
