/**
 * Descriptors above 2 that a child would inherit: Node marks its own close-on-exec, but those that this process got from
 * its parent (a launcher's pipe, a supervisor's socket) may be open, and bwrap passes on what it finds.
 */
import { readdir, readFile } from 'node:fs/promises';

export async function inheritableFds(): Promise<number[]> {
  const closeOnExec = 0o2000000;
  const found: number[] = [];
  for (const name of await readdir('/proc/self/fdinfo').catch(() => [])) {
    const flags = /^flags:\s+(\d+)/m.exec(await readFile(`/proc/self/fdinfo/${name}`, 'utf8').catch(() => ''))?.[1];
    if (Number(name) > 2 && flags !== undefined && (parseInt(flags, 8) & closeOnExec) === 0) found.push(Number(name));
  }
  return found;
}
