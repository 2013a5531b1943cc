/** What dead workers left in the engine, and what one run of ours still has there. Both are found by their labels. */
import type Docker from 'dockerode';
import { hostname } from 'node:os';
import { isOwnerAlive } from '../owner-mark.js';
import { expiresLabel, ownerLabel, runLabel } from './container-options.js';

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

/** Removes all that carries this value of the run's label. @throws when the engine doesn't answer. */
export async function removeRun(docker: Docker, label: string): Promise<void> {
  const filters = { label: [`${runLabel}=${label}`] };
  for (const { Id } of await docker.listContainers({ all: true, filters })) {
    await docker.getContainer(Id).remove({ force: true, v: true });
  }
  for (const { Name } of (await docker.listVolumes({ filters })).Volumes) {
    await docker.getVolume(Name).remove({ force: true });
  }
}
