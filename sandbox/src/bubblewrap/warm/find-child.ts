/** A nursery tells the id that a child has inside; this is the same process as the host numbers it. */
import { readFile } from 'node:fs/promises';
import { childrenOf } from '../../process-end.js';

/**
 * Never a number alone: it must be a child of that nursery, have that id there, and be process 1 of a namespace of its own.
 * It waits to be let on, and its parent does not bury it before we say so: the id stays its own.
 * @returns undefined when there is none (it has just ended).
 */
export async function findChild(nurseryPid: number, insidePid: number): Promise<number | undefined> {
  for (const pid of childrenOf(nurseryPid)) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    const parent = /^PPid:\s+(\d+)/m.exec(status)?.[1];
    const ids = /^NSpid:((?:\s+\d+)+)/m.exec(status)?.[1]?.trim().split(/\s+/) ?? [];
    if (parent === String(nurseryPid) && ids.at(-2) === String(insidePid) && ids.at(-1) === '1') return pid;
  }
  return undefined;
}
