import { describe, it } from 'vitest';
import { openBubblewrap } from '../src/bubblewrap/bubblewrap-engine.js';
import { openControlGroups } from '../src/bubblewrap/control-groups.js';
import { gradingRoot, hasBubblewrap, testConfig } from './available-engines.js';
import { engineContract } from './engine-contract.js';
import { runContract } from './run-contract.js';

const root = (await hasBubblewrap()) ? await gradingRoot() : undefined;
const config = { ...testConfig(), gradingPython: undefined, gradingRoot: root };
const tier = (await openControlGroups()) ? 'A' : 'B';

describe.skipIf(root !== undefined)('bubblewrap in a built root', () => {
  it.skip('needs root and mmdebstrap to build one; the end of the test run says so', () => undefined);
});

if (root !== undefined) {
  engineContract({
    name: 'bubblewrap in a built root',
    tier,
    limitsInodes: true,
    open: () => openBubblewrap(config),
    leftovers: () => Promise.resolve([]),
  });
  runContract('bubblewrap in a built root', () => openBubblewrap(config));
}
