/**
 * Docker, through its own API. The daemon must see this machine's files (harness and data are bind mounts), so it is the local one, reached by its socket.
 *
 * The two containers cannot inherit one socket pair, so the oracle listens on a path in the run's folder, which the probe
 * has read-only: connecting to a socket needs no writable mount.
 */
import Docker from 'dockerode';
import { randomBytes } from 'node:crypto';
import { chmod, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { Clearing } from '../clearing.js';
import { EngineFault, type Engine, type PairRequest, type StartedPair } from '../engine.js';
import type { SandboxConfig } from '../environment.js';
import { isOwnerAlive, ownMark } from '../owner-mark.js';
import { makeRunFolder, sweepRunFolders } from '../run-folder.js';
import { takeUidPair } from '../sandbox-uids.js';
import { seccompProgram } from '../seccomp.js';
import { makeStage, type Stage } from '../stage.js';
import { containerOptions, expiresLabel, ownerLabel, runLabel, type ContainerWishes } from './container-options.js';
import { buildImageCure, defaultGradingImage } from './grading-image.js';
import { createSandbox } from './sandbox-container.js';

export interface DockerEngine extends Engine {
  readonly name: 'docker';
  readonly docker: Docker;
  readonly image: string;
}

/** A container may be swept by anybody this long after its run should have ended. */
const expiryGraceMs = 15 * 60_000;

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
 * @throws EngineFault with the cure.
 */
export async function openDocker(config: SandboxConfig, harnessFolder?: string): Promise<DockerEngine> {
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
  return {
    name: 'docker',
    tier: 'A',
    description: `Docker ${version}, image ${image}`,
    harnessLoadsFilter: true,
    docker,
    image,
    start: (request) => startPair(docker, image, stage, request),
    close: () => stage.remove(),
  };
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

async function startPair(docker: Docker, image: string, stage: Stage, request: PairRequest): Promise<StartedPair> {
  const startedAt = new Date();
  const clearing = new Clearing();
  try {
    const folder = await makeRunFolder(request.data);
    clearing.add(() => folder.remove());
    const uids = takeUidPair();
    clearing.add(() => uids.giveBack());
    const mark = await ownMark();
    const labels = {
      [runLabel]: folder.path,
      [ownerLabel]: `${hostname()} ${mark}`,
      [expiresLabel]: new Date(Date.now() + request.limits.wallMs + expiryGraceMs).toISOString(),
    };
    const seamVolume = await makeSeamVolume(docker, labels);
    clearing.add(() => seamVolume.remove());
    const prepare = async (role: 'oracle' | 'probe', argv: readonly string[]) => {
      const uid = uids[role];
      const passwdPath = join(folder.path, `${role}-passwd`);
      const groupPath = join(folder.path, `${role}-group`);
      await writeFile(passwdPath, `root:x:0:0::/:/bin/sh\nstudent:x:${uid}:${uid}::/tmp:/bin/sh\n`);
      await writeFile(groupPath, `root:x:0:\nstudent:x:${uid}:\n`);
      await Promise.all([chmod(passwdPath, 0o644), chmod(groupPath, 0o644)]);
      const wishes: ContainerWishes = {
        image,
        role,
        argv,
        uid,
        limits: request.limits,
        harnessPath: stage.harnessPath,
        dataPath: folder.dataPath,
        seamVolume: seamVolume.name,
        passwdPath,
        groupPath,
        seccompB64: seccompProgram().toString('base64'),
        labels,
      };
      const sandbox = await createSandbox(docker, containerOptions(wishes));
      clearing.add(() => sandbox.remove());
      return sandbox;
    };
    const [oracle, probe] = await bothOrNeither(
      prepare('oracle', request.oracleArgv),
      prepare('probe', request.probeArgv),
    );
    await bothOrNeither(oracle.start(), probe.start());
    return { oracle: oracle.process, probe: probe.process, startedAt, release: () => clearing.clear() };
  } catch (error) {
    await clearing.clear();
    if (error instanceof EngineFault) throw error;
    const said = error instanceof Error ? error.message : String(error);
    throw new EngineFault(`Docker could not start the sandboxes: ${said}`, undefined, { cause: error });
  }
}

/** Like `Promise.all`, but a failure is reported only when the other one is done too, so that it can be undone. */
async function bothOrNeither<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  const [a, b] = await Promise.allSettled([first, second]);
  if (a.status === 'rejected') throw a.reason;
  if (b.status === 'rejected') throw b.reason;
  return [a.value, b.value];
}

/**
 * Where the two meet: a tmpfs of a few kilobytes that the engine keeps, so that no other user of this host can reach the
 * socket, and that works where the engine runs in a virtual machine (sockets don't cross a shared folder there).
 */
async function makeSeamVolume(
  docker: Docker,
  labels: Readonly<Record<string, string>>,
): Promise<{ name: string; remove(): Promise<void> }> {
  const name = `nbpulse-seam-${randomBytes(12).toString('hex')}`;
  const o = 'size=64k,nr_inodes=16,mode=1777,nosuid,nodev,noexec';
  await docker.createVolume({
    Name: name,
    Driver: 'local',
    DriverOpts: { type: 'tmpfs', device: 'tmpfs', o },
    Labels: { ...labels },
  });
  return {
    name,
    remove: async () => {
      await docker.getVolume(name).remove({ force: true });
    },
  };
}

/** Whether the worker that made this is gone (same host), or its time is long over. */
async function isAbandoned(labels: Readonly<Record<string, string>>): Promise<boolean> {
  const [host, mark = ''] = (labels[ownerLabel] ?? '').split(' ');
  const expiresAt = Date.parse(labels[expiresLabel] ?? '');
  return expiresAt < Date.now() || (host === hostname() && !(await isOwnerAlive(mark)));
}

/** Removes abandoned containers and volumes. Returns how many containers. */
export async function sweepContainers(docker: Docker): Promise<number> {
  let swept = 0;
  for (const container of await docker.listContainers({ all: true, filters: { label: [runLabel] } })) {
    if (!(await isAbandoned(container.Labels))) continue;
    await docker
      .getContainer(container.Id)
      .remove({ force: true, v: true })
      .catch(() => undefined);
    swept += 1;
  }
  const { Volumes: volumes } = await docker.listVolumes({ filters: { label: [runLabel] } });
  for (const volume of volumes) {
    if (!(await isAbandoned(volume.Labels))) continue;
    await docker
      .getVolume(volume.Name)
      .remove({ force: true })
      .catch(() => undefined);
  }
  return swept;
}
