import { afterAll, describe, it } from 'vitest';
import { openDocker } from '../../src/docker/docker-engine.js';
import { hasDocker, startDocker } from '../available-engines.js';
import { attackEngine } from './attack-engine.js';

if (await hasDocker()) {
  const docker = await startDocker();
  afterAll(() => docker.stop());
  attackEngine('docker', () => openDocker(docker.config));
} else {
  describe('hostile submissions on docker', () => {
    it.skip('need it; the end of the test run says why it does not work here', () => undefined);
  });
}
