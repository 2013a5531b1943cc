/**
 * Which process made a folder, a control group or a container. A killed worker cannot clean up; the next one recognises
 * what a dead process left by this mark: process id and start time (a process id alone may have been given out again).
 */
import { readFile } from 'node:fs/promises';

/** Field 22 of `/proc/PID/stat`, in clock ticks since boot; undefined when that process is gone or a zombie. */
export async function startTicks(pid: number): Promise<string | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in brackets and may hold anything, spaces and brackets too.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

/** `<pid>-<start ticks>` of this process. Off Linux the start is 0: there nothing is swept. */
export async function ownMark(): Promise<string> {
  return `${process.pid}-${(await startTicks(process.pid)) ?? '0'}`;
}

/** Whether the process that the mark names is still alive. An unreadable mark counts as alive: never sweep on a guess. */
export async function isOwnerAlive(mark: string): Promise<boolean> {
  const match = /^(\d+)-(\d+)$/.exec(mark);
  if (!match || match[2] === '0') return true;
  return (await startTicks(Number(match[1]))) === match[2];
}
