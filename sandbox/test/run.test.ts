import { describe, it } from 'vitest';
import { openControlGroups } from '../src/bubblewrap/control-groups.js';
import { hasBubblewrap, testConfig } from './available-engines.js';
import { openStarting } from './open-starting.js';
import { runContract } from './run-contract.js';

const works = await hasBubblewrap();
const config = testConfig();

describe.skipIf(works)('a run on bubblewrap', () => {
  it.skip('is not possible here; the end of the test run says why', () => undefined);
});

if (works) {
  for (const start of ['warm', 'cold'] as const) {
    const name = `bubblewrap, ${start} start`;
    if (await openControlGroups()) runContract(`${name}, tier A`, () => openStarting(start, config));
    runContract(`${name}, tier B`, () => openStarting(start, { ...config, cgroups: 'off' }));
  }
}
