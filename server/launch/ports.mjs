/** Whether a port is free, and if not, who holds it. */
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { LaunchProblem } from './problem.mjs';

/** @param {string} option @param {string} host @param {number} port */
export async function refuseTakenPort(option, host, port) {
  const code = await new Promise((settle) => {
    const server = createServer();
    server.once('error', (error) => settle(/** @type {NodeJS.ErrnoException} */ (error).code));
    server.listen({ port, host, exclusive: true }, () => server.close(() => settle(undefined)));
  });
  if (code === undefined) return;
  if (code === 'EACCES') {
    throw new LaunchProblem(
      `Port ${port} may not be used by this user.`,
      `Choose one above 1023: npm start -- ${option} ${8000 + (port % 1000)}`,
    );
  }
  if (code !== 'EADDRINUSE')
    throw new LaunchProblem(`The address ${host}, port ${port}, cannot be used (${code}).`, 'Check --host.');
  const holder = holderOf(port);
  throw new LaunchProblem(
    `Port ${port} is taken${holder ? ` by ${holder.name} (process ${holder.pid})` : ''}.`,
    `Choose another: npm start -- ${option} ${port + 10}${holder ? `, or stop it: kill ${holder.pid}` : ''}`,
  );
}

/**
 * The process that listens on a port, as /proc tells it; null where it does not (another user's process, not Linux).
 * @param {number} port
 */
export function holderOf(port) {
  const sockets = new Set();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of readLines(table)) {
      // sl, local address:port in hex, remote, state (0A listens), …, inode
      const fields = line.trim().split(/\s+/);
      if (fields[3] === '0A' && Number.parseInt(fields[1]?.split(':')[1] ?? '', 16) === port)
        sockets.add(`socket:[${fields[9]}]`);
    }
  }
  if (sockets.size === 0) return null;
  for (const pid of listed('/proc').filter((name) => /^\d+$/.test(name))) {
    for (const file of listed(`/proc/${pid}/fd`)) {
      if (sockets.has(linkOf(`/proc/${pid}/fd/${file}`))) return { pid: Number(pid), name: nameOf(pid) };
    }
  }
  return null;
}

/** @param {string} pid */
function nameOf(pid) {
  const words = readText(`/proc/${pid}/cmdline`).split('\0').filter(Boolean);
  return words.join(' ').slice(0, 120) || readText(`/proc/${pid}/comm`).trim() || 'a process';
}
/** @param {string} path */
const readLines = (path) => readText(path).split('\n').slice(1);
/** @param {string} path */
function readText(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
/** @param {string} path */
function listed(path) {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
/** @param {string} path */
function linkOf(path) {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
