import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { defaultRunLimits } from '@nbpulse/schema/wire';
import { openDocker } from '../src/docker/docker-engine.js';
import { sweepContainers } from '../src/docker/sweep.js';
import { defaultGradingImage } from '../src/docker/grading-image.js';
import { packageFolder } from '../src/stage.js';
import { expiresLabel, ownerLabel, runLabel } from '../src/docker/container-options.js';
import { doctor } from '../src/doctor/doctor.js';
import { hasDocker, startDocker } from './available-engines.js';
import { openDockerAhead, openDockerCold } from './docker-starting.js';
import { engineContract } from './engine-contract.js';
import { recordContract } from './record-contract.js';
import { runContract } from './run-contract.js';

const works = await hasDocker();

describe.skipIf(works)('docker', () => {
  it.skip('does not run here; the end of the test run says why', () => undefined);
});

if (works) {
  const docker = await startDocker();
  const engine = await openDockerCold(docker.config);
  afterAll(async () => {
    await engine.close();
    await docker.stop();
  });

  /** States of the containers that a process made; other test files use the same engine at the same time. */
  const containersOf = async (pid: number): Promise<string[]> =>
    (await engine.docker.listContainers({ all: true, filters: { label: [runLabel] } }))
      .filter((container) => container.Labels[ownerLabel]?.includes(` ${pid}-`))
      .map((container) => container.State);

  const volumesOf = async (pid: number): Promise<string[]> =>
    (await engine.docker.listVolumes({ filters: { label: [runLabel] } })).Volumes.filter((volume) =>
      volume.Labels[ownerLabel]?.includes(` ${pid}-`),
    ).map((volume) => volume.Name);

  const leftovers = async (): Promise<string[]> => [
    ...(await containersOf(process.pid)),
    ...(await volumesOf(process.pid)),
  ];
  const contract = { tier: 'A', limitsInodes: true, leftovers } as const;
  engineContract({ ...contract, name: 'docker', open: () => openDockerCold(docker.config) });
  engineContract({ ...contract, name: 'docker, started ahead', open: () => openDockerAhead(docker.config, 'python') });

  runContract('docker', () => openDockerCold(docker.config));
  runContract('docker, started ahead', () => openDockerAhead(docker.config));
  recordContract('docker', () => openDockerCold(docker.config));

  describe('docker', () => {
    it('sweeps containers whose worker is gone', async () => {
      const labels = { [runLabel]: 'left behind', [expiresLabel]: new Date(0).toISOString() };
      const left = await engine.docker.createContainer({ Image: engine.image, Cmd: ['true'], Labels: labels });
      await sweepContainers(engine.docker);
      await expect(left.inspect()).rejects.toMatchObject({ statusCode: 404 });
    });

    it('sweeps what a worker that was killed left running', async () => {
      const config = { ...docker.config, engine: 'docker' };
      const settings = JSON.stringify({ config, mark: 'nbpulse-abandoned', limits: defaultRunLimits });
      const script = join(packageFolder, 'test', 'abandoned-run.mjs');
      const worker = spawn(process.execPath, [script, settings], { stdio: ['ignore', 'pipe', 'inherit'] });
      const ended = once(worker, 'close');
      const [said] = (await once(worker.stdout, 'data')) as [Buffer];
      expect(said.toString()).toBe('running\n');
      worker.kill('SIGKILL');
      await ended;
      expect(await containersOf(worker.pid ?? 0)).toEqual(['running', 'running']);
      const next = await openDocker(docker.config);
      await next.close();
      expect(await containersOf(worker.pid ?? 0)).toEqual([]);
      expect(await volumesOf(worker.pid ?? 0)).toEqual([]);
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
