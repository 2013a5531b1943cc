import { describe, it } from 'vitest';
import { openBubblewrap } from '../src/bubblewrap/bubblewrap-engine.js';
import { openControlGroups } from '../src/bubblewrap/control-groups.js';
import { hasBubblewrap, testConfig } from './available-engines.js';
import { recordContract } from './record-contract.js';

const works = await hasBubblewrap();
const config = testConfig();

describe.skipIf(works)("an author's notebook on bubblewrap", () => {
  it.skip('is not possible here; the end of the test run says why', () => undefined);
});

if (works) {
  if (await openControlGroups()) recordContract('bubblewrap, tier A', () => openBubblewrap(config));
  else recordContract('bubblewrap, tier B', () => openBubblewrap({ ...config, cgroups: 'off' }));
}
