/**
 * A file that at most one living process holds; what is in it can be read by the others. A holder that died leaves it behind,
 * and the next one takes it over: the process id and its start time tell a dead holder from a new process with the same number.
 */
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';

/** What tells this process from a later one with the same id. @param {number} pid @returns {string | null} null when there is no such process */
export function processMark(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? null : (fields[19] ?? null);
  } catch {
    if (process.platform === 'linux') return null;
  }
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || null;
  } catch {
    return null;
  }
}

/**
 * @template {object} T
 * @param {string} path
 * @param {T} about what others may read
 * @returns {{ held: true, tell(about: T): void, release(): void } | { held: false, pid: number, about: T }}
 */
export function takeOnly(path, about) {
  const mine = `${path}.${process.pid}`;
  const write = (/** @type {string} */ to, /** @type {T} */ what) =>
    writeFileSync(to, JSON.stringify({ pid: process.pid, mark: processMark(process.pid), about: what }), {
      mode: 0o600,
    });
  for (;;) {
    write(mine, about);
    try {
      linkSync(mine, path);
      rmSync(mine);
      return {
        held: true,
        tell(what) {
          write(mine, what);
          renameSync(mine, path);
        },
        release: () => rmSync(path, { force: true }),
      };
    } catch (error) {
      rmSync(mine, { force: true });
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
    }
    const holder = readHolder(path);
    if (holder === undefined) continue;
    if (holder !== null && processMark(holder.pid) === holder.mark)
      return { held: false, pid: holder.pid, about: holder.about };
    // Renaming is what decides between two that both found a dead holder; if a living one got in between, it gets it back.
    const dead = `${path}.dead.${process.pid}`;
    try {
      renameSync(path, dead);
    } catch {
      continue;
    }
    const taken = readHolder(dead);
    if (taken && processMark(taken.pid) === taken.mark) {
      try {
        linkSync(dead, path);
      } catch {
        // a third one holds it by now
      }
    }
    rmSync(dead, { force: true });
  }
}

/** @param {string} path @returns {{ pid: number, mark: string, about: any } | null | undefined} null: unreadable; undefined: gone */
function readHolder(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT' ? undefined : null;
  }
}
