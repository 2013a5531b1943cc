/**
 * nbpulse as a newcomer has it: `npm start` on a data folder and ports of its own, stopped and removed at the end.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** Beside this folder, or one further up when this runs compiled, from dist. */
const launcher = ['../launch/start.mjs', '../../launch/start.mjs']
  .map((path) => fileURLToPath(new URL(path, import.meta.url)))
  .find((path) => existsSync(path));

export interface Started {
  /** `http://127.0.0.1:PORT` */
  server: string;
  teacherLink: string;
  /** Absent with `--no-notebook`. */
  notebookLink: string;
  /** The launcher's process id. */
  pid: number;
  dataDir: string;
  /** Everything that the launcher said, for a failing test's report. */
  said: () => string;
  stop: () => Promise<void>;
}

/**
 * Ports that were free a moment ago; several at once, so that they differ. Below those that the system hands out by itself, so that
 * no connection of somebody else takes one while we start.
 */
export async function freePorts(count: number): Promise<number[]> {
  const servers: Server[] = [];
  for (let tries = 0; servers.length < count; tries++) {
    if (tries > 1_000) throw new Error('no free ports');
    const server = await listenOn(20_000 + Math.floor(Math.random() * 12_000));
    if (server) servers.push(server);
  }
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** Null when the port is taken. */
function listenOn(port: number): Promise<Server | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null)).listen(port, '127.0.0.1', () => resolve(server));
  });
}

export async function startNbpulse(options: { args?: string[]; notebook?: boolean } = {}): Promise<Started> {
  const { args = [], notebook = true } = options;
  if (launcher === undefined) throw new Error('server/launch/start.mjs is not where it should be');
  const [port, jupyterPort] = await freePorts(2);
  const dataDir = mkdtempSync(join(tmpdir(), 'nbpulse-e2e-'));
  const child = spawn(
    process.execPath,
    [
      launcher,
      '--data',
      dataDir,
      '--port',
      String(port),
      '--jupyter-port',
      String(jupyterPort),
      ...(notebook ? [] : ['--no-notebook']),
      ...args,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, DATABASE_URL: undefined } },
  );
  const lines: string[] = [];
  const stop = async (): Promise<void> => {
    await ended(child, 'SIGTERM');
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    const links = await readLinks(child, lines, notebook);
    return {
      server: `http://127.0.0.1:${port}`,
      ...links,
      pid: child.pid ?? -1,
      dataDir,
      said: () => lines.join('\n'),
      stop,
    };
  } catch (cause) {
    await stop();
    throw new Error(`npm start did not print its links. It said:\n${lines.join('\n')}`, { cause });
  }
}

function readLinks(
  child: ChildProcess,
  lines: string[],
  notebook: boolean,
): Promise<{ teacherLink: string; notebookLink: string }> {
  return new Promise((resolve, reject) => {
    const links = { teacherLink: '', notebookLink: '' };
    const timeout = setTimeout(() => reject(new Error('no links within five minutes')), 300_000);
    child.once('exit', (code) => reject(new Error(`the launcher ended with code ${code ?? 'none'}`)));
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue;
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line);
        links.teacherLink = /Teacher's page\s+(\S+)/.exec(line)?.[1] ?? links.teacherLink;
        links.notebookLink = /Student's notebook\s+(\S+)/.exec(line)?.[1] ?? links.notebookLink;
        if (links.teacherLink && (links.notebookLink || !notebook)) {
          clearTimeout(timeout);
          resolve(links);
        }
      });
    }
  });
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await exited;
}
