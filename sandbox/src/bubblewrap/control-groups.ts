/**
 * Control groups: tier A. One group per sandbox, made below the group that this process is in, so that a limit on the
 * worker itself still holds. v1 wants one folder per controller, v2 one folder with all of them; v2 only when its
 * subtree was delegated to us (a systemd scope with `Delegate=yes`, or root).
 *
 * A group's states: made (limits written, empty); joined (the starter shell wrote itself into it, then became the
 * sandbox); emptied by `killAll`; removed.
 */
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunLimits } from '@nbpulse/schema/wire';
import { isOwnerAlive, ownMark } from '../owner-mark.js';

export interface ControlGroup {
  /** A process joins by writing its id to each of these. */
  procsPaths: readonly string[];
  killAll(): Promise<void>;
  /** How the memory went. Readable until removed. */
  memory(): Promise<GroupMemory>;
  remove(): Promise<void>;
}

export interface GroupMemory {
  /** The kernel killed something in it at its own limit. */
  outOfMemory: boolean;
  /** The kernel killed something in it, and not at its own limit: the host's memory, or that of a group above, was used up. */
  hostOutOfMemory: boolean;
  peakBytes?: number;
}

export interface ControlGroups {
  version: 1 | 2;
  make(limits: Pick<RunLimits, 'memoryBytes' | 'pids' | 'cpus'>): Promise<ControlGroup>;
}

interface Hierarchy {
  version: 1 | 2;
  /** v1: `memory`, `pids`, `cpu`. v2: `unified`. */
  folders: Readonly<Record<string, string>>;
}

const prefix = 'nbpulse-';
const cpuPeriodUs = 100_000;
let count = 0;

/** @returns undefined where no writable hierarchy has memory, pids and cpu: then tier B. */
export async function openControlGroups(): Promise<ControlGroups | undefined> {
  for (const hierarchy of [await findV1(), await findV2()]) {
    if (!hierarchy) continue;
    const groups: ControlGroups = { version: hierarchy.version, make: (limits) => makeGroup(hierarchy, limits) };
    // Mounted is not writable, and writable is not effective: make one and take it away again.
    try {
      const trial = await groups.make({ memoryBytes: 64 * 1024 * 1024, pids: 8, cpus: 1 });
      await trial.remove();
      await sweep(hierarchy);
      return groups;
    } catch {
      continue;
    }
  }
  return undefined;
}

async function makeGroup(
  hierarchy: Hierarchy,
  limits: Pick<RunLimits, 'memoryBytes' | 'pids' | 'cpus'>,
): Promise<ControlGroup> {
  count += 1;
  const number = count;
  const name = `${prefix}${await ownMark()}-${number}`;
  const folders = Object.fromEntries(
    Object.entries(hierarchy.folders).map(([controller, folder]) => [controller, join(folder, name)]),
  );
  const paths = Object.values(folders);
  const group: ControlGroup = {
    procsPaths: paths.map((path) => join(path, 'cgroup.procs')),
    killAll: () => killAll(paths),
    memory: () => (hierarchy.version === 1 ? memoryV1(folders['memory'] ?? '') : memoryV2(folders['unified'] ?? '')),
    remove: async () => {
      for (const path of paths) await removeGroup(path);
    },
  };
  try {
    for (const path of paths) await mkdir(path);
    if (hierarchy.version === 1) await limitV1(folders, limits);
    else await limitV2(folders['unified'] ?? '', limits);
    return group;
  } catch (error) {
    await group.remove();
    throw error;
  }
}

async function limitV1(
  folders: Record<string, string>,
  limits: Pick<RunLimits, 'memoryBytes' | 'pids' | 'cpus'>,
): Promise<void> {
  const memory = folders['memory'] ?? '';
  await writeFile(join(memory, 'memory.limit_in_bytes'), String(limits.memoryBytes));
  // Absent where the kernel counts no swap; then there must be none to escape to.
  await writeFile(join(memory, 'memory.memsw.limit_in_bytes'), String(limits.memoryBytes)).catch(
    async (error: unknown) => {
      if (await hasSwap()) throw error;
    },
  );
  await writeFile(join(folders['pids'] ?? '', 'pids.max'), String(limits.pids));
  await writeFile(join(folders['cpu'] ?? '', 'cpu.cfs_period_us'), String(cpuPeriodUs));
  await writeFile(join(folders['cpu'] ?? '', 'cpu.cfs_quota_us'), String(Math.round(limits.cpus * cpuPeriodUs)));
}

async function limitV2(folder: string, limits: Pick<RunLimits, 'memoryBytes' | 'pids' | 'cpus'>): Promise<void> {
  await writeFile(join(folder, 'memory.max'), String(limits.memoryBytes));
  await writeFile(join(folder, 'memory.swap.max'), '0').catch(async (error: unknown) => {
    if (await hasSwap()) throw error;
  });
  await writeFile(join(folder, 'pids.max'), String(limits.pids));
  await writeFile(join(folder, 'cpu.max'), `${Math.round(limits.cpus * cpuPeriodUs)} ${cpuPeriodUs}`);
}

async function hasSwap(): Promise<boolean> {
  return !/^SwapTotal:\s+0 kB$/m.test(await readFile('/proc/meminfo', 'utf8'));
}

/** A kernel charges pages in batches: an allocation that is refused leaves a group this near to its limit at most. */
const batchBytes = 1024 * 1024;

/** Every kill is counted, whoever ran out, and no kernel counts the limit's own: a group that met it has been full. */
async function memoryV1(folder: string): Promise<GroupMemory> {
  const [control = '', peak = '', limit = ''] = await Promise.all(
    ['memory.oom_control', 'memory.max_usage_in_bytes', 'memory.limit_in_bytes'].map((name) =>
      readFile(join(folder, name), 'utf8').catch(() => ''),
    ),
  );
  const peakBytes = bytesOf(peak);
  const wasFull = peakBytes === undefined || peakBytes >= (bytesOf(limit) ?? 0) - batchBytes;
  return { ...whoseMemory(/^oom_kill [1-9]/m.test(control), wasFull), peakBytes };
}

async function memoryV2(folder: string): Promise<GroupMemory> {
  const events = await readFile(join(folder, 'memory.events'), 'utf8').catch(() => '');
  const peak = await readFile(join(folder, 'memory.peak'), 'utf8').catch(() => '');
  return {
    ...whoseMemory(/^oom_kill [1-9]/m.test(events), /^oom [1-9]/m.test(events)),
    peakBytes: bytesOf(peak),
  };
}

const whoseMemory = (hasKilled: boolean, metLimit: boolean): Omit<GroupMemory, 'peakBytes'> => ({
  outOfMemory: hasKilled && metLimit,
  hostOutOfMemory: hasKilled && !metLimit,
});

function bytesOf(text: string): number | undefined {
  return /^\d+\s*$/.test(text) ? Number(text) : undefined;
}

async function killAll(paths: readonly string[]): Promise<void> {
  for (const path of paths) await writeFile(join(path, 'cgroup.kill'), '1').catch(() => undefined);
  // v1 has no cgroup.kill. A fork between reading and killing is caught by the next round.
  for (;;) {
    const alive = new Set<number>();
    for (const path of paths) {
      const procs = await readFile(join(path, 'cgroup.procs'), 'utf8').catch(() => '');
      for (const line of procs.split('\n')) if (line !== '') alive.add(Number(line));
    }
    if (alive.size === 0) return;
    for (const pid of alive) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // Gone in the meantime.
      }
    }
    await delay(2);
  }
}

/** A group stays busy for a moment after its last process was reaped. */
async function removeGroup(path: string): Promise<void> {
  for (const giveUpAt = Date.now() + 5_000; ;) {
    try {
      await rmdir(path);
      return;
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'ENOENT') return;
      if (code !== 'EBUSY' || Date.now() > giveUpAt) throw error;
      await delay(2);
    }
  }
}

async function sweep(hierarchy: Hierarchy): Promise<void> {
  for (const folder of Object.values(hierarchy.folders)) {
    for (const name of await readdir(folder).catch(() => [])) {
      const mark = /^nbpulse-(\d+-\d+-\d+)-\d+$/.exec(name)?.[1];
      if (mark === undefined || (await isOwnerAlive(mark))) continue;
      await killAll([join(folder, name)]);
      await removeGroup(join(folder, name)).catch(() => undefined);
    }
  }
}

async function findV1(): Promise<Hierarchy | undefined> {
  const folders: Record<string, string> = {};
  for (const controller of ['memory', 'pids', 'cpu']) {
    const folder = await ownFolder(
      (mount) => mount.type === 'cgroup' && mount.options.includes(controller),
      controller,
    );
    if (folder === undefined) return undefined;
    folders[controller] = folder;
  }
  return { version: 1, folders };
}

/**
 * In v2 a group with processes of its own can't limit children. So this process (alone in its delegated group) steps
 * into a leaf beside the runs' groups; with company that isn't ours to move, it is tier B.
 */
async function findV2(): Promise<Hierarchy | undefined> {
  const folder = await ownFolder((mount) => mount.type === 'cgroup2', '');
  if (folder === undefined) return undefined;
  const parent = folder.endsWith(`/${prefix}worker`) ? join(folder, '..') : folder;
  try {
    const controllers = (await readFile(join(parent, 'cgroup.controllers'), 'utf8')).split(/\s+/);
    if (!['memory', 'pids', 'cpu'].every((name) => controllers.includes(name))) return undefined;
    const members = (await readFile(join(parent, 'cgroup.procs'), 'utf8')).split('\n').filter((line) => line !== '');
    if (members.some((pid) => Number(pid) !== process.pid)) return undefined;
    if (members.length > 0) {
      const leaf = join(parent, `${prefix}worker`);
      await mkdir(leaf, { recursive: true });
      await writeFile(join(leaf, 'cgroup.procs'), String(process.pid));
    }
    await writeFile(join(parent, 'cgroup.subtree_control'), '+memory +pids +cpu');
    return { version: 2, folders: { unified: parent } };
  } catch {
    return undefined;
  }
}

interface CgroupMount {
  type: string;
  root: string;
  mountPoint: string;
  options: readonly string[];
}

/** Where this process's own group of a hierarchy stands in the file system; undefined when it isn't mounted. */
async function ownFolder(wanted: (mount: CgroupMount) => boolean, controller: string): Promise<string | undefined> {
  const mountInfo = await readFile('/proc/self/mountinfo', 'utf8').catch(() => '');
  const membership = await readFile('/proc/self/cgroup', 'utf8').catch(() => '');
  const mount = mountInfo
    .split('\n')
    .map((line): CgroupMount | undefined => {
      const [before, after] = line.split(' - ');
      const fields = before?.split(' ') ?? [];
      const [type, , options] = after?.split(' ') ?? [];
      const [root, mountPoint] = [fields[3], fields[4]];
      if (type === undefined || root === undefined || mountPoint === undefined) return undefined;
      return { type, root, mountPoint, options: options?.split(',') ?? [] };
    })
    .find((candidate) => candidate !== undefined && wanted(candidate));
  if (!mount) return undefined;
  for (const line of membership.split('\n')) {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (path === undefined || !(controllers ?? '').split(',').includes(controller)) continue;
    const inside = relative(mount.root, path);
    return inside.startsWith('..') ? undefined : join(mount.mountPoint, inside);
  }
  return undefined;
}
