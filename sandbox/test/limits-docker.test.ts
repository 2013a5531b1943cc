import { afterAll, describe, expect, it } from 'vitest';
import { courseRunLimits, MiB } from '@nbpulse/schema/wire';
import { runLabel } from '../src/docker/container-options.js';
import { openDocker } from '../src/docker/docker-engine.js';
import { hasDocker, startDocker } from './available-engines.js';
import { seeCourseLimits } from './limits-contract.js';

const works = await hasDocker();

describe.runIf(works)('the preset course on Docker', async () => {
  const docker = await startDocker();
  const engine = await openDocker({ ...docker.config, warmStart: 'off' });
  afterAll(async () => {
    await engine.close();
    await docker.stop();
  });

  it('holds as the engine’s own inspect says', async () => {
    const [seen, inspected] = await seeCourseLimits(engine, async () => {
      const running = await engine.docker.listContainers({ filters: { label: [runLabel] } });
      return Promise.all(running.map(({ Id }) => engine.docker.getContainer(Id).inspect()));
    });
    // There only `lo` is left; the filter that refuses the socket too is loaded by the harness, which is not asked here.
    expect(seen.interfaces).toEqual(['lo']);
    expect(seen.uid).toBeGreaterThan(59_999);
    const limited = inspected.filter(({ HostConfig }) => HostConfig.Memory === courseRunLimits.memoryBytes);
    expect(limited).toHaveLength(2);
    for (const { Config, HostConfig } of limited) {
      expect(HostConfig).toMatchObject({
        Memory: 256 * MiB,
        MemorySwap: 256 * MiB,
        NanoCpus: 500_000_000,
        PidsLimit: 128,
        ReadonlyRootfs: true,
        NetworkMode: 'none',
        CapDrop: ['ALL'],
        Init: true,
      });
      expect(HostConfig.Tmpfs?.['/tmp']).toContain(`size=${64 * MiB}`);
      expect(HostConfig.Binds?.every((bind) => bind.endsWith(':ro'))).toBe(true);
      expect(Config.User).toMatch(/^6\d{4}:6\d{4}$/);
    }
    expect(new Set(limited.map(({ Config }) => Config.User)).size).toBe(2);
  });
});
