import { describe, expect, it } from 'vitest';
import { normalised } from './failures.js';

describe('what staff read about a failed test, made alike', () => {
  it('leaves out what differs from run to run', () => {
    const path = '/tmp/suite-x81/tests/test_a.py';
    expect(normalised(`E   FileNotFoundError: ${path}\nE     <class 'a.B'> at 0x7f00aa`)).toBe(
      'FileNotFoundError: … a.B',
    );
    expect(normalised('x'.repeat(1_000))).toHaveLength(240);
  });

  it('leaves out what pytest says about itself, and where our own exceptions live', () => {
    const differs = 'E   assert (4, 6) == (3, 6)\nE     At index 0 diff: 4 != 3\nE     Use -v to get more diff';
    expect(normalised(differs)).toBe('assert (4, 6) == (3, 6) At index 0 diff: 4 != 3');
    const items =
      "E   assert {'a': 1} == {'a': 2}\nE     Omitting 1 identical items, use -vv to show\nE     Differing items:";
    expect(normalised(items)).toBe("assert {'a': 1} == {'a': 2} Differing items:");
    const missing = 'E   nbpulse_harness.oracle.importer.NotAvailable: `Vector` is not defined in your notebook';
    expect(normalised(missing)).toBe('`Vector` is not defined in your notebook');
  });
});
