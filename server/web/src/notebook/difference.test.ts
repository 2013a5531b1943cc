import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { notebookDifference, type CellChange } from './difference.js';
import { lineDifference, type Line } from './line-difference.js';
import { notebookOf, type NotebookCell } from './notebook.js';

const cell = (source: string, id: string | null = null, kind: NotebookCell['kind'] = 'code'): NotebookCell => ({
  id,
  kind,
  source,
  count: null,
  outputs: [],
});
const kinds = (before: NotebookCell[], after: NotebookCell[]) =>
  notebookDifference(before, after).cells.map((one) => one.kind);

const word = fc.constantFrom('def', 'f', 'return', 'x', '+', '1', '(', ')', 'np.sum', '  ', 'ö');
const line = fc.array(word, { maxLength: 6 }).map((words) => words.join(' '));
const text = fc.array(line, { minLength: 1, maxLength: 8 }).map((lines) => lines.join('\n'));
const cells: fc.Arbitrary<NotebookCell[]> = fc.array(
  fc.record({
    id: fc.option(fc.constantFrom('a', 'b', 'c', 'd', 'e')),
    kind: fc.constantFrom('code' as const, 'markdown' as const),
    source: text,
    count: fc.constant(null),
    outputs: fc.constantFrom<NotebookCell['outputs'][]>([], [{ kind: 'text', text: 'out', wrong: false }]),
  }),
  { maxLength: 10 },
);
const sideOf = (lines: readonly Line[], leftOut: 'added' | 'removed'): string =>
  lines
    .filter((one) => one.kind !== leftOut)
    .map((one) => {
      // Pieces say the whole line, or nothing.
      if (one.kind !== 'same' && one.pieces.length > 0)
        expect(one.pieces.map((piece) => piece.text).join('')).toBe(one.text);
      return one.text;
    })
    .join('\n');
/** The newer notebook from the older one, the difference, and the cells that are new. */
const applied = (before: NotebookCell[], changes: readonly CellChange[], after: NotebookCell[]): string[] =>
  changes.flatMap((one) => {
    switch (one.kind) {
      case 'removed':
        return [];
      case 'added':
        return [after[one.after]!.source];
      case 'same':
        return [before[one.before]!.source];
      case 'changed':
        return [one.source === null ? before[one.before]!.source : sideOf(one.source.lines, 'removed')];
      default:
        return one satisfies never;
    }
  });

describe('what changed between two texts', () => {
  it('gives back both of them', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const { lines } = lineDifference(before, after);
        expect(sideOf(lines, 'removed')).toBe(after);
        expect(sideOf(lines, 'added')).toBe(before);
      }),
    );
  });
  it('marks the words that differ', () => {
    const { lines } = lineDifference(
      'def d(a, b):\n    return (a + b).sum()',
      'def d(a, b):\n    return (a - b).sum()',
    );
    expect(lines.map((one) => one.kind)).toEqual(['same', 'removed', 'added']);
    const marks = lines.map((one) =>
      one.kind === 'same' ? [] : one.pieces.filter((p) => p.marked).map((p) => p.text),
    );
    expect(marks).toEqual([[], ['+'], ['-']]);
  });
  it('does not look for what two long and different texts have in common', () => {
    const long = (seed: string) => Array.from({ length: 30_000 }, (_, n) => `${seed} ${String(n)}`).join('\n');
    const { lines, rough } = lineDifference(long('a'), long('b'));
    expect([rough, lines.length]).toEqual([true, 60_000]);
    const oneLine = lineDifference('x'.repeat(1_000_000), `${'x'.repeat(1_000_000)}y`);
    expect(oneLine.lines.map((one) => one.kind)).toEqual(['removed', 'added']);
  });
});

describe('what changed between two notebooks', () => {
  it('gives the newer one when it is applied to the older, and takes every cell once', () => {
    fc.assert(
      fc.property(cells, cells, (before, after) => {
        const { cells: changes } = notebookDifference(before, after);
        expect(applied(before, changes, after)).toEqual(after.map((one) => one.source));
        const older = changes.flatMap((one) => ('before' in one ? [one.before] : []));
        expect(older.sort((a, b) => a - b)).toEqual(before.map((_, index) => index));
      }),
    );
  });
  it('is nothing for the same notebook twice', () => {
    fc.assert(
      fc.property(cells, (own) => {
        const difference = notebookDifference(own, structuredClone(own));
        expect([difference.added, difference.removed, difference.changed]).toEqual([0, 0, 0]);
        expect(difference.cells.every((one) => one.kind === 'same')).toBe(true);
      }),
    );
  });
  it('knows a cell by its id, however much it changed', () => {
    const before = [cell('a = 1', 'one'), cell('b = 2', 'two')];
    expect(kinds(before, [cell('a = 1', 'one'), cell('something(else)', 'two')])).toEqual(['same', 'changed']);
    expect(kinds(before, [cell('b = 2', 'two'), cell('a = 1', 'one')])).toEqual(['same', 'same']);
  });
  it('knows a cell without an id by its content, then by likeness', () => {
    const before = [cell('import numpy as np'), cell('def f(a, b):\n  return a + b'), cell('f(1, 2)')];
    const after = [
      cell('import numpy as np'),
      cell('new = True'),
      cell('def f(a, b):\n  return a - b'),
      cell('f(1, 2)'),
    ];
    expect(kinds(before, after)).toEqual(['same', 'added', 'changed', 'same']);
    expect(kinds(after, before)).toEqual(['same', 'removed', 'changed', 'same']);
  });
  it('tells a cell that was run again from one that was edited', () => {
    const run: NotebookCell = { ...cell('f()'), outputs: [{ kind: 'text', text: '3', wrong: false }] };
    const { cells: changes, changed } = notebookDifference([cell('f()')], [run]);
    expect(changes).toEqual([{ kind: 'changed', before: 0, after: 0, source: null, outputs: true }]);
    expect(changed).toBe(0);
  });
  it('ends with ten thousand cells of which none is like another', () => {
    const many = (seed: string) => Array.from({ length: 10_000 }, (_, n) => cell(`${seed}${String(n)} = ${seed}`));
    const { added, removed } = notebookDifference(many('a'), many('b'));
    expect([added, removed]).toEqual([10_000, 10_000]);
  });
  it('reads cell ids from a file, and none that are no ids', () => {
    const file = {
      cells: [
        { id: 'abc', cell_type: 'code', source: 'x' },
        { id: 3, cell_type: 'code', source: 'y' },
      ],
    };
    expect(notebookOf(JSON.stringify(file))?.map((one) => one.id)).toEqual(['abc', null]);
  });
});
