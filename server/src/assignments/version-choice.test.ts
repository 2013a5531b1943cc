import { describe, expect, it } from 'vitest';
import { chooseVersion } from './version-choice.js';

describe('the version that grades', () => {
  const versions = (...states: Parameters<typeof chooseVersion>[0][number]['state'][]) =>
    states.map((state, index) => ({ id: `v${String(states.length - index)}`, number: states.length - index, state }));

  it.each([
    ['the newest that passed', versions('passed', 'passed'), { number: 2, waits: false }],
    ['one from before there were checks', versions('unchecked'), { number: 1, waits: false }],
    ['none yet, while the newest is checked', versions('waiting', 'passed'), { number: 2, waits: true }],
    [
      'the last good one, when the newest failed',
      versions('failed', 'not-done', 'passed'),
      { number: 1, waits: false },
    ],
    [
      'one that is checked, when a newer one failed',
      versions('failed', 'waiting', 'passed'),
      { number: 2, waits: true },
    ],
    ['none, when none was good', versions('failed', 'failed'), { number: 2, waits: true }],
  ])('is %s', (_, newestFirst, chosen) => {
    expect(chooseVersion(newestFirst)).toMatchObject(chosen);
  });

  it('is nothing without a version', () => {
    expect(chooseVersion([])).toBeNull();
  });
});
