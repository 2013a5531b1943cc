/** A bwrap that this process started: what it reports of its sandbox, and how it is ended at any moment of its start. */
import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { startTicks } from '../owner-mark.js';
import { childrenOf } from '../process-end.js';

/** What bwrap writes to `--info-fd`; the kernel's own numbers, nothing from inside. */
const bwrapInfo = z.object({ 'child-pid': z.int().positive() });

/** The starter needs sh, setpriv, unshare, mount and bwrap; inside, the environment starts empty. */
export const starterEnvironment = (): Record<string, string> => ({
  PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/usr/bin:/sbin:/bin`,
  LC_ALL: 'C',
});

/**
 * Process 1 of the sandbox, as the host numbers it; undefined when bwrap ended before it had made one.
 * @param info the other end of `--info-fd`.
 */
export async function readInitPid(info: Readable): Promise<number | undefined> {
  let text = '';
  try {
    for await (const chunk of info) text += String(chunk);
    return bwrapInfo.parse(JSON.parse(text))['child-pid'];
  } catch {
    // A closed pipe is an end like any other, and half a report is none.
    return undefined;
  }
}

/**
 * bwrap killed while it starts would leave its child waiting for it for ever. Stopped, it makes no more children; the one
 * it has is process 1 of the sandbox's pid namespace and takes everything in it along.
 */
export function killStarter(child: ChildProcess): void {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  child.kill('SIGSTOP');
  for (const pid of childrenOf(child.pid)) killPid(pid);
  child.kill('SIGKILL');
}

/** The init of a pid namespace ends only when everything in the namespace has. The ticks tell it from a later owner of its id. */
export async function endInit(pid: number, ticks: string | undefined): Promise<void> {
  while (ticks !== undefined && (await startTicks(pid)) === ticks) {
    killPid(pid);
    await delay(2);
  }
}

export function killPid(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}
