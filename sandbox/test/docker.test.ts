import { afterAll, describe, expect, it } from 'vitest';
import { openDocker, sweepContainers, type DockerEngine } from '../src/docker/docker-engine.js';
import { runLabel } from '../src/docker/container-options.js';
import { hasDocker, startDocker } from './available-engines.js';
import { engineContract } from './engine-contract.js';

const works = await hasDocker();

describe.skipIf(works)('docker', () => {
  it.skip('does not run here; the end of the test run says why', () => undefined);
});

if (works) {
  const docker = await startDocker();
  afterAll(() => docker.stop());
  let engine: DockerEngine;

  engineContract({
    name: 'docker',
    tier: 'A',
    limitsInodes: true,
    open: async () => (engine = await openDocker(docker.config)),
    leftovers: async () => {
      const containers = await engine.docker.listContainers({ all: true, filters: { label: [runLabel] } });
      return containers.map((container) => container.Id);
    },
  });

  describe('docker', () => {
    it('sweeps containers whose worker is gone', async () => {
      const labels = { [runLabel]: 'left behind', 'nbpulse.expires': new Date(0).toISOString() };
      await engine.docker.createContainer({ Image: engine.image, Cmd: ['true'], Labels: labels });
      expect(await sweepContainers(engine.docker)).toBe(1);
      expect(await sweepContainers(engine.docker)).toBe(0);
    });
  });
}
