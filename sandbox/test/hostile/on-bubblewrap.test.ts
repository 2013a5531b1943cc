import { describe, it } from 'vitest';
import { hasBubblewrap, testConfig } from '../available-engines.js';
import { openStarting } from '../open-starting.js';
import { attackEngine } from './attack-engine.js';

/** What the two starts might answer differently: the end of a process, its memory, its namespaces, what outlives it. */
const alsoCold = [
  '12-crashes',
  '16-daemon',
  '19-planted-files',
  '21-environment',
  '22-memory',
  '29-ptrace',
  '31-system-calls',
];

if (await hasBubblewrap()) {
  attackEngine('bubblewrap, warm start', () => openStarting('warm', testConfig()));
  attackEngine(
    'bubblewrap, cold start',
    () => openStarting('cold', testConfig()),
    (name) => alsoCold.includes(name),
  );
} else {
  describe('hostile submissions on bubblewrap', () => {
    it.skip('need it; the end of the test run says why it does not work here', () => undefined);
  });
}
