import { describe, it } from 'vitest';
import { openBubblewrap } from '../src/bubblewrap/bubblewrap-engine.js';
import { openControlGroups } from '../src/bubblewrap/control-groups.js';
import { hasBubblewrap, testConfig } from './available-engines.js';
import { runContract } from './run-contract.js';

const works = await hasBubblewrap();
const config = testConfig();

describe.skipIf(works)('a run on bubblewrap', () => {
  it.skip('is not possible here; the end of the test run says why', () => undefined);
});

if (works) {
  if (await openControlGroups()) runContract('bubblewrap, tier A', () => openBubblewrap(config));
  runContract('bubblewrap, tier B', () => openBubblewrap({ ...config, cgroups: 'off' }));
}
