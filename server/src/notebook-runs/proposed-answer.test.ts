import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectedAnswer, type Value } from '@nbpulse/schema/wire';
import { proposedAnswer, toleranceFor } from './proposed-answer.js';

const toleranceOf = (value: Value) => {
  const { answer } = proposedAnswer(value, null);
  return answer?.kind === 'value' ? answer.tolerance : undefined;
};
const text = (v: string) => ({ v });

describe('the tolerance proposed for a solution’s value', () => {
  it.each<[string, Value]>([
    ['an int', { t: 'int', v: 604800 }],
    ['text', { t: 'str', v: '3.14' }],
    ['a bool', { t: 'bool', v: true }],
    ['a list of ints', { t: 'list', v: [{ t: 'int', v: 1 }], n: 1 }],
    ['an array of ints', { t: 'array', lib: 'numpy', dtype: 'int64', shape: [2], v: [1, 2] }],
  ])('is none for %s', (_, value) => {
    expect(toleranceOf(value)).toBeNull();
  });

  it.each<[string, Value]>([
    ['a float', { t: 'float', v: 2 ** 0.5 }],
    [
      'a float in a dict in a list',
      {
        t: 'list',
        v: [
          {
            t: 'dict',
            v: [
              [
                { t: 'int', v: 1 },
                { t: 'float', v: 0.5 },
              ],
            ],
            n: 1,
          },
        ],
        n: 1,
      },
    ],
    ['an array of floats', { t: 'array', lib: 'numpy', dtype: 'float64', shape: [2], v: [1, 'nan'] }],
    [
      'a table with a column of floats',
      {
        t: 'frame',
        lib: 'pandas',
        kind: 'frame',
        shape: [1, 1],
        columns: [{ name: 'a', dtype: 'float64', v: [1 / 3] }],
      },
    ],
  ])('is relative for %s', (_, value) => {
    expect(toleranceOf(value)?.relative).toBe(1e-6);
  });

  it('scales what counts as zero with the largest number', () => {
    expect(toleranceFor([0]).absolute).toBe(1e-9);
    expect(toleranceFor([0, 1 / 3]).absolute).toBeCloseTo(1e-10, 15);
    expect(toleranceFor([0, 2e6 / 3]).absolute).toBeCloseTo(1e-4, 9);
    // The charge of an electron: an absolute 1e-9 would call everything small right.
    expect(toleranceFor([1.602176634e-19]).absolute).toBeLessThan(1e-27);
  });

  it('takes four to eight digits for rounded: half of the last one', () => {
    expect(toleranceFor([3.142]).absolute).toBe(0.0005);
    expect(toleranceFor([3.1416, 2]).absolute).toBe(0.00005);
    expect(toleranceFor([0.25]).absolute).toBeLessThan(1e-9);
    expect(toleranceFor([3.141592653589793]).absolute).toBeLessThan(1e-8);
    expect(toleranceFor([1500]).absolute).toBeLessThan(1e-5);
  });

  it('is valid and finite whatever the numbers', () => {
    fc.assert(
      fc.property(fc.array(fc.double()), (floats) => {
        const { answer } = proposedAnswer(
          {
            t: 'list',
            v: floats.map((v): Value => ({ t: 'float', v: Number.isFinite(v) ? v : 'nan' })),
            n: floats.length,
          },
          null,
        );
        expect(expectedAnswer.safeParse(answer).error).toBeUndefined();
      }),
    );
  });
});

describe('what cannot be expected', () => {
  it.each<[string, Value, RegExp]>([
    ['None', { t: 'none' }, /None/],
    ['the dots of a template', { t: 'repr', cls: 'ellipsis', text: text('Ellipsis') }, /\.\.\./],
    ['a function', { t: 'code', kind: 'function', name: 'f', src: text('def f(): pass') }, /function/],
    ['an exception', { t: 'error', cls: 'ValueError', message: text('no') }, /exception/],
    [
      'a function in a list',
      { t: 'list', v: [{ t: 'code', kind: 'lambda', name: 'f', src: text('lambda: 1') }], n: 1 },
      /function/,
    ],
    ['a place in memory', { t: 'repr', cls: 'Thing', text: text('<Thing object at 0x7f3a2c1b>') }, /memory/],
    ['a chart', { t: 'rich', cls: 'Chart', mime: 'text/html', data: text('<b>') }, /chart/],
  ])('says so for %s', (_, value, why) => {
    const proposed = proposedAnswer(value, null);
    expect(proposed.answer).toBeNull();
    expect(proposed.why).toMatch(why);
  });

  it('passes on what the run said', () => {
    expect(proposedAnswer(null, 'A picture.')).toEqual({ answer: null, why: 'A picture.' });
  });

  it('takes a None inside of something, and says when only a head was kept', () => {
    const whole: Value = { t: 'list', v: [{ t: 'none' }, { t: 'int', v: 1 }], n: 2 };
    expect(proposedAnswer(whole, null)).toMatchObject({ answer: { kind: 'value', value: whole }, why: null });
    const cut: Value = { t: 'array', lib: 'numpy', dtype: 'float64', shape: [5000], v: [0.5], sha256: 'a'.repeat(64) };
    expect(proposedAnswer(cut, null).answer).not.toBeNull();
    expect(proposedAnswer(cut, null).why).toMatch(/Too large/);
  });
});
