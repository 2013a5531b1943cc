import { describe, expect, it } from 'vitest';
import type { Value } from '@nbpulse/schema/wire';
import { pythonText } from './python-text.js';
import { linesOf, piecesOf } from './spans.js';
import { cellText } from './cells.js';
import { texOf } from './tex.js';
import { gridOfArray, gridOfFrame, shapeText } from './table-view.js';

describe('highlighted text', () => {
  it('becomes pieces of plain text with classes; tags of other kinds are left out', () => {
    expect(piecesOf('<span class="hljs-keyword">def</span> f(a &lt; b)<img src=x onerror=alert(1)>')).toEqual([
      { text: 'def', className: 'hljs-keyword' },
      { text: ' f(a < b)', className: '' },
    ]);
  });
  it('never lets text turn into markup, however often it is escaped', () => {
    const pieces = piecesOf('&amp;lt;script&amp;gt;<a href="javascript:alert(1)">x</a>');
    expect(pieces.map((piece) => piece.text).join('')).toBe('&lt;script&gt;x');
  });
  it('keeps the classes of nested pieces and splits at line ends', () => {
    const lines = linesOf(piecesOf('<span class="s">"""a\n<span class="m">b</span>"""</span>\nc'));
    expect(lines).toEqual([
      [{ text: '"""a', className: 's' }],
      [
        { text: 'b', className: 's m' },
        { text: '"""', className: 's' },
      ],
      [{ text: 'c', className: '' }],
    ]);
  });
});

describe('a container', () => {
  const list = (...v: Value[]): Value => ({ t: 'list', v, n: v.length });
  it('stays on one line while it is short, and says what was cut', () => {
    expect(pythonText({ t: 'dict', v: [[{ t: 'str', v: 'k' }, list({ t: 'int', v: 1 }, { t: 'none' })]], n: 3 })).toBe(
      "{'k': [1, None], …}",
    );
    expect(pythonText({ t: 'tuple', v: [{ t: 'float', v: 2 }], n: 1 })).toBe('(2.0,)');
  });
  it('breaks into lines when it is long', () => {
    const text = pythonText({
      t: 'list',
      v: [
        { t: 'str', v: 'a'.repeat(60) },
        { t: 'str', v: 'b'.repeat(60) },
      ],
      n: 2,
    });
    expect(text.split('\n')).toHaveLength(4);
  });
});

describe('an array as a table', () => {
  const array = (shape: number[], v: (number | string)[], dtype = 'float64') => ({
    t: 'array' as const,
    lib: 'numpy',
    dtype,
    shape,
    v,
  });
  it('has rows and columns by its last two axes', () => {
    const grid = gridOfArray(array([2, 3], [1, 2, 3, 4, 5, 6]));
    expect(grid.rows.map((row) => row.cells)).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    expect(gridOfArray(array([2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8])).slice).toBe('[0, :, :]');
  });
  it('shows what came of one that was cut, and knows how large it is', () => {
    const grid = gridOfArray(array([1000, 3], [1, 2, 3, 4]));
    expect(grid).toMatchObject({ totalRows: 1000, totalColumns: 3 });
    expect(grid.rows.map((row) => row.cells)).toEqual([
      [1, 2, 3],
      [4, undefined, undefined],
    ]);
  });
  it('pairs the parts of complex numbers', () => {
    expect(gridOfArray(array([2], [1, 2, 3, -4], 'complex128')).rows[0]?.cells.map(cellText)).toEqual(['1+2j', '3-4j']);
  });
  it('has the escapes of its texts undone, and tagged elements in words', () => {
    const value = { ...array([3], [], 'object'), esc: true as const };
    const tagged: Value = { t: 'list', v: [{ t: 'float', v: 2 }], n: 1 };
    const cells = gridOfArray({ ...value, v: ['a\\\\b\\0', null, tagged] }).rows[0]?.cells.map(cellText);
    expect(cells).toEqual(['a\\b\0', 'None', '[2.0]']);
  });
  it('survives an empty one', () => {
    expect(gridOfArray(array([0, 4], [])).rows).toEqual([]);
    expect(shapeText([])).toBe('()');
    expect(shapeText([2])).toBe('(2,)');
  });
});

describe('a data frame as a table', () => {
  it('has its index and columns', () => {
    const grid = gridOfFrame({
      t: 'frame',
      lib: 'pandas',
      kind: 'frame',
      shape: [9, 2],
      index: { name: '', dtype: 'object', v: ['x', 'y'] },
      columns: [
        { name: 'a', dtype: 'int64', v: [1, 2] },
        { name: 'b', dtype: 'object', v: ['p', null] },
      ],
    });
    expect(grid.rows).toEqual([
      { name: 'x', cells: [1, 'p'] },
      { name: 'y', cells: [2, null] },
    ]);
    expect(grid.columns.map((column) => column.numeric)).toEqual([true, false]);
  });
});

describe('a formula', () => {
  it('is what stands between the marks of LaTeX, and nothing of mixed text', () => {
    expect(texOf('$\\displaystyle x^{2}$')).toBe('\\displaystyle x^{2}');
    expect(texOf('$$x$$')).toBe('x');
    expect(texOf('\\[x\\]')).toBe('x');
    expect(texOf('\\begin{pmatrix}1\\end{pmatrix}')).toBe('\\begin{pmatrix}1\\end{pmatrix}');
    expect(texOf('the $x$ and $y$')).toBeNull();
    expect(texOf('<b>$x$</b>')).toBeNull();
  });
});
