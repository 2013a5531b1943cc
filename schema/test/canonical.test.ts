import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalText, summaryOf, value, type Value } from '../src/wire/index.js';

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
