import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { openDocker, sweepContainers, type DockerEngine } from '../src/docker/docker-engine.js';
import { defaultGradingImage } from '../src/docker/grading-image.js';
import { packageFolder } from '../src/stage.js';
import { runLabel } from '../src/docker/container-options.js';
import { doctor } from '../src/doctor/doctor.js';
import { hasDocker, startDocker } from './available-engines.js';
import { engineContract } from './engine-contract.js';
import { runContract } from './run-contract.js';

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

  runContract('docker', () => openDocker(docker.config));

  describe('docker', () => {
    it('sweeps containers whose worker is gone', async () => {
      const labels = { [runLabel]: 'left behind', 'nbpulse.expires': new Date(0).toISOString() };
      await engine.docker.createContainer({ Image: engine.image, Cmd: ['true'], Labels: labels });
      expect(await sweepContainers(engine.docker)).toBe(1);
      expect(await sweepContainers(engine.docker)).toBe(0);
    });

    it('is proved by the doctor', async () => {
      const report = await doctor({ ...docker.config, engine: 'docker' });
      expect(report.checks.filter((check) => check.state === 'bad')).toEqual([]);
      expect(report).toMatchObject({ isHealthy: true, engine: 'docker', tier: 'A' });
    });

    it('has the image that the build script names', async () => {
      const script = join(packageFolder, 'images', 'build-image.mjs');
      const { stdout } = await promisify(execFile)(process.execPath, [script, '--print-tag']);
      expect(stdout.trim()).toBe(defaultGradingImage());
    });

    it('refuses an engine on another machine, whose files it could not share', async () => {
      const far = { ...docker.config, dockerHost: 'tcp://127.0.0.1:2375' };
      await expect(openDocker(far)).rejects.toThrow(
        'DOCKER_HOST is "tcp://127.0.0.1:2375"; grading needs a local engine',
      );
    });

    it('says how to make the image when it is missing', async () => {
      const without = { ...docker.config, gradingImage: 'nbpulse-grading:none' };
      await expect(openDocker(without)).rejects.toMatchObject({
        cure: expect.stringContaining('build-image.mjs') as string,
      });
    });
  });
}
