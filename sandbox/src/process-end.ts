/** What `/proc` tells of the end of a sandbox's processes, before the one that waits for them says it. */
import { readFileSync } from 'node:fs';

/** As a shell tells an end by SIGKILL. */
export const endedBySigkill = 128 + 9;

/** How long process 1 of a sandbox has to say how its program ended. */
export const lastWordMs = 2_000;

/** Whether a process is already on its way out, before we kill it: a zombie, or the kernel is taking it apart. */
export function isEnding(pid: number): boolean {
  const exiting = 0x4;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' || (Number(fields[6]) & exiting) !== 0;
  } catch {
    return true;
  }
}

/**
 * Whether the program of a sandbox has ended, so that process 1 has said how, or is about to. Who kills process 1 now would never
 * know.
 * @param initPid process 1 of the sandbox, as the host numbers it.
 */
export const hasEnded = (initPid: number): boolean => isEnding(initPid) || childrenOf(initPid).length === 0;

/** Of its main thread. */
export function childrenOf(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return text
      .split(' ')
      .filter((child) => child.trim() !== '')
      .map(Number);
  } catch {
    return [];
  }
}
