import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { value, type Value } from '@nbpulse/schema/wire';
import { valueText } from './value-text.js';

const golden = JSON.parse(readFileSync(resolve('schema/fixtures/values.json'), 'utf8')) as {
  name: string;
  value: unknown;
}[];

describe('a recorded value as text', () => {
  it.each(golden.map((one) => [one.name, one.value] as const))('says something of %s', (_, encoded) => {
    const text = valueText(value.parse(encoded));
    expect(text).not.toMatch(/undefined|\[object/);
    expect(typeof text).toBe('string');
  });

  it.each<[string, Value]>([
    ['2', { t: 'int', v: 2 }],
    ['2.0', { t: 'float', v: 2 }],
    ['2 (int64)', { t: 'int', v: 2, dtype: 'int64' }],
    ['nan', { t: 'float', v: 'nan' }],
    ['plain text', { t: 'str', v: 'plain text' }],
    ['["a", None]', { t: 'list', n: 2, v: [{ t: 'str', v: 'a' }, { t: 'none' }] }],
    ['(1, … 4 more)', { t: 'tuple', n: 5, v: [{ t: 'int', v: 1 }] }],
    [
      '{"k": True}',
      {
        t: 'dict',
        n: 1,
        v: [
          [
            { t: 'str', v: 'k' },
            { t: 'bool', v: true },
          ],
        ],
      },
    ],
    ['lab.Point(x=1.5)', { t: 'object', cls: 'lab.Point', fields: [['x', { t: 'float', v: 1.5 }]] }],
    ['IndexError: out\n\nline 1', { t: 'error', cls: 'IndexError', message: { v: 'out' }, tb: { v: 'line 1' } }],
    ['numpy float64, 2×2\n1  2\n3  4', { t: 'array', lib: 'numpy', dtype: 'float64', shape: [2, 2], v: [1, 2, 3, 4] }],
  ])('%s', (text, encoded) => {
    expect(valueText(encoded)).toBe(text);
  });
});
