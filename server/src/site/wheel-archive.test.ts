import { execFile, spawnSync } from 'node:child_process';
import { appendFileSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { siteApp } from './site.js';

const wheelName = 'nbpulse-9.9.9-py3-none-any.whl';
const python = process.env.NBPULSE_DEVELOP_PYTHON ?? 'python3';
const hasPip = spawnSync(python, ['-m', 'pip', '--version']).status === 0;
if (!hasPip && process.env.NBPULSE_SKIPS) {
  const skip = { what: 'pip install <server>/wheel', cure: 'apt-get install python3-pip' };
  appendFileSync(process.env.NBPULSE_SKIPS, `${JSON.stringify(skip)}\n`);
}

/** A wheel with one module, made by Python itself. */
const makeWheel = `
import sys, zipfile
name = "nbpulse-9.9.9"
with zipfile.ZipFile(sys.argv[1], "w") as wheel:
    wheel.writestr("nbpulse_probe.py", "answer = 42\\n")
    wheel.writestr(name + ".dist-info/METADATA", "Metadata-Version: 2.1\\nName: nbpulse\\nVersion: 9.9.9\\n")
    wheel.writestr(name + ".dist-info/WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr(name + ".dist-info/RECORD", "nbpulse_probe.py,,\\n" + "".join(f"{name}.dist-info/{part},,\\n" for part in ("METADATA", "WHEEL", "RECORD")))
`;

describe.skipIf(!hasPip)('pip install <server>/wheel', () => {
  let folder: string;
  let server: Server;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nbpulse-wheel-'));
    await writeFile(join(folder, 'make.py'), makeWheel);
    expect(spawnSync(python, [join(folder, 'make.py'), join(folder, wheelName)]).status).toBe(0);
    const app = siteApp({ webFolder: folder, wheel: join(folder, wheelName), basePath: '/' });
    server = createServer((request, response) => {
      void (async () => {
        const answer = await app.request(request.url ?? '/');
        response.writeHead(answer.status, Object.fromEntries(answer.headers));
        response.end(Buffer.from(await answer.arrayBuffer()));
      })();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    await new Promise((resolve) => server.close(resolve));
    await rm(folder, { recursive: true });
  });

  it.each([
    ['the short address', '/wheel'],
    ['the wheel’s own', `/wheel/${wheelName}`],
  ])(
    'installs from %s, without an index',
    async (_which, path) => {
      const target = join(folder, path.replaceAll('/', '_'));
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
      const options = ['--no-index', '--no-deps', '--no-cache-dir', '--disable-pip-version-check', '--target', target];
      await promisify(execFile)(python, ['-m', 'pip', 'install', ...options, url], { timeout: 60_000 });
      expect(readFileSync(join(target, 'nbpulse_probe.py'), 'utf8')).toBe('answer = 42\n');
    },
    180_000,
  );
});
