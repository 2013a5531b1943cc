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
});
