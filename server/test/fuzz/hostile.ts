/** What an attacker, or a broken program, puts where something else belongs. */
import fc from 'fast-check';

/** Texts that broke somebody's server once. */
export const hostileTexts = [
  '',
  ' ',
  '\0',
  'a\0b',
  '\uD800',
  '\u202Eabc\u200B',
  '../../../../etc/passwd',
  '..%2f..%2fetc%2fpasswd',
  "'; drop table event; --",
  '<script>alert(1)</script>',
  '{{7*7}}${7*7}',
  '__proto__',
  'constructor',
  'NaN',
  '-1',
  '0',
  '1e999',
  '9007199254740993',
  '99999999999999999999999',
  'null',
  'true',
  '[]',
  '%',
  '%00',
  '%ff%fe',
  '💥'.repeat(50),
  'é'.repeat(3_000),
  '2026-02-30T25:61:61Z',
  '+275760-09-13T00:00:00.001Z',
  '0000-01-01T00:00:00Z',
];

export const hostileText = fc.oneof(fc.constantFrom(...hostileTexts), fc.string({ maxLength: 40, unit: 'binary' }));

export const hostileNumber = fc.constantFrom(
  0,
  -0,
  -1,
  1.5,
  2 ** 31,
  2 ** 31 - 1,
  -(2 ** 31) - 1,
  2 ** 53,
  1e21,
  Number.MAX_VALUE,
  Number.MIN_VALUE,
);

/** Any JSON that is not what was asked for. */
export const hostileJson: fc.Arbitrary<unknown> = fc.oneof(
  hostileText,
  hostileNumber,
  fc.constantFrom(null, true, false, [], {}, [[]], { __proto__: null }, JSON.parse('{"__proto__": {"admin": true}}')),
  fc.jsonValue({ maxDepth: 3 }),
);

/** `depth` lists in each other, as text: no reader of ours may recurse into it. */
export const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
