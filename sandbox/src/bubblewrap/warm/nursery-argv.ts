/**
 * The command line of a nursery: the chain of a sandbox (`../argv.ts`), with the rights that its children need to become
 * sandboxes – inside its user namespace only, where it is uid 0, and nobody outside.
 */
import { dirname } from 'node:path';
import { MiB } from '@nbpulse/schema/wire';
import type { Role } from '../../engine.js';
import { dropRoot, environmentArgv, sandboxEnvironment, startIn } from '../argv.js';
import type { RootFolders } from '../root-folders.js';

/** In the order of Node's stdio array. Commands and answers are 0 and 1. */
export const nurseryDescriptors = { commands: 0, answers: 1, errors: 2, bridge: 3, idMap: 4, info: 5 } as const;

/** What unshare, mount and a change of uid want. bwrap takes all others away. */
const capabilities = ['CAP_SYS_ADMIN', 'CAP_SETUID', 'CAP_SETGID', 'CAP_SETPCAP'];

/** Without root there is one id, which is 0 in the nursery; Linux 5.12 and later want this of who hands an id 0 on. */
const capabilityOfOneId = 'CAP_SETFCAP';

/** A child writes its own argument list here; a longer one is cut in `ps`, nowhere else. */
const titleRoom = 'room'.repeat(256);

export interface NurseryCommand {
  role: Role;
  bwrap: string;
  root: RootFolders;
  harnessPath: string;
  /** `door`, `runs/` and an empty folder `empty`; mounted where children take it away from themselves. */
  folder: string;
  /** Set when we are root: the uid to become outside; the host then writes the map of ids. */
  uid?: number;
  procsPaths: readonly string[];
  strayFds: readonly number[];
  /** Without control groups the server and the teacher's page go first. */
  isNice: boolean;
}

export function nurseryArgv(command: NurseryCommand): [string, ...string[]] {
  const { root } = command;
  // Its children get their own when they begin; BLAS starts no thread in a process that forks.
  const { NBPULSE_SEAM_FD: _, ...environment } = sandboxEnvironment(root, 1);
  const held = command.uid === undefined ? [...capabilities, capabilityOfOneId] : capabilities;
  return [
    ...startIn(command, 'nbpulse-nursery'),
    ...(command.isNice ? ['nice', '-n', '10'] : []),
    ...dropRoot(command.uid),
    command.bwrap,
    ...['--unshare-all', '--unshare-user', '--die-with-parent', '--new-session', '--as-pid-1'],
    ...['--cap-drop', 'ALL', ...held.flatMap((name) => ['--cap-add', name])],
    ...environmentArgv(environment),
    ...['--uid', '0', '--gid', '0', '--hostname', 'sandbox'],
    ...[...openFolders(root), '/job'].flatMap((path) => ['--dir', path]),
    ...root.argv,
    ...['--proc', '/proc', '--dev', '/dev', '--remount-ro', '/dev'],
    ...['--size', String(64 * MiB), '--tmpfs', '/tmp'],
    ...['--ro-bind', command.folder, '/tmp/nursery'],
    ...['--ro-bind', command.harnessPath, '/harness'],
    ...['--ro-bind', `${command.folder}/empty`, '/job/data'],
    ...['--remount-ro', '/', '--chdir', '/tmp'],
    ...['--info-fd', String(nurseryDescriptors.info)],
    ...(command.uid === undefined ? [] : ['--userns-block-fd', String(nurseryDescriptors.idMap)]),
    '--',
    ...['python3', '-I', '/harness/nursery.py', command.role, titleRoom],
  ];
}

/**
 * The folders above the root's own mounts. What bwrap makes on the way to a mount only its own uid may enter; the children
 * have others.
 */
function openFolders(root: RootFolders): string[] {
  const found = new Set<string>();
  // Options come in threes: what to do, from where, to where.
  for (const target of root.argv.filter((_, index) => index % 3 === 2)) {
    for (let path = dirname(target); path !== '/' && path !== '.'; path = dirname(path)) found.add(path);
  }
  return [...found].sort();
}
