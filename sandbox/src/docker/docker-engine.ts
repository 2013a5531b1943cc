/**
 * Docker, through its own API. The daemon must see this machine's files (harness and data are bind mounts), so it is the local one, reached by its socket.
 *
 * A pair was *started ahead* (`ahead/`) and waited with everything imported, or starts *cold*, as two fresh interpreters: where
 * none waits that fits, and for programs that aren't the harness's.
 *
 * The two containers cannot inherit one socket pair, so the oracle listens on a path in the run's folder, which the probe
 * has read-only: connecting to a socket needs no writable mount.
 */
import Docker from 'dockerode';
import { hostname } from 'node:os';
import { EngineFault, type Engine, type PairRequest, type StartedPair } from '../engine.js';
import type { SandboxConfig } from '../environment.js';
import { ownMark } from '../owner-mark.js';
import { sweepRunFolders } from '../run-folder.js';
import { makeStage } from '../stage.js';
import { AheadPool, type PoolSettings } from './ahead/pool.js';
import { lastResortSeconds, ownerLabel, runLabel } from './container-options.js';
import { bothOrNeither, createPair, type ContainerPair, type DockerHost } from './container-pair.js';
import { buildImageCure, defaultGradingImage } from './grading-image.js';
import { sweepContainers } from './sweep.js';

export interface DockerEngine extends Engine {
  readonly name: 'docker';
  readonly docker: Docker;
  readonly image: string;
  /** Pairs started ahead; undefined when that is switched off. */
  readonly ahead: AheadPool | undefined;
}

/** @throws Error when DOCKER_HOST is not a local socket. */
export function dockerClient(dockerHost: string | undefined): Docker {
  if (dockerHost === undefined) return new Docker({ socketPath: '/var/run/docker.sock' });
  const socketPath = /^unix:\/\/(\/.+)$/.exec(dockerHost)?.[1];
  if (socketPath === undefined) {
    const cure = 'Set DOCKER_HOST=unix:///path/to/docker.sock, or run the worker on the machine that has the engine.';
    throw new EngineFault(
      `DOCKER_HOST is "${dockerHost}"; grading needs a local engine, because it binds files.`,
      cure,
    );
  }
  return new Docker({ socketPath });
}

/**
 * Connects, checks that the image is there, and removes what dead workers left.
 * @param harnessFolder default: the package's own.
 * @param pool what differs from `defaultPoolSettings`.
 * @throws EngineFault with the cure.
 */
export async function openDocker(
  config: SandboxConfig,
  harnessFolder?: string,
  pool?: Partial<PoolSettings>,
): Promise<DockerEngine> {
  const docker = dockerClient(config.dockerHost);
  const image = config.gradingImage ?? defaultGradingImage();
  let version: string;
  try {
    version = (await docker.version()).Version;
  } catch (cause) {
    const where = config.dockerHost ?? 'unix:///var/run/docker.sock';
    const cure = 'Install it (apt-get install docker.io), start it, and let this user use it (group docker).';
    throw new EngineFault(`No Docker engine answers at ${where}.`, cure, { cause });
  }
  await refuseUnlimited(docker);
  try {
    await docker.getImage(image).inspect();
  } catch (cause) {
    throw new EngineFault(`The grading image ${image} is not there.`, buildImageCure, { cause });
  }
  await sweepRunFolders();
  await sweepContainers(docker);
  const stage = await makeStage(harnessFolder, (path) => compileInside(docker, image, path));
  const host: DockerHost = { docker, image, stage };
  const ahead = config.warmStart === 'off' ? undefined : new AheadPool(host, pool);
  return {
    name: 'docker',
    tier: 'A',
    get description() {
      const paused = ahead?.whyPaused === undefined ? '' : `, none at the moment: ${ahead.whyPaused}`;
      return `Docker ${version}, image ${image}, ${ahead ? `started ahead${paused}` : 'cold start: starting ahead is switched off'}`;
    },
    harnessLoadsFilter: true,
    docker,
    image,
    ahead,
    start: (request) => (ahead ? startEither(host, ahead, request) : startCold(host, request)),
    close: async () => {
      await ahead?.close();
      await stage.remove();
    },
  };
}

/** From the pool where it can be, else cold: the same walls, a second later. */
async function startEither(host: DockerHost, ahead: AheadPool, request: PairRequest): Promise<StartedPair> {
  const leave = ahead.enter();
  try {
    const pair = (await ahead.take(request)) ?? (await startCold(host, request));
    return { ...pair, release: () => pair.release().finally(leave) };
  } catch (error) {
    leave();
    throw error;
  }
}

/** Once per engine, before any student's code: the harness is writable for this container only. */
async function compileInside(docker: Docker, image: string, harnessPath: string): Promise<void> {
  const container = await docker.createContainer({
    Image: image,
    Cmd: ['python3', '-I', '-m', 'compileall', '-q', '/harness'],
    User: `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`,
    NetworkDisabled: true,
    Labels: { [runLabel]: harnessPath, [ownerLabel]: `${hostname()} ${await ownMark()}` },
    HostConfig: { NetworkMode: 'none', CapDrop: ['ALL'], Binds: [`${harnessPath}:/harness`] },
  });
  try {
    const ended = container.wait({ condition: 'next-exit' });
    await container.start();
    await ended;
  } finally {
    await container.remove({ force: true });
  }
}

/** Rootless engines on control groups v1 take every limit and ignore it; Podman's tmpfs takes no inode limit. */
async function refuseUnlimited(docker: Docker): Promise<void> {
  const info = (await docker.info()) as { CgroupVersion?: string; SecurityOptions?: string[] | null };
  const version = (await docker.version()) as { Components?: { Name: string }[] | null };
  const isRootless = (info.SecurityOptions ?? []).some((option) => option.includes('rootless'));
  if (isRootless && info.CgroupVersion === '1') {
    const cure = 'Use bubblewrap, a rootful engine, or boot with control groups v2.';
    throw new EngineFault('This engine is rootless on control groups v1: it ignores every limit.', cure);
  }
  if ((version.Components ?? []).some(({ Name }) => /podman/i.test(Name))) {
    throw new EngineFault(
      'This engine is Podman, which cannot limit the number of files.',
      'Use bubblewrap or Docker.',
    );
  }
}

/** With fresh interpreters. */
async function startCold(host: DockerHost, request: PairRequest): Promise<StartedPair> {
  const startedAt = new Date();
  let pair: ContainerPair | undefined;
  try {
    const { limits } = request;
    const withLastResort = (argv: readonly string[]): readonly string[] => [
      ...['timeout', '-s', 'KILL', String(lastResortSeconds(limits))],
      ...argv,
    ];
    const { oracle, probe, clearing } = (pair = await createPair(host, {
      commands: { oracle: withLastResort(request.oracleArgv), probe: withLastResort(request.probeArgv) },
      limits,
      data: request.data,
      isInBackground: false,
      livesMs: limits.wallMs,
    }));
    await bothOrNeither(oracle.start(), probe.start());
    for (const sandbox of [oracle, probe]) sandbox.watch();
    return { oracle: oracle.process, probe: probe.process, startedAt, release: () => clearing.clear() };
  } catch (error) {
    await pair?.clearing.clear();
    if (error instanceof EngineFault) throw error;
    const said = error instanceof Error ? error.message : String(error);
    throw new EngineFault(`Docker could not start the sandboxes: ${said}`, undefined, { cause: error });
  }
}
