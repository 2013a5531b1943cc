/** What workers start and what may be left of it: processes, mounts, control groups, temporary files. Linux only. */
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { request, type IncomingMessage } from 'node:http';
import { dockerSocket } from './engines-there.js';

interface Process {
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

export type Role = 'oracle' | 'probe';

/** A sandbox of a run: the harness's program in it, and process 1, which everything in it dies with. */
export interface RunningSandbox {
  role: Role;
  program: number;
  init: number;
}

/** Sandboxes of the workers whose temporary folder is `folder`, on any engine: their mounts come from there. */
export function runningSandboxes(folder: string): RunningSandbox[] {
  const all = new Map(processes().map((one) => [one.pid, one]));
  const roleOf = (one: Process | undefined): Role | undefined =>
    /^python3 -I \/harness\/(oracle|probe)\.py/.exec(one?.command ?? '')?.[1] as Role | undefined;
  const initOf = (pid: number): number | undefined => {
    for (let at = pid; at > 1; at = all.get(at)?.parent ?? 0) {
      if (/^NSpid:.*\s1\s*$/m.test(read(`/proc/${at}/status`))) return at;
    }
    return undefined;
  };
  return [...all.values()].flatMap((one) => {
    const role = roleOf(one);
    // What a program has forked has its name.
    if (role === undefined || roleOf(all.get(one.parent)) !== undefined) return [];
    if (!read(`/proc/${one.pid}/mountinfo`).includes(folder)) return [];
    const init = initOf(one.pid);
    return init === undefined ? [] : [{ role, program: one.pid, init }];
  });
}

/** What waits for runs: warm parents on bubblewrap, the programs of containers that were started ahead on Docker. */
export function waitingParents(folder: string): number[] {
  const all = new Map(processes().map((one) => [one.pid, one]));
  const isNamed = (one: Process | undefined): boolean =>
    /^(nbpulse-nursery |python3 -I \/harness\/waiting\.py)/.test(one?.command ?? '');
  return [...all.values()]
    .filter(
      (one) => isNamed(one) && !isNamed(all.get(one.parent)) && read(`/proc/${one.pid}/mountinfo`).includes(folder),
    )
    .map(({ pid }) => pid);
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

/** Containers and volumes of these workers. */
export async function leftInDocker(workerPids: number[]): Promise<string[]> {
  const filters = encodeURIComponent(JSON.stringify({ label: ['nbpulse.run'] }));
  const ask = async (path: string): Promise<unknown> => {
    const asked = request({
      socketPath: dockerSocket(),
      path: `${path}filters=${filters}`,
      headers: { host: 'docker' },
    });
    asked.end();
    const [reply] = (await once(asked, 'response')) as [IncomingMessage];
    return JSON.parse((await reply.setEncoding('utf8').toArray()).join(''));
  };
  const containers = (await ask('/containers/json?all=1&')) as { Id: string; Labels: Record<string, string> }[];
  const { Volumes } = (await ask('/volumes?')) as {
    Volumes: { Name: string; Labels: Record<string, string> }[] | null;
  };
  const named = [
    ...containers.map(({ Id, Labels }) => ({ name: `container ${Id}`, Labels })),
    ...(Volumes ?? []).map(({ Name, Labels }) => ({ name: `volume ${Name}`, Labels })),
  ];
  return named
    .filter(({ Labels }) => workerPids.some((pid) => Labels['nbpulse.owner']?.includes(` ${pid}-`)))
    .map(({ name }) => name);
}
