import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { baseOf, columnsOf, foldedCell, foldsOf } from './fold.js';

const of = (...keys: string[]) => keys.map((key) => ({ key }));

describe('sub-steps without a fixed order', () => {
  it('have a base key, a dot and a part that begins with a letter', () => {
    expect(['3.a', 'warm-up.plot', '3a', '1.2', '3.', '.a'].map(baseOf)).toEqual([
      '3',
      'warm-up',
      null,
      null,
      null,
      null,
    ]);
  });
  it('fold into one column in the place of the first part, when there are two or more', () => {
    expect(columnsOf(of('1', '3.b', '4', '3.a', '5.x'), new Set()).map(({ kind, key }) => [kind, key])).toEqual([
      ['question', '1'],
      ['fold', '3'],
      ['question', '4'],
      ['question', '5.x'],
    ]);
    expect(foldsOf(of('3', '3.a', '3.b'))).toEqual([{ base: '3', parts: [0, 1, 2] }]);
  });
  it('show every part while the fold is open', () => {
    const columns = columnsOf(of('1', '3.a', '3.b'), new Set(['3']));
    expect(columns.map(({ key }) => key)).toEqual(['1', '3.a', '3.b']);
  });
  it('show the best of them, and how many have an answer', () => {
    const fold = { base: '3', parts: [0, 1, 2] };
    expect(foldedCell(['working', 'error', 'not-started'], fold)).toEqual({ status: 'error', done: 0 });
    expect(foldedCell(['wrong', 'right', 'not-started'], fold)).toEqual({ status: 'right', done: 2 });
    expect(foldedCell(['answered', 'right', 'wrong'], fold)).toEqual({ status: 'right', done: 3 });
    expect(foldedCell([], fold)).toEqual({ status: 'not-started', done: 0 });
  });
  it('stand in exactly one column each, whichever folds are open', () => {
    const key = fc.constantFrom('1', '2', '3', '3.a', '3.b', '3.c', '4.x', '4.y', '5.a', '1.1', '1.2');
    fc.assert(
      fc.property(fc.uniqueArray(key), fc.array(fc.constantFrom('3', '4', '5')), (keys, open) => {
        const columns = columnsOf(of(...keys), new Set(open));
        const shown = columns.flatMap((one) => (one.kind === 'fold' ? [...one.fold.parts] : [one.index]));
        expect(shown.sort((a, b) => a - b)).toEqual(keys.map((_, index) => index));
      }),
    );
  });
});
