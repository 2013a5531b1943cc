/**
 * Which process made a folder, a control group or a container. A killed worker cannot clean up; the next one recognises
 * what a dead process left by this mark: process id, start time (an id alone may have been given out again), and the
 * namespace in which that id means something – workers in two containers may share a temporary folder.
 */
import { readFile, readlink } from 'node:fs/promises';

/**
 * When a process started, in clock ticks since boot (field 22 of `/proc/PID/stat`); undefined when it is gone or a zombie.
 * @param parent asks for that process only if it is a child of this one.
 */
export async function startTicks(pid: number, parent?: number): Promise<string | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in brackets and may hold anything, spaces and brackets too.
    const [state, parentPid, ...others] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z' || (parent !== undefined && parentPid !== String(parent))) return undefined;
    return others[17];
  } catch {
    return undefined;
  }
}

/** The number in `pid:[4026531836]`; 0 off Linux. */
async function pidNamespace(): Promise<string> {
  const link = await readlink('/proc/self/ns/pid').catch(() => '');
  return /\d+/.exec(link)?.[0] ?? '0';
}

/** `<pid>-<start ticks>-<namespace>` of this process. Off Linux the start is 0: there nothing is swept. */
export async function ownMark(): Promise<string> {
  return `${process.pid}-${(await startTicks(process.pid)) ?? '0'}-${await pidNamespace()}`;
}

/**
 * Whether the process that the mark names is still alive. An unreadable mark, or one from another namespace, counts as
 * alive: never sweep on a guess.
 */
export async function isOwnerAlive(mark: string): Promise<boolean> {
  const match = /^(\d+)-(\d+)-(\d+)$/.exec(mark);
  if (!match || match[2] === '0' || match[3] !== (await pidNamespace())) return true;
  return (await startTicks(Number(match[1]))) === match[2];
}
