import { readdir } from 'node:fs/promises';
import { describe, it } from 'vitest';
import { openBubblewrap } from '../src/bubblewrap/bubblewrap-engine.js';
import { openControlGroups } from '../src/bubblewrap/control-groups.js';
import { hasBubblewrap, testConfig } from './available-engines.js';
import { engineContract } from './engine-contract.js';

const works = await hasBubblewrap();
const config = await testConfig();

describe.skipIf(works)('bubblewrap', () => {
  it.skip('does not work here; the end of the test run says why', () => undefined);
});

if (works) {
  if (await openControlGroups()) {
    engineContract({
      name: 'bubblewrap',
      tier: 'A',
      limitsInodes: true,
      open: () => openBubblewrap(config),
      leftovers: ownControlGroups,
    });
  }
  engineContract({
    name: 'bubblewrap',
    tier: 'B',
    limitsInodes: true,
    open: () => openBubblewrap({ ...config, cgroups: 'off' }),
    leftovers: ownControlGroups,
  });
}

async function ownControlGroups(): Promise<string[]> {
  const found = await readdir('/sys/fs/cgroup', { recursive: true }).catch(() => []);
  return found.filter((path) => path.includes(`/nbpulse-${process.pid}-`));
}
