import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import type { Value, Verdict } from '@nbpulse/schema/wire';
import { Clusters } from './clusters.js';
import { codeTokens } from './code-form.js';
import { signatureOf } from './signature.js';

const hashOf = (value: Value): string => createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 32);
const text = (v: string): Value => ({ t: 'str', v });
const float = (v: number): Value => ({ t: 'float', v });
const int = (v: number): Value => ({ t: 'int', v });
const code = (src: string): Value => ({ t: 'code', kind: 'function', name: 'f', src: { v: src } });
const error = (cls: string, message: string): Value => ({ t: 'error', cls, message: { v: message } });

/** The groups, each as the places of its answers among those given. */
function groupsOf(values: Value[], verdicts: (Verdict | null)[] = []): number[][] {
  const clusters = new Clusters();
  const places = new Map<string, number[]>();
  values.forEach((value, at) => {
    const hash = hashOf(value);
    places.set(hash, [...(places.get(hash) ?? []), at]);
    const signature = signatureOf({ hash, tag: value.t, error: value.t === 'error', body: value });
    clusters.add(hash, signature, verdicts[at] ?? null);
  });
  return clusters.all.map(({ hashes }) => hashes.flatMap((hash) => places.get(hash) ?? []));
}
const together = (a: Value, b: Value, verdicts: (Verdict | null)[] = []) => groupsOf([a, b], verdicts).length === 1;

describe('numbers', () => {
  it('with rounding noise are together, whole ones and others too', () => {
    expect(together(float(0.1 + 0.2), float(0.3))).toBe(true);
    expect(together(int(2), float(2.0000000000000004))).toBe(true);
    // Either side of where the tenth digit is rounded.
    expect(together(float(0.12345678915), float(0.12345678915000001))).toBe(true);
  });

  it('that differ to a reader, or are whole, are apart', () => {
    expect(together(float(3.14), float(3.14159))).toBe(false);
    expect(together(int(1234567890123), int(1234567890124))).toBe(false);
    expect(together(float(1), float(-1))).toBe(false);
    expect(together({ t: 'float', v: 'nan' }, float(0))).toBe(false);
  });
});

describe('texts', () => {
  it('that differ in case, spaces or punctuation are together', () => {
    for (const other of ['Postcode', "'postcode'", ' post code ', 'post-code.', 'POST_CODE']) {
      expect(together(text('postcode'), text(other)), other).toBe(true);
    }
  });

  it('keep what carries meaning', () => {
    const pairs = [
      ['x > 5', 'x < 5'],
      ['-5', '5'],
      ['1 2', '12'],
      ['1.5', '15'],
      ['5 %', '5'],
      ['?', '!'],
    ] as const;
    for (const [a, b] of pairs) expect(together(text(a), text(b)), `${a} and ${b}`).toBe(false);
  });

  it('of eight letters and more are together when one letter differs, shorter ones and digits are not', () => {
    expect(together(text('postcode'), text('postcodes'))).toBe(true);
    expect(together(text('postcode'), text('psotcode'))).toBe(true);
    expect(together(text('even'), text('ever'))).toBe(false);
    expect(together(text('customer 12'), text('customer 13'))).toBe(false);
    expect(together(text('it is stable'), text('it is unstable'))).toBe(false);
  });

  it('judged differently are not near, however alike', () => {
    expect(together(text('postcode'), text('postcodes'), ['right', 'wrong'])).toBe(false);
    expect(together(text('postcode'), text('postcodes'), ['right', 'right'])).toBe(true);
  });

  it('never join by a chain of small steps', () => {
    expect(groupsOf(['aaaaaaaaaa', 'aaaaaaaaab', 'aaaaaaaabb'].map(text))).toEqual([[0, 1], [2]]);
  });
});

const mean = `def mean(xs):
    """The mean."""
    total = 0
    for x in xs:
        total += x  # one by one
    return total / len(xs)
`;
const renamed = `def my_mean(values):
  s=0
  for v in values: s += v
  return (s / len(values))
`;

describe('code', () => {
  it('that differs in names of its own, comments and layout is equal', () => {
    expect(together(code(mean), code(renamed))).toBe(true);
    expect(codeTokens(mean)).toEqual(codeTokens(renamed));
    const prime = 'def f(n):\n    return all(n % d for d in range(2, n))\n';
    expect(codeTokens(prime)).toEqual(codeTokens(prime.replaceAll(/\bd\b/g, 'k')));
  });

  it('is equal with annotations, other quotes, a trailing comma, an indented source', () => {
    expect(
      together(code('def f(a: int) -> str:\n    return g(a, "x",)'), code("  def h(b):\n      return g(b, 'x')")),
    ).toBe(true);
    expect(together(code('lambda x, k=1: x + k'), code('lambda y, m = 1: (y + m)'))).toBe(false); // brackets in a lambda are kept
    expect(together(code('lambda x, k=1: x + k'), code('lambda y, m = 1: y + m'))).toBe(true);
  });

  it('that does something else is not', () => {
    const pairs = [
      ['def f(a, b):\n    return a - b', 'def f(a, b):\n    return b - a'],
      ['def f(a):\n    return np.abs(a).sum()', 'def f(a):\n    return np.sum(a).abs()'],
      ['def f(a):\n    return g(key=a)', 'def f(key):\n    return g(a=key)'],
      ['def f(a, b):\n    return (a - b) * 2', 'def f(a, b):\n    return a - b * 2'],
      ['def f(a):\n    if a:\n        g()\n    h()', 'def f(a):\n    if a:\n        g()\n        h()'],
      ['def f(x):\n    return f"{x} m"', 'def f(x):\n    return f"{x} km"'],
      ['def f(a):\n    return (a,)', 'def f(a):\n    return (a)'],
      ['def f(a):\n    return len(a) - 1', 'def f(a):\n    return len(a) - 2'],
      ['class A:\n    def fit(self): return 1', 'class A:\n    def train(self): return 1'],
    ] as const;
    for (const [a, b] of pairs) expect(together(code(a), code(b)), b).toBe(false);
  });

  it('of some length with a small difference is near, unless judged apart; a short one is not', () => {
    const long = (last: string) =>
      code(
        `def f(rows):\n${Array.from({ length: 12 }, (_, at) => `    rows = rows.drop("c${String(at)}")\n`).join('')}    return ${last}\n`,
      );
    expect(together(long('rows'), long('rows.copy()'))).toBe(true);
    expect(together(long('rows'), long('rows.copy()'), ['right', 'wrong'])).toBe(false);
    expect(together(code(mean), code(mean.replace('total = 0', 'total = 1')))).toBe(false);
  });

  it('that is no Python is compared as it is', () => {
    expect(together(code('def f(:\n  return'), code('def g(:\n  return'))).toBe(false);
  });
});

describe('errors', () => {
  it('are together by class and message, numbers and quoted names aside', () => {
    expect(
      together(error('NameError', "name 'np' is not defined"), error('NameError', "name 'pd' is not defined")),
    ).toBe(true);
    expect(together(error('IndexError', 'index 10 of 10'), error('IndexError', 'index 3 of 3'))).toBe(true);
    expect(together(error('KeyError', "'a'"), error('NameError', "'a'"))).toBe(false);
  });
});

describe('groups of any answers', () => {
  const word = fc.constantFrom(
    'postcode',
    'Postcode',
    'postcodes',
    'age',
    'Age ',
    'customer_id',
    'customerid',
    'post-code!',
    'ages',
  );
  const name = fc.constantFrom('a', 'b', 'total', 'x');
  const anyCode = fc
    .tuple(name, fc.constantFrom('+', '-'), fc.constantFrom('', '  # sum', '\n'), fc.integer({ min: 0, max: 2 }))
    .map(([own, sign, tail, n]) => code(`def f(${own}):\n    return ${own} ${sign} ${String(n)}${tail}`));
  const answer = fc.oneof(
    fc.oneof(word, fc.string({ maxLength: 12 })).map(text),
    fc
      .oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom(0.3, 0.1 + 0.2, 1 / 3, 0.3333333333))
      .map(float),
    fc.integer({ min: 0, max: 9 }).map(int),
    anyCode,
  );
  const formOf = (value: Value) => signatureOf({ hash: hashOf(value), tag: value.t, error: false, body: value }).form;

  it('are a partition, and equal forms are always together', () => {
    fc.assert(
      fc.property(fc.array(answer, { maxLength: 30 }), (values) => {
        const groups = groupsOf(values);
        expect(groups.flat().sort((a, b) => a - b)).toEqual(values.map((_, at) => at));
        const groupAt = new Map(groups.flatMap((group, index) => group.map((at) => [at, index] as const)));
        values.forEach((a, i) => {
          values.forEach((b, j) => {
            if (formOf(a) === formOf(b)) expect(groupAt.get(i)).toBe(groupAt.get(j));
          });
        });
      }),
    );
  });

  it('are of one kind each', () => {
    fc.assert(
      fc.property(fc.array(answer, { maxLength: 20 }), (values) => {
        for (const group of groupsOf(values)) {
          const kinds = group.map((at) => (values[at]!.t === 'int' ? 'float' : values[at]!.t));
          expect(new Set(kinds).size).toBe(1);
        }
      }),
    );
  });
});
