/** CPU time of processes: on a machine that others use too, it says more than the clock does. */
import { readFileSync } from 'node:fs';
import type postgres from 'postgres';

const ticksPerSecond = 100;

/** User and system time so far, in seconds, by process; those that are gone, and all where there is no /proc, are left out. */
export function cpuSeconds(pids: readonly number[]): Map<number, number> {
  const seconds = new Map<number, number>();
  for (const pid of pids) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(') ') + 2).split(' ');
      seconds.set(pid, (Number(fields[11]) + Number(fields[12])) / ticksPerSecond);
    } catch {
      // not ours to see
    }
  }
  return seconds;
}

/** What was used between two looks. */
export function cpuBetween(before: Map<number, number>, after: Map<number, number>): number {
  if (after.size === 0) return NaN;
  return [...after].reduce((sum, [pid, seconds]) => sum + seconds - (before.get(pid) ?? 0), 0);
}

/** All processes of the database; of one on another machine, none that we can see. */
export async function databasePids(sql: postgres.Sql): Promise<number[]> {
  const rows = await sql<{ pid: number }[]>`select pid from pg_stat_activity`;
  return rows.map(({ pid }) => pid);
}
