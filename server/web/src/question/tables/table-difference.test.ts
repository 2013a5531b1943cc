import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import type { ArrayValue, CellJson, FrameValue } from '@nbpulse/schema/wire';
import { cellKey, differenceOf, isSameCell } from './table-difference.js';

const array = (shape: number[], v: CellJson[], dtype = 'float64'): ArrayValue => ({
  t: 'array',
  lib: 'numpy',
  dtype,
  shape,
  v,
});
const frame = (columns: Record<string, CellJson[]>, dtypes: Record<string, string> = {}): FrameValue => ({
  t: 'frame',
  lib: 'pandas',
  kind: 'frame',
  shape: [Object.values(columns)[0]?.length ?? 0, Object.keys(columns).length],
  columns: Object.entries(columns).map(([name, v]) => ({ name, dtype: dtypes[name] ?? 'float64', v })),
});

describe('what sets one table apart from another', () => {
  it('is nothing when they are equal, NaN included', () => {
    expect(differenceOf(array([3], [1, 'nan', 'inf']), array([3], [1, 'nan', 'inf'])).words).toEqual([]);
  });

  it('says the shape, and that it is the transpose when it is', () => {
    expect(differenceOf(array([2, 3], [1, 2, 3, 4, 5, 6]), array([3, 2], [1, 4, 2, 5, 3, 6])).words).toEqual([
      'shape (3, 2) instead of (2, 3), its transpose',
    ]);
    expect(differenceOf(array([2, 3], [1, 2, 3, 4, 5, 6]), array([3, 2], [1, 2, 3, 4, 5, 6])).words).toEqual([
      'shape (3, 2) instead of (2, 3)',
    ]);
  });

  it('says the dtype, and does not take 2 for another cell than 2.0', () => {
    expect(differenceOf(array([2], [1, 2]), array([2], [1, 2], 'int64')).words).toEqual(['int64 instead of float64']);
  });

  it('names the first differing cell and counts the others', () => {
    const { words, first, cells } = differenceOf(array([2, 2], [1, 2, 3, 4]), array([2, 2], [1, 2.5, 3, 5]));
    expect(first).toEqual({ row: 0, column: 1 });
    expect(cells).toEqual(new Set(['0,1', '1,1']));
    expect(words).toEqual(['row 0, column 1 is 2.5 instead of 2, and 1 more cell differs']);
  });

  it('says columns that are called otherwise, missing, too many, or in another order', () => {
    const reference = frame({ city: ['Lima'], people: [10] });
    expect(differenceOf(reference, frame({ town: ['Lima'], people: [10] })).words).toEqual([
      'column “town” instead of “city”',
    ]);
    expect(differenceOf(reference, frame({ city: ['Lima'] })).words).toContain('without column “people”');
    expect(differenceOf(reference, frame({ people: [10], city: ['Lima'] })).words).toContain(
      'columns in another order',
    );
    expect(differenceOf(reference, frame({ city: ['Lima'], people: [10] }, { people: 'int64' })).words).toEqual([
      'column “people” is int64 instead of float64',
    ]);
  });

  it('says when only what was not sent can differ', () => {
    const cut = (sha256: string): ArrayValue => ({ ...array([1_000], [1, 2, 3]), sha256 });
    expect(differenceOf(cut('a'), cut('b')).words).toEqual(['equal in what was sent of it; it differs further on']);
  });

  it('finds what differs beyond the first slice of an array with more axes', () => {
    const { words } = differenceOf(array([2, 1, 2], [1, 2, 3, 4]), array([2, 1, 2], [1, 2, 3, 5]));
    expect(words).toEqual(['[1, 0, 1] is 5 instead of 4']);
  });

  it('marks exactly the cells that were changed', () => {
    const numbers = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(numbers, fc.uniqueArray(fc.nat({ max: 5 }), { maxLength: 6 }), (cells, changed) => {
        const other = cells.map((cell, at) => (changed.includes(at) ? 'nan' : cell));
        const { cells: marked } = differenceOf(array([2, 3], cells), array([2, 3], other));
        expect(marked).toEqual(new Set(changed.map((at) => cellKey(Math.floor(at / 3), at % 3))));
      }),
    );
  });

  it('compares cells both ways alike', () => {
    const cell = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.integer(),
      fc.string(),
      fc.boolean(),
      fc.constant(null),
      fc.constant('nan'),
    );
    fc.assert(fc.property(cell, cell, (a, b) => isSameCell(a, b) === isSameCell(b, a)));
    fc.assert(fc.property(cell, (a) => isSameCell(a, a)));
  });
});
