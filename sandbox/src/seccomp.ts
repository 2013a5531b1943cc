/**
 * The system call filter, written once for every engine. bubblewrap takes the program by `--seccomp FD`; in Docker the
 * harness loads the same bytes by prctl before any student code, on top of the engine's own profile (filters stack,
 * the strictest answer wins). It denies what a default profile leaves open – io_uring, ptrace, userfaultfd, keyctl, new
 * namespaces, AF_VSOCK – and every socket that is not AF_UNIX, so that a wrongly wired network is no way out either.
 *
 * A program is a list of 8-byte instructions {u16 code, u8 jt, u8 jf, u32 k}, little endian, run over
 * `struct seccomp_data {int nr; u32 arch; u64 ip; u64 args[6]}`.
 */
const load = 0x20; // BPF_LD | BPF_W | BPF_ABS
const jumpIfEqual = 0x15;
const jumpIfGreaterOrEqual = 0x35;
const jumpIfAnyBit = 0x45;
const give = 0x06; // BPF_RET | BPF_K

const allow = 0x7fff0000;
const killProcess = 0x80000000;
const refuse = (errno: number): number => (0x00050000 | errno) >>> 0;
const EPERM = 1;
const ENOSYS = 38;
const EAFNOSUPPORT = 97;
const AF_UNIX = 1;

const offsetOfNumber = 0;
const offsetOfArch = 4;
const offsetOfFirstArgument = 16;

/** CLONE_NEWTIME is left out: in clone(2) its bit is part of the exit signal. */
const newNamespaceFlags = 0x7e020000;

/** Calls above this number are the x32 ABI, a second way to every call. */
const x32Bit = 0x40000000;

interface Architecture {
  audit: number;
  clone: number;
  socket: number;
  denied: readonly number[];
}

// prettier-ignore
const deniedOnBoth = [
  425, 426, 427, // io_uring_setup, io_uring_enter, io_uring_register
  428, 429, 430, 431, 432, 433, 442, // open_tree, move_mount, fsopen, fsconfig, fsmount, fspick, mount_setattr
  438, 443, 447, // pidfd_getfd, quotactl_fd, memfd_secret
] as const;

const clone3 = 435;

const x64: Architecture = {
  audit: 0xc000003e,
  clone: 56,
  socket: 41,
  // prettier-ignore
  denied: [
    101, 310, 311, 312, // ptrace, process_vm_readv, process_vm_writev, kcmp
    248, 249, 250, // add_key, request_key, keyctl
    272, 308, // unshare, setns
    321, 298, 323, 300, // bpf, perf_event_open, userfaultfd, fanotify_init
    165, 166, 155, 161, // mount, umount2, pivot_root, chroot
    303, 304, 212, // name_to_handle_at, open_by_handle_at, lookup_dcookie
    174, 175, 176, 177, 178, 313, 246, 320, // kernel modules and kexec
    163, 167, 168, 169, 179, 180, // acct, swapon, swapoff, reboot, quotactl, nfsservctl
    159, 164, 227, 305, // adjtimex, settimeofday, clock_settime, clock_adjtime
    103, 134, 135, 136, 139, 153, 154, 156, 170, 171, 172, 173, // syslog, uselib, personality, …, iopl, ioperm
    256, 279, // migrate_pages, move_pages
  ],
};

const arm64: Architecture = {
  audit: 0xc00000b7,
  clone: 220,
  socket: 198,
  // prettier-ignore
  denied: [
    117, 270, 271, 272, // ptrace, process_vm_readv, process_vm_writev, kcmp
    217, 218, 219, // add_key, request_key, keyctl
    97, 268, // unshare, setns
    280, 241, 282, 262, // bpf, perf_event_open, userfaultfd, fanotify_init
    40, 39, 41, 51, // mount, umount2, pivot_root, chroot
    264, 265, 18, // name_to_handle_at, open_by_handle_at, lookup_dcookie
    105, 106, 273, 104, 294, // kernel modules and kexec
    89, 224, 225, 142, 60, 42, // acct, swapon, swapoff, reboot, quotactl, nfsservctl
    171, 170, 112, 266, // adjtimex, settimeofday, clock_settime, clock_adjtime
    116, 92, 58, 161, 162, // syslog, personality, vhangup, sethostname, setdomainname
    238, 239, // migrate_pages, move_pages
  ],
};

/**
 * The filter's bytes for a machine.
 * @param machine Node's name of the architecture, default this process's.
 * @throws Error when no filter is written for that machine: student code then must not run there.
 */
export function seccompProgram(machine: string = process.arch): Buffer {
  const architecture = machine === 'x64' ? x64 : machine === 'arm64' ? arm64 : undefined;
  if (!architecture) {
    throw new Error(`No system call filter for ${machine}: grading runs on x64 and arm64 machines only.`);
  }
  const instructions: Buffer[] = [];
  const add = (code: number, jumpTrue: number, jumpFalse: number, k: number): void => {
    const bytes = Buffer.alloc(8);
    bytes.writeUInt16LE(code, 0);
    bytes.writeUInt8(jumpTrue, 2);
    bytes.writeUInt8(jumpFalse, 3);
    bytes.writeUInt32LE(k >>> 0, 4);
    instructions.push(bytes);
  };
  const deny = (number: number, errno: number): void => {
    add(jumpIfEqual, 0, 1, number);
    add(give, 0, 0, refuse(errno));
  };

  add(load, 0, 0, offsetOfArch);
  add(jumpIfEqual, 1, 0, architecture.audit);
  add(give, 0, 0, killProcess);
  add(load, 0, 0, offsetOfNumber);
  add(jumpIfGreaterOrEqual, 0, 1, x32Bit);
  add(give, 0, 0, killProcess);
  // glibc answers ENOSYS by falling back to clone, whose flags a filter can read; those of clone3 are behind a pointer.
  deny(clone3, ENOSYS);
  for (const number of [...architecture.denied, ...deniedOnBoth]) deny(number, EPERM);

  add(jumpIfEqual, 0, 4, architecture.clone);
  add(load, 0, 0, offsetOfFirstArgument);
  add(jumpIfAnyBit, 0, 1, newNamespaceFlags);
  add(give, 0, 0, refuse(EPERM));
  add(give, 0, 0, allow);

  add(jumpIfEqual, 0, 3, architecture.socket);
  add(load, 0, 0, offsetOfFirstArgument);
  add(jumpIfEqual, 1, 0, AF_UNIX);
  add(give, 0, 0, refuse(EAFNOSUPPORT));
  add(give, 0, 0, allow);
  return Buffer.concat(instructions);
}
