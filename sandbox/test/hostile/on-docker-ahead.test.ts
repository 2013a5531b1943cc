import { afterAll, describe, it } from 'vitest';
import { hasDocker, startDocker } from '../available-engines.js';
import { openDockerAhead } from '../docker-starting.js';
import { attackEngine } from './attack-engine.js';

if (await hasDocker()) {
  const docker = await startDocker();
  afterAll(() => docker.stop());
  attackEngine('docker, started ahead', () => openDockerAhead(docker.config));
} else {
  describe('hostile submissions on docker, started ahead', () => {
    it.skip('need it; the end of the test run says why it does not work here', () => undefined);
  });
}
