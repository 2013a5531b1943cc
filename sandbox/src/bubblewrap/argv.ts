/**
 * The command line of one sandbox, built as data from the outside in:
 *
 *     sh: arrange the descriptors, join the control groups (tier B: nice)
 *       setpriv: drop root (never bwrap as root: inside it is uid 1000, outside it would still be 0)
 *         unshare + mount: the tmpfs with an inode limit, which bwrap's own --tmpfs lacks
 *           bwrap: namespaces, root, capabilities, system call filter
 *             sh: ulimits, tier B only
 *               the program
 */
import type { RunLimits } from '@nbpulse/schema/wire';
import { KiB, MiB, second } from '@nbpulse/schema/wire';
import type { RootFolders } from './root-folders.js';

/** Descriptors of the starter, in the order of Node's stdio array. The program keeps 0, 1, 2 and the seam as 3. */
export const descriptors = { seam: 0, stdout: 1, stderr: 2, stdin: 3, seccomp: 4, info: 5 } as const;
export const seamFd = 3;

export const sharedMemoryBytes = 8 * MiB;
export const sharedMemoryInodes = 128;
/** One file may be as small as it likes, but not one of millions. 64 MiB give 4,096 inodes. */
export const inodesOf = (tmpBytes: number): number => Math.ceil(tmpBytes / (16 * KiB));

export interface SandboxCommand {
  bwrap: string;
  root: RootFolders;
  harnessPath: string;
  dataPath: string;
  /** Empty folders of this run. */
  tmpMountPoint: string;
  shmMountPoint: string;
  limits: RunLimits;
  /** Set when we are root: the uid to become outside. */
  uid?: number;
  /** Tier A: where to write the starter's id. */
  procsPaths: readonly string[];
  /** Whether `unshare` and `mount` may make the tmpfs (some hosts allow bwrap only). */
  canLimitInodes: boolean;
  /** Tier B: limits per process. */
  perProcessLimits: boolean;
  /** Descriptors that this process inherited without close-on-exec; the sandbox must not get them. */
  strayFds: readonly number[];
  argv: readonly string[];
}

/**
 * `exec 9<&0 …` swaps stdin and the seam. The seam comes in as descriptor 0, because those up to 2 are the ones that Node
 * makes blocking again for a child; the flag belongs to the socket, so the swapped descriptor is blocking as well.
 */
const swapSeam = 'exec 9<&0 0<&3 3<&9 9<&-\n';

/** Joins the control groups named before `--`, then becomes what stands after it. */
const starter = [
  'ulimit -c 0; ulimit -n 1024 2>/dev/null',
  'while [ "$1" != -- ]; do echo $$ >"$1" || exit 125; shift; done',
  'shift',
  'exec "$@"',
].join('\n');

const mountThenExec = [
  'mount -t tmpfs -o "$1" none "$2" && mount -t tmpfs -o "$3" none "$4" || exit 125',
  'shift 4',
  'exec "$@"',
].join('\n');

/** dash calls it -p, bash -u. Set inside the user namespace, where the processes of this uid outside do not count. */
const limitThenExec = [
  'ulimit -v "$1"; ulimit -t "$2"; ulimit -f "$3"; ulimit -p "$4" 2>/dev/null || ulimit -u "$4"',
  'shift 4',
  'exec "$@"',
].join('\n');

export function sandboxArgv(command: SandboxCommand): [string, ...string[]] {
  return [
    ...startIn(command, 'nbpulse-sandbox', swapSeam),
    // Without control groups nothing shares the processor out: the server and the teacher's page go first.
    ...(command.perProcessLimits ? ['nice', '-n', '10'] : []),
    ...dropRoot(command.uid),
    ...limitedTmpfs(command),
    ...bwrapArgv(command),
    ...perProcess(command),
    ...command.argv,
  ];
}

/**
 * The shell at the outside: closes what must not get in, arranges descriptors, joins the control groups.
 * @param arrange lines of shell that come before it joins.
 */
export function startIn(
  command: Pick<SandboxCommand, 'strayFds' | 'procsPaths'>,
  name: string,
  arrange = '',
): [string, ...string[]] {
  const stray = command.strayFds.map((fd) => `exec ${fd}>&-\n`).join('');
  // dash cannot name descriptors above 9. bash with a socket as stdin takes itself for rshd's and would read ~/.bashrc.
  const shell: [string, ...string[]] = command.strayFds.some((fd) => fd > 9) ? ['bash', '--norc'] : ['/bin/sh'];
  return [...shell, '-c', stray + arrange + starter, name, ...command.procsPaths, '--'];
}

export function dropRoot(uid: number | undefined): string[] {
  if (uid === undefined) return [];
  const id = String(uid);
  const identity = ['--reuid', id, '--regid', id, '--clear-groups'];
  return ['setpriv', ...identity, '--bounding-set=-all', '--inh-caps=-all', '--no-new-privs'];
}

const tmpfsOptions = (bytes: number, inodes: number): string =>
  `size=${bytes},nr_inodes=${inodes},mode=1777,nosuid,nodev`;

function limitedTmpfs(command: SandboxCommand): string[] {
  if (!command.canLimitInodes) return [];
  const tmp = tmpfsOptions(command.limits.tmpBytes, inodesOf(command.limits.tmpBytes));
  const shm = tmpfsOptions(sharedMemoryBytes, sharedMemoryInodes);
  const mounts = [tmp, command.tmpMountPoint, shm, command.shmMountPoint];
  return ['unshare', '--user', '--map-root-user', '--mount', 'sh', '-c', mountThenExec, 'sh', ...mounts];
}

/** Everything that a program finds in its environment, but for what bwrap adds (PWD). */
export function sandboxEnvironment(root: RootFolders, cores: number): Readonly<Record<string, string>> {
  return {
    PATH: root.path,
    HOME: '/tmp',
    TMPDIR: '/tmp',
    LANG: 'C.UTF-8',
    MPLBACKEND: 'Agg',
    // One thread per core that the sandbox may use: more only costs memory and processes.
    OPENBLAS_NUM_THREADS: String(cores),
    OMP_NUM_THREADS: String(cores),
    NBPULSE_SEAM_FD: String(seamFd),
  };
}

export const coresOf = (limits: Pick<RunLimits, 'cpus'>): number => Math.ceil(limits.cpus);

/** Options of bwrap for an environment of these variables only. */
export const environmentArgv = (environment: Readonly<Record<string, string>>): string[] => [
  '--clearenv',
  ...Object.entries(environment).flatMap(([name, value]) => ['--setenv', name, value]),
];

function bwrapArgv(command: SandboxCommand): string[] {
  const { limits, root } = command;
  return [
    command.bwrap,
    '--unshare-all',
    '--die-with-parent',
    '--new-session',
    ...['--cap-drop', 'ALL'],
    ...environmentArgv(sandboxEnvironment(root, coresOf(limits))),
    ...['--uid', '1000', '--gid', '1000', '--hostname', 'sandbox'],
    ...root.argv,
    ...['--proc', '/proc', '--dev', '/dev'],
    ...(command.canLimitInodes
      ? ['--bind', command.shmMountPoint, '/dev/shm', '--remount-ro', '/dev', '--bind', command.tmpMountPoint, '/tmp']
      : [
          ...['--size', String(sharedMemoryBytes), '--tmpfs', '/dev/shm', '--remount-ro', '/dev'],
          ...['--size', String(limits.tmpBytes), '--tmpfs', '/tmp'],
        ]),
    ...['--ro-bind', command.harnessPath, '/harness'],
    ...['--ro-bind', command.dataPath, '/job/data'],
    ...['--remount-ro', '/', '--chdir', '/tmp'],
    ...['--seccomp', String(descriptors.seccomp), '--info-fd', String(descriptors.info)],
    '--',
  ];
}

/** Tier B. */
export function processLimits(limits: RunLimits): Record<'addressSpaceBytes' | 'cpuSeconds' | 'fileBytes', number> {
  return {
    // Address space, not memory: twice the limit lets an honest hog reach the sampler's verdict, which names the cause.
    addressSpaceBytes: 2 * limits.memoryBytes,
    cpuSeconds: Math.ceil((limits.wallMs * limits.cpus) / second) + 5,
    fileBytes: limits.tmpBytes,
  };
}

function perProcess(command: SandboxCommand): string[] {
  if (!command.perProcessLimits) return [];
  const { addressSpaceBytes, cpuSeconds, fileBytes } = processLimits(command.limits);
  // Files in blocks of 512 bytes for dash and of 1,024 for bash; the tmpfs is the wall, this only stops a sparse file early.
  const numbers = [Math.ceil(addressSpaceBytes / KiB), cpuSeconds, Math.ceil(fileBytes / 512), command.limits.pids];
  return ['/bin/sh', '-c', limitThenExec, 'sh', ...numbers.map(String)];
}
