/**
 * The two containers of a run, with what is around them: a folder, two user ids and the volume of the seam. Created, not
 * begun: a cold start begins the run's programs in them, a start ahead begins two that wait for their order.
 */
import type Docker from 'dockerode';
import { randomBytes } from 'node:crypto';
import { chmod, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { RunLimits } from '@nbpulse/schema/wire';
import { Clearing } from '../clearing.js';
import type { DataFile, Role } from '../engine.js';
import { ownMark } from '../owner-mark.js';
import { makeRunFolder } from '../run-folder.js';
import { takeUidPair } from '../sandbox-uids.js';
import { seccompProgram } from '../seccomp.js';
import type { Stage } from '../stage.js';
import { containerOptions, expiresLabel, ownerLabel, runLabel } from './container-options.js';
import { createSandbox, type SandboxContainer } from './sandbox-container.js';

export interface DockerHost {
  docker: Docker;
  image: string;
  stage: Stage;
}

interface PairWishes {
  /** By role, with their last resort. */
  commands: Readonly<Record<Role, readonly string[]>>;
  limits: RunLimits;
  data: readonly DataFile[];
  isInBackground: boolean;
  /** How long they may be there at most, from now on. */
  livesMs: number;
}

export interface ContainerPair {
  oracle: SandboxContainer;
  probe: SandboxContainer;
  dataPath: string;
  /** The value of the run's label. */
  label: string;
  /** Removes all of it; a step that fails is not tried again. */
  clearing: Clearing;
}

/** Anybody may sweep a container this long after it should have ended. */
const expiryGraceMs = 15 * 60_000;

/** @throws what the engine or the disk says; nothing is left behind then. */
export async function createPair(host: DockerHost, wishes: PairWishes): Promise<ContainerPair> {
  const clearing = new Clearing();
  try {
    const folder = await makeRunFolder(wishes.data);
    clearing.add(() => folder.remove());
    const uids = takeUidPair();
    clearing.add(() => uids.giveBack());
    const labels = {
      [runLabel]: folder.path,
      [ownerLabel]: `${hostname()} ${await ownMark()}`,
      [expiresLabel]: new Date(Date.now() + wishes.livesMs + expiryGraceMs).toISOString(),
    };
    const seamVolume = await makeSeamVolume(host.docker, labels);
    clearing.add(() => seamVolume.remove());
    const create = async (role: Role): Promise<SandboxContainer> => {
      const uid = uids[role];
      const passwdPath = join(folder.path, `${role}-passwd`);
      const groupPath = join(folder.path, `${role}-group`);
      await writeFile(passwdPath, `root:x:0:0::/:/bin/sh\nstudent:x:${uid}:${uid}::/tmp:/bin/sh\n`);
      await writeFile(groupPath, `root:x:0:\nstudent:x:${uid}:\n`);
      await Promise.all([chmod(passwdPath, 0o644), chmod(groupPath, 0o644)]);
      const options = containerOptions({
        image: host.image,
        role,
        command: wishes.commands[role],
        uid,
        limits: wishes.limits,
        isInBackground: wishes.isInBackground,
        harnessPath: host.stage.harnessPath,
        dataPath: folder.dataPath,
        seamVolume: seamVolume.name,
        passwdPath,
        groupPath,
        seccompB64: seccompProgram().toString('base64'),
        labels,
      });
      const sandbox = await createSandbox(host.docker, options);
      clearing.add(() => sandbox.remove());
      return sandbox;
    };
    const [oracle, probe] = await bothOrNeither(create('oracle'), create('probe'));
    return { oracle, probe, dataPath: folder.dataPath, label: folder.path, clearing };
  } catch (error) {
    await clearing.clear();
    throw error;
  }
}

/** Like `Promise.all`, but a failure is reported only when the other one is done too, so that it can be undone. */
export async function bothOrNeither<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
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
