/** The real server process on a free port, and the memory that the system gives it. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface ServerProcess {
  url: string;
  pid: number;
  /** MiB; NaN where the system does not say. */
  residentMiB(): number;
  /** Since the start, MiB. */
  peakMiB(): number;
  /** `signal` SIGTERM drains. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

const main = fileURLToPath(new URL('../src/main.js', import.meta.url));

/** @param options.port 0: any free one */
export async function startServer(
  databaseUrl: string,
  options: { nodeArgs?: string[]; port?: number } = {},
): Promise<ServerProcess> {
  const data = mkdtempSync(join(tmpdir(), 'nbpulse-bench-server-'));
  const port = options.port ?? 0;
  const child = spawn(process.execPath, [...(options.nodeArgs ?? []), main], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      DATABASE_URL: databaseUrl,
      NBPULSE_DATA: data,
      NBPULSE_PORT: String(port),
      NBPULSE_PUBLIC_URL: '',
    },
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const [, listening] = /^nbpulse listening (\S+)/.exec(line) ?? [];
      if (listening !== undefined) resolve(listening);
    });
    child.once('exit', (code) => reject(new Error(`the server ended with ${String(code)} before it listened`)));
  });
  const pid = child.pid ?? 0;
  const statusMiB = (field: string): number => {
    try {
      const found = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
      return Number(found?.[1]) / 1024;
    } catch {
      return NaN;
    }
  };
  return {
    url,
    pid,
    residentMiB: () => statusMiB('VmRSS'),
    peakMiB: () => statusMiB('VmHWM'),
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      await exited;
      rmSync(data, { recursive: true, force: true });
    },
  };
}
