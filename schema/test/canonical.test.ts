import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canonicalText,
  summaryOf,
  value,
  type ArrayValue,
  type CellJson,
  type FrameValue,
  type Value,
} from '../src/wire/index.js';

const int = (v: number | string, dtype?: string): Value => ({ t: 'int', v, dtype });
const float = (v: number): Value => ({ t: 'float', v });
const same = (a: Value, b: Value): boolean => canonicalText(a) === canonicalText(b);

describe('equal answers', () => {
  it('are the same number whatever its type', () => {
    expect(same(int(2), float(2))).toBe(true);
    expect(same(int(2), int(2, 'int64'))).toBe(true);
    expect(same(int(2), { t: 'complex', re: 2, im: 0 })).toBe(true);
    expect(same(int('18014398509481984'), float(2 ** 54))).toBe(true);
    expect(same(float(0), { t: 'float', v: '-0' })).toBe(true);
  });

  it('are not a bool, nor text that looks alike', () => {
    expect(same(int(1), { t: 'bool', v: true })).toBe(false);
    expect(same(int(2), { t: 'str', v: '2' })).toBe(false);
  });

  it('do not depend on the order of a set or dict', () => {
    expect(same({ t: 'set', v: [int(1), int(2)], n: 2 }, { t: 'frozenset', v: [int(2), int(1)], n: 2 })).toBe(true);
    const a: [Value, Value] = [{ t: 'str', v: 'a' }, int(1)];
    const b: [Value, Value] = [{ t: 'str', v: 'b' }, int(2)];
    expect(same({ t: 'dict', v: [a, b], n: 2 }, { t: 'dict', v: [b, a], n: 2 })).toBe(true);
  });

  it('tell cut ones apart by the hash of the whole', () => {
    const cut = (sha256: string): Value => ({ t: 'str', v: 'same start', cut: { length: 9e5, sha256 } });
    expect(same(cut('a'.repeat(64)), cut('b'.repeat(64)))).toBe(false);
  });

  it('never collide between different plain structures', () => {
    const leaf = fc.oneof(
      fc.integer().map((v): Value => int(v)),
      fc.string().map((v): Value => ({ t: 'str', v: v.replace(/[\0\ud800-\udfff]/g, '') })),
      fc.constant<Value>({ t: 'none' }),
      fc.boolean().map((v): Value => ({ t: 'bool', v })),
    );
    const tree = fc.letrec<{ node: Value }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 3 },
        leaf,
        fc.array(tie('node'), { maxLength: 4 }).map((v): Value => ({ t: 'list', v, n: v.length })),
      ),
    })).node;
    fc.assert(fc.property(tree, tree, (a, b) => same(a, b) === (JSON.stringify(a) === JSON.stringify(b))));
  });
});

describe('a summary', () => {
  it('is one line of at most 120 characters for every value', () => {
    const long: Value = { t: 'str', v: 'line\n'.repeat(1000) };
    expect(summaryOf(long).length).toBeLessThanOrEqual(120);
    expect(summaryOf(long)).not.toContain('\n');
  });

  it('reads like Python', () => {
    expect(summaryOf(float(2))).toBe('2.0');
    expect(summaryOf({ t: 'tuple', v: [int(1)], n: 1 })).toBe('(1,)');
    expect(summaryOf({ t: 'list', v: [int(1), { t: 'str', v: 'a' }], n: 2 })).toBe("[1, 'a']");
    expect(summaryOf({ t: 'error', cls: 'builtins.IndexError', message: { v: 'out of range' } })).toBe(
      'IndexError: out of range',
    );
    expect(summaryOf({ t: 'code', kind: 'function', name: 'f', src: { v: '@cache\ndef f(x):\n  return x' } })).toBe(
      'def f(x):',
    );
  });
});

describe('a value', () => {
  it('with a number past 2^53 as JSON number is refused', () => {
    expect(value.safeParse({ t: 'int', v: 2 ** 60 }).success).toBe(false);
    expect(value.safeParse({ t: 'int', v: '1152921504606846976' }).success).toBe(true);
  });
});

describe('equal by value', () => {
  const repr = (cls: string, v: string): Value => ({ t: 'repr', cls, text: { v } });
  const array = (dtype: string, v: CellJson[], shape = [v.length]): Value => ({
    t: 'array',
    lib: 'numpy',
    dtype,
    shape,
    v,
  });
  const table = (dtype: string, v: CellJson[], more: Partial<FrameValue> = {}): Value => ({
    t: 'frame',
    lib: 'pandas',
    kind: 'frame',
    shape: [v.length, 1],
    columns: [{ name: 'n', dtype, v }],
    ...more,
  });
  const hash = (letter: string): string => letter.repeat(64);

  it('are Decimal and Fraction where their value is the same', () => {
    const two = [
      int(2),
      float(2),
      repr('decimal.Decimal', '2.00'),
      repr('decimal.Decimal', '2E+0'),
      repr('fractions.Fraction', '2'),
    ];
    expect(new Set(two.map(canonicalText)).size).toBe(1);
    expect(same(repr('decimal.Decimal', '0.5'), repr('fractions.Fraction', '1/2'))).toBe(true);
    expect(same(repr('decimal.Decimal', '0.5'), float(0.5))).toBe(true);
    expect(same(repr('decimal.Decimal', '0.1'), float(0.1))).toBe(false);
    expect(same(repr('decimal.Decimal', '0.10'), repr('decimal.Decimal', '0.1'))).toBe(true);
    expect(same(repr('decimal.Decimal', '-0.0'), int(0))).toBe(true);
    expect(same(repr('decimal.Decimal', '1E+22'), int('10000000000000000000000'))).toBe(true);
    expect(same(repr('fractions.Fraction', '1/3'), float(1 / 3))).toBe(false);
    expect(canonicalText(repr('decimal.Decimal', '1E+999999999'))).toContain('999999999');
  });

  it('are 2 ** 60 as an integer and as a double', () => {
    expect(same(int('1152921504606846976'), float(2 ** 60))).toBe(true);
    expect(same(array('int64', ['1152921504606846976']), array('float64', [2 ** 60]))).toBe(true);
  });

  it('are moments of one instant', () => {
    const at = (v: string): Value => ({ t: 'datetime', v });
    expect(same(at('2026-07-01T11:05:00+02:00'), at('2026-07-01T09:05:00.000000000+00:00'))).toBe(true);
    expect(same(at('2026-07-01T09:05:00'), at('2026-07-01T09:05:00+00:00'))).toBe(false);
    expect(same(at('2026-07-01'), at('2026-07-01T00:00:00'))).toBe(true);
    expect(same(at('2026-07-01T09:05:00.1'), at('2026-07-01T09:05:00.100'))).toBe(true);
  });

  it('are arrays of any dtype, and tagged elements', () => {
    expect(same(array('int8', [1, 2]), array('float64', [1, 2]))).toBe(true);
    expect(same(array('object', [{ t: 'float', v: 1 }, 2]), array('int64', [1, 2]))).toBe(true);
    expect(same(array('complex128', [1, 0, 2, 0], [2]), array('int64', [1, 2]))).toBe(true);
    expect(same(array('str64', ['1']), array('int64', [1]))).toBe(false);
    expect(same(array('float64', ['-0']), array('float64', [0]))).toBe(true);
    expect(same(array('float64', ['nan']), array('str96', ['nan']))).toBe(false);
  });

  it('never takes the head of an array for the whole', () => {
    const head = Array.from({ length: 2000 }, () => 0);
    const cut = (sha256?: string, max = 0): Value => ({
      ...(array('complex128', head, [5000]) as ArrayValue),
      sha256,
      stats: { min: 0, max, mean: 0, std: 0, nan: 0 },
    });
    expect(same(cut(hash('a')), cut(hash('b')))).toBe(false);
    expect(same(cut(hash('a')), cut(hash('a')))).toBe(true);
    expect(same(cut(), array('complex128', head, [1000]))).toBe(false);
    expect(same(cut(), cut(undefined, 1))).toBe(false);
  });

  it('are tables of any library and dtype, with an equal index', () => {
    expect(same(table('int64', [1, 2]), table('Float64', [1, 2], { lib: 'polars' }))).toBe(true);
    const index = { name: 'id', dtype: 'int64', v: [7, 8] };
    expect(same(table('int64', [1, 2]), table('int64', [1, 2], { index }))).toBe(false);
    expect(same(table('int64', [1]), table('int64', [1], { kind: 'series' }))).toBe(false);
    expect(same(table('int64', [1], { shape: [9, 1] }), table('int64', [1], { shape: [8, 1] }))).toBe(false);
  });
});

describe('numbers in words', () => {
  it('are those that Python prints', () => {
    const floats: [number, string][] = [
      [2, '2.0'],
      [1e16, '1e+16'],
      [123456789012345680, '1.2345678901234568e+17'],
      [0.0001, '0.0001'],
      [0.00001, '1e-05'],
      [-5e-324, '-5e-324'],
      [1.5, '1.5'],
    ];
    for (const [number, text] of floats) expect(summaryOf(float(number))).toBe(text);
    expect(summaryOf({ t: 'complex', re: 3, im: -4 })).toBe('(3-4j)');
    expect(summaryOf({ t: 'complex', re: 0, im: 1 })).toBe('1j');
    expect(summaryOf({ t: 'complex', re: 'nan', im: '-0' })).toBe('(nan-0j)');
  });
});
