/** One sandbox as Docker's create request, built as data: each wall is a line. */
import type { ContainerCreateOptions } from 'dockerode';
import { KiB, MiB, second, type RunLimits } from '@nbpulse/schema/wire';
import type { Role } from '../engine.js';

/** Both containers see this volume of the run; the oracle writes (its socket), the probe only connects. */
export const seamFolderInside = '/seam';
export const seamSocketInside = `${seamFolderInside}/seam`;

export const runLabel = 'nbpulse.run';
export const ownerLabel = 'nbpulse.owner';
export const expiresLabel = 'nbpulse.expires';

const sharedMemory = { bytes: 8 * MiB, inodes: 128 };
const bytesPerInode = 16 * KiB;

interface ContainerWishes {
  image: string;
  role: Role;
  /** With its own last resort (`lastResortSeconds`). */
  command: readonly string[];
  uid: number;
  limits: RunLimits;
  /** Others on this host go first, until `updatedLimits` says otherwise. */
  isInBackground: boolean;
  harnessPath: string;
  dataPath: string;
  seamVolume: string;
  passwdPath: string;
  groupPath: string;
  seccompB64: string;
  labels: Readonly<Record<string, string>>;
}

/**
 * A worker that is killed cannot end its containers, and the next one may be long in coming. So each ends itself, well
 * after the run's own clock would have.
 */
export const lastResortSeconds = (limits: RunLimits): number => Math.ceil(limits.wallMs / second) + 60;

const tmpfs = (bytes: number, inodes: number): string =>
  `rw,nosuid,nodev,noexec,mode=1777,size=${bytes},nr_inodes=${inodes}`;

/** Docker's own list, and all of `/sys`: it names the host's devices and its control groups. */
const maskedPaths = [
  ...['/proc/asound', '/proc/acpi', '/proc/kcore', '/proc/keys', '/proc/latency_stats', '/proc/timer_list'],
  ...['/proc/timer_stats', '/proc/sched_debug', '/proc/scsi', '/proc/interrupts', '/sys'],
];
const readonlyPaths = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'];

/** The engine's numbers for a container that others come before, and for all others. */
const cpuShares = { background: 2, usual: 1024 };

/** What may still be changed once a container runs, all of it. */
export function updatedLimits(limits: RunLimits) {
  return {
    Memory: limits.memoryBytes,
    MemorySwap: limits.memoryBytes,
    PidsLimit: limits.pids,
    NanoCpus: Math.round(limits.cpus * 1e9),
    CpuShares: cpuShares.usual,
  };
}

export const coresOf = (limits: RunLimits): number => Math.ceil(limits.cpus);

/** Of a program's environment, what depends on its limits. */
export function environmentOfCores(cores: number): Readonly<Record<string, string>> {
  return { OPENBLAS_NUM_THREADS: String(cores), OMP_NUM_THREADS: String(cores) };
}

export function containerOptions(wishes: ContainerWishes): ContainerCreateOptions {
  const { limits } = wishes;
  const identity = `${wishes.uid}:${wishes.uid}`;
  return {
    Image: wishes.image,
    Cmd: [...wishes.command],
    Entrypoint: [],
    User: identity,
    WorkingDir: '/tmp',
    Hostname: 'sandbox',
    NetworkDisabled: true,
    Tty: false,
    OpenStdin: true,
    StdinOnce: true,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    Labels: { ...wishes.labels, 'nbpulse.role': wishes.role },
    Env: [
      'PATH=/usr/local/bin:/usr/bin:/bin',
      'HOME=/tmp',
      'TMPDIR=/tmp',
      'LANG=C.UTF-8',
      'MPLBACKEND=Agg',
      ...Object.entries(environmentOfCores(coresOf(limits))).map(([name, value]) => `${name}=${value}`),
      `NBPULSE_SEAM_SOCKET=${seamSocketInside}`,
      `NBPULSE_SECCOMP_B64=${wishes.seccompB64}`,
    ],
    HostConfig: {
      // Without an init, a student's process as process 1 can be forgotten by the engine (ptrace and a signal).
      Init: true,
      NetworkMode: 'none',
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      ReadonlyRootfs: true,
      ...updatedLimits(limits),
      ...(wishes.isInBackground ? { CpuShares: cpuShares.background } : {}),
      // Docker's own /dev/shm has no inode limit; `none` leaves it out, and a tmpfs of ours takes its place.
      IpcMode: 'none',
      Tmpfs: {
        '/tmp': tmpfs(limits.tmpBytes, Math.ceil(limits.tmpBytes / bytesPerInode)),
        '/dev/shm': tmpfs(sharedMemory.bytes, sharedMemory.inodes),
      },
      Binds: [
        `${wishes.harnessPath}:/harness:ro`,
        `${wishes.dataPath}:/job/data:ro`,
        `${wishes.passwdPath}:/etc/passwd:ro`,
        `${wishes.groupPath}:/etc/group:ro`,
      ],
      Mounts: [
        {
          Type: 'volume',
          Source: wishes.seamVolume,
          Target: seamFolderInside,
          ReadOnly: wishes.role === 'probe',
          VolumeOptions: { NoCopy: true, Labels: {}, DriverConfig: { Name: '', Options: {} } },
        },
      ],
      Ulimits: [
        { Name: 'core', Soft: 0, Hard: 0 },
        { Name: 'nofile', Soft: 1024, Hard: 1024 },
      ],
      MaskedPaths: maskedPaths,
      ReadonlyPaths: readonlyPaths,
      // The host's name servers are nobody's business in there.
      Dns: ['127.0.0.1'],
      // The daemon would write a flood to its disk.
      LogConfig: { Type: 'none', Config: {} },
      RestartPolicy: { Name: 'no' },
    },
  };
}
