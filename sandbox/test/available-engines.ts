/**
 * The engines that this machine can offer to tests. What is missing is reported by name, with the command that would make
 * it possible (a line of JSON in the file NBPULSE_SKIPS), or fails the tests when NBPULSE_REQUIRE asks for it.
 */
import { execFile, spawn } from 'node:child_process';
import { access, appendFile, chmod, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { openBubblewrap } from '../src/bubblewrap/bubblewrap-engine.js';
import { findOnPath } from '../src/bubblewrap/find-bwrap.js';
import { dockerClient } from '../src/docker/docker-engine.js';
import { EngineFault } from '../src/engine.js';
import { sandboxConfig, type SandboxConfig } from '../src/environment.js';
import { packageFolder } from '../src/stage.js';

const repository = join(packageFolder, '..');
/** What stays from one run to the next; `npm test` names a folder that the sandbox's uids can reach. */
const kept = process.env['NBPULSE_TEST_FOLDER'] ?? join(repository, '.nbpulse', 'test');

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** The settings of this machine: the environment's, and what `npm start` and `npm test` made. */
export const testConfig = (): SandboxConfig => sandboxConfig(process.env);

/** @returns false after having reported it. */
async function cannot(word: 'bubblewrap' | 'docker', what: string, cure: string, mayBeRequired = true): Promise<false> {
  const required = (process.env['NBPULSE_REQUIRE'] ?? '').split(/[\s,]+/);
  if (mayBeRequired && required.includes(word)) throw new Error(`NBPULSE_REQUIRE names ${word}, but ${what}. ${cure}`);
  const skips = process.env['NBPULSE_SKIPS'];
  if (skips !== undefined && skips !== '')
    await appendFile(skips, `${JSON.stringify({ what: `${word}: ${what}`, cure })}\n`);
  return false;
}

/** Whether bubblewrap works here; reported when not. */
export async function hasBubblewrap(): Promise<boolean> {
  try {
    const engine = await openBubblewrap(testConfig());
    await engine.close();
    return true;
  } catch (error) {
    if (!(error instanceof EngineFault)) throw error;
    return cannot('bubblewrap', `grading with bubblewrap was not tested: ${error.message}`, error.cure ?? '');
  }
}

export interface TestDocker {
  /** For `openDocker`: the engine's address; the grading image is there. */
  config: SandboxConfig;
  stop(): Promise<void>;
}

/**
 * Whether `startDocker` will find an engine: the one that DOCKER_HOST names, the usual socket, or a dockerd that root can
 * start in a temporary folder.
 */
export async function hasDocker(): Promise<boolean> {
  const cure = 'sudo apt-get install docker.io mmdebstrap, then run the tests as root or with DOCKER_HOST set';
  if (await findRunning(testConfig())) return true;
  const isRoot = process.getuid?.() === 0;
  if (isRoot && (await findDaemon())) return true;
  return cannot('docker', 'grading with Docker was not tested: no engine runs here, and none could be started', cure);
}

/** Uses a running engine or starts one; makes the grading image when it is missing (some 30 s). */
export async function startDocker(): Promise<TestDocker> {
  const config = testConfig();
  const running = await findRunning(config);
  const own = running ? undefined : await startDaemon();
  const dockerHost = running ?? own?.dockerHost ?? '';
  const stop = async (): Promise<void> => own?.stop();
  try {
    await makeImage(dockerHost);
  } catch (error) {
    await stop();
    throw error;
  }
  return { config: { ...config, dockerHost }, stop };
}

async function findRunning(config: SandboxConfig): Promise<string | undefined> {
  const dockerHost = config.dockerHost ?? 'unix:///var/run/docker.sock';
  try {
    await dockerClient(dockerHost).ping();
    return dockerHost;
  } catch {
    return undefined;
  }
}

async function findDaemon(): Promise<string | undefined> {
  return (await findOnPath('dockerd')) ?? ((await isThere('/usr/sbin/dockerd')) ? '/usr/sbin/dockerd' : undefined);
}

/** An engine of our own: no bridge, no iptables, everything in one temporary folder. */
async function startDaemon(): Promise<{ dockerHost: string; stop(): Promise<void> }> {
  const daemon = (await findDaemon()) ?? 'dockerd';
  const folder = await mkdtemp(join(tmpdir(), 'nbpulse-dockerd-'));
  await chmod(folder, 0o711);
  const socket = join(folder, 'docker.sock');
  const child = spawn(
    daemon,
    [
      ...['--data-root', join(folder, 'data'), '--exec-root', join(folder, 'exec')],
      ...['-H', `unix://${socket}`, '-p', join(folder, 'docker.pid')],
      ...['--bridge=none', '--iptables=false', '--ip6tables=false'],
    ],
    { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` } },
  );
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4_000)));
  const state = { hasEnded: false };
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => {
      state.hasEnded = true;
      resolve();
    });
  });
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
    // dockerd leaves two mounts behind.
    const mounts = (await readFile('/proc/mounts', 'utf8'))
      .split('\n')
      .map((line) => line.split(' ')[1] ?? '')
      .filter((path) => path.startsWith(`${folder}/`))
      .sort()
      .reverse();
    for (const path of mounts) await promisify(execFile)('umount', ['-l', path]);
    await rm(folder, { recursive: true, force: true });
  };
  const dockerHost = `unix://${socket}`;
  for (const giveUpAt = Date.now() + 30_000; ;) {
    const isReady = await dockerClient(dockerHost)
      .ping()
      .then(
        () => true,
        () => false,
      );
    if (isReady) return { dockerHost, stop };
    if (state.hasEnded || Date.now() > giveUpAt) {
      await stop();
      throw new Error(`${daemon} did not start: ${said}`);
    }
    await delay(50);
  }
}

async function makeImage(dockerHost: string): Promise<void> {
  // The root folder stays for the next test run; only importing it is done each time.
  await buildImage(['--from-root', join(kept, 'grading-root')], dockerHost);
}

async function buildImage(args: readonly string[], dockerHost?: string): Promise<void> {
  const script = join(packageFolder, 'images', 'build-image.mjs');
  await mkdir(kept, { recursive: true });
  const lock = join(kept, 'lock');
  await promisify(execFile)('flock', [lock, process.execPath, script, ...args], {
    env: { ...process.env, ...(dockerHost === undefined ? {} : { DOCKER_HOST: dockerHost }) },
    maxBuffer: 16 * 1024 * 1024,
  });
}

/**
 * A root folder as `images/build-image.mjs` makes it, for bubblewrap. Only root can make one, with mmdebstrap; it stays in
 * `.nbpulse/test`, and a lock keeps two test files from making it at once.
 * @returns undefined after having reported it.
 */
export async function gradingRoot(): Promise<string | undefined> {
  const folder = join(kept, 'grading-root');
  const hasMmdebstrap = (await findOnPath('mmdebstrap')) !== undefined;
  if (process.getuid?.() !== 0 || !hasMmdebstrap) {
    const cure = 'sudo apt-get install mmdebstrap, then run the tests as root';
    await cannot('bubblewrap', 'a built root folder was not tested', cure, false);
    return undefined;
  }
  await buildImage(['--root', folder]);
  return folder;
}
