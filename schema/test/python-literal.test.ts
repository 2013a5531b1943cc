import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { canonicalText, parsePythonLiteral, typedValue, value } from '../src/wire/index.js';

/** Each a Python expression and what the encoder makes of it; the literals among them have to give the same here. */
const fixtures = z
  .array(z.object({ name: z.string(), python: z.string(), value }))
  .parse(JSON.parse(readFileSync(new URL('../fixtures/values.json', import.meta.url), 'utf8')));

describe('a typed literal', () => {
  const read = fixtures.flatMap((one) => {
    const parsed = parsePythonLiteral(one.python);
    return parsed ? [{ ...one, parsed }] : [];
  });
  it('is read wherever the encoder’s fixtures write one', () => {
    expect(read.length).toBeGreaterThan(15);
  });
  it.each(read)('is what the encoder makes of it: $name', ({ parsed, value: encoded }) => {
    // A set's items come in any order.
    if (parsed.t === 'set') expect(canonicalText(parsed)).toBe(canonicalText(encoded));
    else expect(parsed).toEqual(encoded);
  });

  it.each([
    ['35', { t: 'int', v: 35 }],
    ['-1.5e3', { t: 'float', v: -1500 }],
    ['1_000', { t: 'int', v: 1000 }],
    ['0x1f', { t: 'int', v: 31 }],
    ['9007199254740993', { t: 'int', v: '9007199254740993' }],
    ['-0.0', { t: 'float', v: '-0' }],
    ['1e999', { t: 'float', v: 'inf' }],
    ['-inf', { t: 'float', v: '-inf' }],
    ['1+2j', { t: 'complex', re: 1, im: 2 }],
    ['(1-2j)', { t: 'complex', re: 1, im: -2 }],
    ['3j', { t: 'complex', re: 0, im: 3 }],
    ["'a\\n\\u00e9'", { t: 'str', v: 'a\né' }],
    ['"a\\0b"', { t: 'str', v: 'a\\0b', esc: true }],
    ['"C:\\dir"', { t: 'str', v: 'C:\\dir' }],
    ['()', { t: 'tuple', v: [], n: 0 }],
    ['(1)', { t: 'int', v: 1 }],
    ['(1,)', { t: 'tuple', v: [{ t: 'int', v: 1 }], n: 1 }],
    [
      '[1, 2,]',
      {
        t: 'list',
        v: [
          { t: 'int', v: 1 },
          { t: 'int', v: 2 },
        ],
        n: 2,
      },
    ],
    ['{1, 1.0}', { t: 'set', v: [{ t: 'int', v: 1 }], n: 1 }],
    [
      '{1: 2, 1.0: 3}',
      {
        t: 'dict',
        v: [
          [
            { t: 'int', v: 1 },
            { t: 'int', v: 3 },
          ],
        ],
        n: 1,
      },
    ],
    ['set()', { t: 'set', v: [], n: 0 }],
  ])('%s', (text, expected) => {
    expect(parsePythonLiteral(text)).toEqual(expected);
  });

  it.each([
    'post code',
    '007',
    '1 2',
    '1abc',
    '[1, 2',
    '(,)',
    '{[1]}',
    '{1: 2, 3}',
    '"a',
    "'a' 'b'",
    '1+2',
    'x',
    '',
    '--',
    '1e',
    '3 j',
  ])('%s is none, and is taken as text', (text) => {
    expect(parsePythonLiteral(text)).toBeNull();
    expect(typedValue(text)).toMatchObject({ t: 'str' });
  });

  it('of any text is a value of the wire, however deep or odd', () => {
    const part = fc.constantFrom(
      ...'()[]{},:\'"\\- +.0123456789eEjJxXabnfNTu_'.split(''),
      'None',
      'True',
      'nan',
      '\\u00e9',
      '\n',
    );
    const text = fc.oneof(
      fc.array(part, { maxLength: 40 }).map((parts) => parts.join('')),
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.nat({ max: 2_000 }).map((depth) => '['.repeat(depth) + ']'.repeat(depth)),
    );
    fc.assert(
      fc.property(text, (typed) => value.safeParse(typedValue(typed)).success),
      { numRuns: 1_000 },
    );
  });
});
