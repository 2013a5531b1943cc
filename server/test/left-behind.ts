/** What workers start and what may be left of it: processes, mounts, control groups, temporary files. Linux only. */
import { readdirSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';

export interface Process {
  pid: number;
  parent: number;
  command: string;
}

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};

function processes(): Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => {
      const stat = read(`/proc/${name}/stat`);
      return {
        pid: Number(name),
        parent: Number(stat.slice(stat.lastIndexOf(') ') + 2).split(' ')[1]),
        command: read(`/proc/${name}/cmdline`).replaceAll('\0', ' '),
      };
    });
}

/** The warm parents of a worker, and the sandboxes that they have made: each is a process 1, which keeps its parent's name. */
export function warmProcesses(worker: number): { nurseries: Process[]; sandboxes: Process[] } {
  const all = new Map(processes().map((one) => [one.pid, one]));
  const isBelow = (pid: number): boolean => pid === worker || (pid > 1 && isBelow(all.get(pid)?.parent ?? 0));
  const isNamed = (one: Process | undefined): boolean => one?.command.startsWith('nbpulse-nursery') === true;
  const named = [...all.values()].filter((one) => isNamed(one) && isBelow(one.pid));
  const [sandboxes, nurseries] = [true, false].map((isChild) =>
    named.filter(({ parent }) => isNamed(all.get(parent)) === isChild),
  ) as [Process[], Process[]];
  return { nurseries, sandboxes };
}

/** A line for each thing that is left of these workers, whose temporary folder was `folder`. */
export async function leftBy({ folder, workerPids }: { folder: string; workerPids: number[] }): Promise<string[]> {
  const files = (await readdir(folder)).map((name) => `file ${name}`);
  const mounted = processes()
    // A sandbox's mounts tell where they come from, whoever its parent is by now.
    .filter(({ pid }) => read(`/proc/${pid}/mountinfo`).includes(folder))
    .map(({ pid, command }) => `process or mount of ${pid} (${command})`);
  const groups = (await readdir('/sys/fs/cgroup', { recursive: true }).catch(() => []))
    .filter((path) => workerPids.some((pid) => path.includes(`/nbpulse-${pid}-`) && !/\/[a-z_]+\.[a-z_.]+$/.test(path)))
    .map((path) => `control group ${path}`);
  return [...files, ...mounted, ...groups];
}
