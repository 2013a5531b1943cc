import { describe, expect, it } from 'vitest';
import { pseudonymOf, pseudonymsOf } from '../src/wire/index.js';

describe('pseudonyms', () => {
  it('count from one, in two digits until they need three', () => {
    expect([0, 6, 98, 99, 1_999].map(pseudonymOf)).toEqual([
      'Student 01',
      'Student 07',
      'Student 99',
      'Student 100',
      'Student 2000',
    ]);
  });

  it('go by the order of joining, then of ids, whatever order they come in', () => {
    const people = [
      { id: 'b', joinedAt: '2026-11-21T10:00:01.000Z' },
      { id: 'c', joinedAt: '2026-11-21T10:00:00.000Z' },
      { id: 'a', joinedAt: '2026-11-21T10:00:01.000Z' },
    ];
    const names = { c: 'Student 01', a: 'Student 02', b: 'Student 03' };
    expect(Object.fromEntries(pseudonymsOf(people))).toEqual(names);
    expect(Object.fromEntries(pseudonymsOf(people.toReversed()))).toEqual(names);
  });
});
