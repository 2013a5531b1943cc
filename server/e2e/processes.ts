/** The processes below one that a test started: found by parentage, so that nothing else on the machine is touched. */
import { readdirSync, readFileSync } from 'node:fs';

interface ProcessInfo {
  pid: number;
  parent: number;
  command: string;
}

function allProcesses(): ProcessInfo[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        if (fields[0] === 'Z') return [];
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
        return [{ pid: Number(name), parent: Number(fields[1]), command }];
      } catch {
        return []; // it ended while we looked
      }
    });
}

/** Living descendants of `root` whose command line matches. */
export function descendants(root: number, matching: RegExp): number[] {
  const all = allProcesses();
  const below = new Set([root]);
  for (let grew = true; grew;) {
    grew = false;
    for (const { pid, parent } of all) {
      if (below.has(parent) && !below.has(pid)) {
        below.add(pid);
        grew = true;
      }
    }
  }
  below.delete(root);
  return all.filter(({ pid, command }) => below.has(pid) && matching.test(command)).map(({ pid }) => pid);
}

/** Kills with SIGKILL the one descendant that matches, and returns its pid. */
export function killDescendant(root: number, matching: RegExp): number {
  const [pid, ...others] = descendants(root, matching);
  if (pid === undefined) throw new Error(`no process below ${root} matches ${String(matching)}`);
  if (others.length > 0) throw new Error(`${others.length + 1} processes below ${root} match ${String(matching)}`);
  process.kill(pid, 'SIGKILL');
  return pid;
}

/** Command lines of the processes that tests kill; the shells that tie them to the launcher begin otherwise. */
export const serverProcess = /^\S*node\S* \S+dist\/src\/main\.js$/;
export const databaseProcess = /^\S*\/postgres -/;
export const kernelProcess = /^\S*python\S* -m ipykernel_launcher /;
