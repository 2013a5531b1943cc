import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePythonLiteral, typedValue, type Value } from '@nbpulse/schema/wire';
import { compileJudge } from '../judge.js';

/** How `expression` judges what this literal is. */
function judged(expression: string, answer: Value | string): string | null {
  const judge = compileJudge({ kind: 'expression', expression });
  if ('problem' in judge) throw new Error(judge.problem);
  const value = typeof answer === 'string' ? parsePythonLiteral(answer) : answer;
  if (!value) throw new Error(`no literal: ${JSON.stringify(answer)}`);
  return judge.judge('', value);
}
const problemOf = (expression: string): string => {
  const judge = compileJudge({ kind: 'expression', expression });
  return 'problem' in judge ? judge.problem : '';
};

describe('an expression', () => {
  it.each([
    ['0 < x < 1', '0.5'],
    ['x == 2', '2.0'],
    ['len(x) == 3 and x[0] == 2', '[2, 0, 0]'],
    ['x["a"] == 1', '{"a": 1}'],
    ['x[-1] == (1, 2)', '[0, (1, 2)]'],
    ['sorted(x) == [1, 2, 3]', '[3, 1, 2]'],
    ['x in {"age", "post code"}', '"age"'],
    ['"age" not in lower(x)', '"Postcode"'],
    ['strip(lower(x)) == "yes"', '" YES "'],
    ['-x ** 2 == -9', '3'],
    ['x // 2 == -4 and x % 2 == 1', '-7'],
    ['x / 2 == 3.5', '7'],
    ['x == 2 ** 100', '1267650600228229401496703205376'],
    ['isclose(x, 1/3, rel_tol=1e-3)', '0.3333'],
    ['isclose(x, 0, abs_tol=0.1)', '0.05'],
    ['isnan(x) and x != x', 'nan'],
    ['type(x) == int', '3'],
    ['type(x) == "float" and not x == 0', '0.5'],
    ['round(x, 2) == 0.55', '0.5530'],
    ['round(x) == 2', '2.5'],
    ['min(x) == 1 and max(x) == 3 and sum(x) == 6.0', '(1, 2, 3)'],
    ['abs(x) <= 5 or x is None', '-5'],
    ['x is None', 'None'],
    ['x == {1, 2}', '{2, 1}'],
    ['x == {"a": [1]}', '{"a": [1.0]}'],
    ['float(x) == 1.5', '"1.5"'],
    ['int(x) == 7', '" 7 "'],
    ['any([x > 1, x < 0]) and all([x, 1])', '2'],
  ])('%s is right of %s', (expression, answer) => {
    expect(judged(expression, answer)).toBe('right');
  });

  it.each([
    ['0 < x < 1', '1'],
    ['len(x) == 3', '3'],
    ['x[5] == 1', '[1]'],
    ['x["b"] == 1', '{"a": 1}'],
    ['x < 1', '"text"'],
    ['1 / x > 0', '0'],
    ['x == (1, 2)', '[1, 2]'],
    ['x ** 0.5 > 0', '-1'],
    ['type(x) == int', '3.0'],
    ['int(x) == 1', '"one"'],
  ])('%s is wrong of %s, which it does not fit', (expression, answer) => {
    expect(judged(expression, answer)).toBe('wrong');
  });

  it('sees arrays as lists, columns of tables by name, and the source of functions', () => {
    const array: Value = { t: 'array', lib: 'numpy', dtype: 'int64', shape: [2, 2], v: [1, 2, 3, 4] };
    expect(judged('x[1][0] == 3 and len(x) == 2 and type(x) == "ndarray"', array)).toBe('right');
    const columns = [{ name: 'price', dtype: 'float64', v: [1.5, 'nan'] }];
    const frame: Value = { t: 'frame', lib: 'pandas', kind: 'frame', shape: [2, 1], columns };
    expect(judged('len(x) == 2 and x["price"][0] == 1.5 and isnan(x["price"][1]) and "price" in x', frame)).toBe(
      'right',
    );
    const code: Value = { t: 'code', kind: 'function', name: 'f', src: { v: 'def f():\n    return sum([1])' } };
    expect(judged('"sum(" in x', code)).toBe('right');
    expect(judged('type(x) == int', { t: 'int', v: 2, dtype: 'int64' })).toBe('wrong');
  });

  it('cannot tell of what was cut, or is more than it may look at', () => {
    expect(judged('len(x) == 1000', { t: 'list', v: [{ t: 'int', v: 1 }], n: 5_000 })).toBeNull();
    const cut = { length: 9, sha256: '0'.repeat(64) };
    expect(judged('"a" in x', { t: 'str', v: 'a', cut })).toBeNull();
    const many: Value = { t: 'list', v: Array.from({ length: 1_000 }, (_, v): Value => ({ t: 'int', v })), n: 1_000 };
    expect(judged('len(set(x)) == 1000', many)).toBeNull();
    expect(judged('9 ** 9 ** 9 > x', '1')).toBeNull();
    expect(judged('x ** x ** x > 1', '99999')).toBeNull();
  });

  it.each([
    ['0 < x <', 'at character 8: Something is missing at the end'],
    ['x = 1', 'two equals signs'],
    ['y > 1', 'at character 1: “y” is not known'],
    ['1 < 2', 'does not mention x'],
    ['x.real == 1', 'at character 2: There are no attributes'],
    ['x[1:2] == [1]', 'Take one item'],
    ['len(x, 1) == 1', 'len takes 1 argument, not 2'],
    ['isclose(x, 1, tol=1)', 'no argument “tol”'],
    ['__import__("os")', 'cannot be called'],
    ['(lambda: x)()', 'cannot be called'],
    ['[i for i in x]', 'not part of these'],
    ['x if x else 1', 'not part of these'],
    ['x == 1j', 'Expect it as a value'],
    ['f"{x}"', 'not part of these'],
    ['x; x', 'Write one expression about x'],
    ['constructor(x)', 'cannot be called'],
    ['toString(x)', 'cannot be called'],
  ])('%s is refused, with the place and what to do', (expression, words) => {
    expect(problemOf(expression)).toContain(words);
  });

  const part = fc.constantFrom(
    ...[
      'x',
      '0',
      '1',
      '-3',
      '9',
      '1e308',
      '"a"',
      'x[0]',
      'x["a"]',
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      ',',
      ':',
      ' ',
      '**',
      '*',
      '+',
      '-',
      '/',
    ],
    ...[
      '//',
      '%',
      '<',
      '==',
      ' in ',
      ' not in ',
      ' and ',
      ' or ',
      ' not ',
      ' is ',
      'len(',
      'sum(',
      'sorted(',
      'set(',
      'str(',
      'int(',
    ],
    ...[
      'max(',
      'round(',
      'type(',
      'lower(',
      'list(',
      'tuple(',
      'isclose(',
      'nan',
      'inf',
      'None',
      'True',
      '.',
      'lambda',
      '\n',
      '#',
    ],
  );
  const text = fc.oneof(
    fc.array(part, { maxLength: 30 }).map((parts) => parts.join('')),
    fc.string({ maxLength: 200 }),
  );
  const { answer } = fc.letrec<{ answer: Value }>((tie) => ({
    answer: fc.oneof(
      { maxDepth: 3 },
      fc.constant<Value>({ t: 'none' }),
      fc.boolean().map((v): Value => ({ t: 'bool', v })),
      fc.maxSafeInteger().map((v): Value => ({ t: 'int', v })),
      fc.bigInt({ min: 10n ** 20n, max: 10n ** 900n }).map((v): Value => ({ t: 'int', v: v.toString() })),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((v): Value => ({ t: 'float', v })),
      fc.constantFrom('nan', 'inf', '-inf', '-0').map((v): Value => ({ t: 'float', v })),
      fc.string().map((v) => typedValue(v)),
      fc.array(tie('answer'), { maxLength: 20 }).map((v): Value => ({ t: 'list', v, n: v.length })),
      fc
        .array(fc.tuple(tie('answer'), tie('answer')), { maxLength: 5 })
        .map((v): Value => ({ t: 'dict', v, n: v.length })),
    ),
  }));

  it('of any kind is refused or judges any answer, and nothing is thrown', () => {
    fc.assert(
      fc.property(text, answer, (expression, value) => {
        const judge = compileJudge({ kind: 'expression', expression });
        if ('problem' in judge) expect(judge.problem.length).toBeGreaterThan(10);
        else expect(['right', 'wrong', null]).toContain(judge.judge('', value));
      }),
      { numRuns: 500 },
    );
  });
});
