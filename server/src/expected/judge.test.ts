import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalText, expectedAnswer, parsePythonLiteral, value, type Value } from '@nbpulse/schema/wire';
import { z } from 'zod';
import { answerHash } from './answer-hash.js';
import { compileJudge } from './judge.js';

const literal = (text: string): Value => {
  const parsed = parsePythonLiteral(text);
  if (!parsed) throw new Error(`no literal: ${text}`);
  return parsed;
};
function judged(expected: object, got: Value): string | null {
  const judge = compileJudge(expectedAnswer.parse(expected));
  if ('problem' in judge) throw new Error(judge.problem);
  return judge.judge(answerHash(got), got);
}
const against = (text: string, more: object = {}) => ({ kind: 'value', value: literal(text), ...more });
const fixtures = z
  .array(z.object({ name: z.string(), value }))
  .parse(JSON.parse(readFileSync(new URL('../../../schema/fixtures/values.json', import.meta.url), 'utf8')));
const within = { tolerance: { absolute: 0.02 } };

describe('a value', () => {
  it.each([
    ['2', '2.0'],
    ['[1, 2]', '(1, 2.0)'],
    ['{1, 2}', '{2, 1}'],
    ['{"a": 1, "b": nan}', '{"b": nan, "a": 1.0}'],
    ['nan', 'nan'],
    ['-inf', '-inf'],
    ['0.0', '-0.0'],
    ['1+0j', '1'],
  ])('%s makes %s right', (expected, got) => {
    expect(judged(against(expected), literal(got))).toBe('right');
  });

  it.each([
    ['2', '2.0000001'],
    ['2', '"2"'],
    ['1', 'True'],
    ['[1, 2]', '[2, 1]'],
    ['[1]', '[1, 1]'],
    ['inf', '-inf'],
  ])('%s makes %s wrong', (expected, got) => {
    expect(judged(against(expected), literal(got))).toBe('wrong');
  });

  it('of any type is the same, unless the same type is asked for', () => {
    const numpy: Value = { t: 'int', v: 2, dtype: 'int64' };
    expect(judged(against('2'), numpy)).toBe('right');
    expect(judged(against('2', { exactType: true }), literal('2'))).toBe('right');
    expect(judged(against('2', { exactType: true }), numpy)).toBe('wrong');
    expect(judged(against('2', { exactType: true }), literal('2.0'))).toBe('wrong');
    expect(judged(against('[1, 2]', { exactType: true }), literal('(1, 2)'))).toBe('wrong');
    expect(judged(against('[1, [2]]', { exactType: true }), literal('[1, [2.0]]'))).toBe('wrong');
    expect(judged(against('2', { exactType: true, ...within }), literal('2.0'))).toBe('wrong');
  });

  it.each([
    ['0.553', '0.573', 'right'],
    ['0.553', '0.5731', 'wrong'],
    ['0.553', '0.533', 'right'],
    ['[1, [2, 3]]', '[1.01, [1.99, 3]]', 'right'],
    ['[1, [2, 3]]', '[1.01, [1.9, 3]]', 'wrong'],
    ['{"a": 1}', '{"a": 1.015}', 'right'],
    ['{1: "a"}', '{1.01: "a"}', 'wrong'],
    ['{1.0, 5.0}', '{5.01, 0.99}', 'right'],
    ['{1.0, 5.0}', '{5.01, 0.9}', 'wrong'],
    ['3+4j', '3.01+4.01j', 'right'],
    ['nan', 'nan', 'right'],
    ['nan', '1.0', 'wrong'],
    ['inf', 'inf', 'right'],
    ['inf', '1e308', 'wrong'],
    ['1', 'True', 'wrong'],
    ['"a"', '"a"', 'right'],
    ['"a"', '"b"', 'wrong'],
  ])('%s ± 0.02 makes %s %s', (expected, got, verdict) => {
    expect(judged(against(expected, within), literal(got))).toBe(verdict);
  });

  it('has a tolerance of its own size, or of both kinds, whichever is more', () => {
    const both = { tolerance: { absolute: 0.5, relative: 0.01 } };
    expect(judged(against('1000', both), literal('1009.9'))).toBe('right');
    expect(judged(against('1000', both), literal('1010.1'))).toBe('wrong');
    expect(judged(against('1', both), literal('1.5'))).toBe('right');
  });

  it('reaches into arrays and tables', () => {
    const array = (v: number[], dtype = 'float64'): Value => ({
      t: 'array',
      lib: 'numpy',
      dtype,
      shape: [v.length],
      v,
    });
    const expected = { kind: 'value', value: array([1, 2, 3], 'int64'), ...within };
    expect(judged(expected, array([1.01, 2, 3]))).toBe('right');
    expect(judged(expected, array([1.03, 2, 3]))).toBe('wrong');
    expect(judged(expected, array([1, 2]))).toBe('wrong');
    const frame = (name: string, v: number[]): Value => ({
      t: 'frame',
      lib: 'pandas',
      kind: 'frame',
      shape: [v.length, 1],
      columns: [{ name, dtype: 'float64', v }],
    });
    const table = { kind: 'value', value: frame('a', [1, 2]), ...within };
    expect(judged(table, frame('a', [1.01, 1.99]))).toBe('right');
    expect(judged(table, frame('b', [1, 2]))).toBe('wrong');
    expect(judged(table, frame('a', [1.1, 2]))).toBe('wrong');
  });

  it('that was cut equals by its whole; with a tolerance only a difference can be told', () => {
    const cut = (first: number, sha256: string): Value => ({
      t: 'list',
      v: [{ t: 'float', v: first }],
      n: 5_000,
      sha256,
    });
    const [one, other] = ['1'.repeat(64), '2'.repeat(64)];
    const exactly = { kind: 'value', value: cut(1, one) };
    expect(judged(exactly, cut(1, one))).toBe('right');
    expect(judged(exactly, cut(1, other))).toBe('wrong');
    expect(judged({ ...exactly, ...within }, cut(1, one))).toBe('right');
    expect(judged({ ...exactly, ...within }, cut(1.01, other))).toBeNull();
    expect(judged({ ...exactly, ...within }, cut(2, other))).toBe('wrong');
  });

  it('of a set is right when it is any of them', () => {
    const any = { kind: 'any-of', values: [literal('1'), literal('"one"')] };
    expect(judged(any, literal('1.0'))).toBe('right');
    expect(judged(any, literal('"one"'))).toBe('right');
    expect(judged(any, literal('2'))).toBe('wrong');
    expect(judged({ ...any, ...within }, literal('1.01'))).toBe('right');
  });

  const known = fixtures.map((one) => one.value);
  const fixture = fc.constantFrom(...known);
  it.each(fixtures.filter(({ value: one }) => one.t !== 'error' && one.t !== 'image'))(
    'of every kind is right of itself: $name',
    ({ value: one }) => {
      for (const more of [{}, within, { exactType: true }])
        expect(judged({ kind: 'value', value: one, ...more }, one)).toBe('right');
    },
  );

  it('says of answers with one hash the same, unless types count', () => {
    const groups = new Map<string, Value[]>();
    for (const one of known) groups.set(canonicalText(one), [...(groups.get(canonicalText(one)) ?? []), one]);
    const equals = [...groups.values()].filter((group) => group.length > 1);
    expect(equals.length).toBeGreaterThan(3);
    fc.assert(
      fc.property(
        fixture,
        fc.constantFrom(...equals),
        fc.double({ min: 0, max: 10, noNaN: true }),
        (expected, group, absolute) => {
          fc.pre(expected.t !== 'error' && expected.t !== 'image');
          const verdicts = group.map((got) => judged({ kind: 'value', value: expected, tolerance: { absolute } }, got));
          expect(new Set(verdicts).size).toBe(1);
        },
      ),
    );
  });

  it('judges any answer against any other without a throw, and never forgives less with more tolerance', () => {
    const size = fc.double({ min: 0, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(fixture, fixture, size, size, (expected, got, a, b) => {
        fc.pre(expected.t !== 'error' && expected.t !== 'image');
        const [less, more] = [Math.min(a, b), Math.max(a, b)];
        const by = (absolute: number) => judged({ kind: 'value', value: expected, tolerance: { absolute } }, got);
        if (by(less) === 'right') expect(by(more)).toBe('right');
      }),
    );
  });
});

describe('a pattern', () => {
  const pattern = (text: string, ignoreCase = false) => ({ kind: 'pattern', pattern: text, ignoreCase });
  it.each([
    ['post ?codes?', '"post code"', 'right'],
    ['post ?codes?', '"the postcode"', 'wrong'],
    ['post', '"POST"', 'wrong'],
    ['.*b', '"a\\nb"', 'right'],
    ['2', '2', 'wrong'],
  ])('%s makes %s %s', (text, got, verdict) => {
    expect(judged(pattern(text), literal(got))).toBe(verdict);
  });

  it('may ignore case, and is held against the source of a function', () => {
    expect(judged(pattern('post', true), literal('"POST"'))).toBe('right');
    const code: Value = { t: 'code', kind: 'lambda', name: 'f', src: { v: 'lambda x: x + 1' } };
    expect(judged(pattern('lambda .*'), code)).toBe('right');
  });

  it('does not judge what was cut or is too long', () => {
    expect(judged(pattern('a*'), { t: 'str', v: 'a'.repeat(20_000) })).toBeNull();
    expect(judged(pattern('a*'), { t: 'str', v: 'a', cut: { length: 9, sha256: '0'.repeat(64) } })).toBeNull();
  });

  it.each([
    ['(', 'at character 2'],
    ['a)', 'at character'],
    ['ab[z-a]', 'at character 4'],
    ['x*?(?=a)', 'Look-ahead'],
    ['(a)\\1', 'Back-references'],
    ['a{999}b{999}c{999}', 'repeats too much'],
    ['a{2000}', '1000'],
  ])('%s is refused with the place and what to do', (text, words) => {
    const judge = compileJudge({ kind: 'pattern', pattern: text, ignoreCase: false });
    expect('problem' in judge && judge.problem).toContain(words);
  });

  // With a backtracking engine each of these outlives the test's time limit by ages.
  it.each([
    ['(a+)+b', 'a'.repeat(10_000)],
    ['(a|a)*b', 'a'.repeat(10_000)],
    ['(.*a){20}b', 'a'.repeat(10_000)],
    ['(x+x+)+y', 'x'.repeat(10_000)],
    ['(\\w+\\s?)*!', 'word '.repeat(2_000)],
  ])('that hangs other engines does not hang: %s', (text, got) => {
    expect(judged(pattern(text), { t: 'str', v: got })).toBe('wrong');
  });
});
