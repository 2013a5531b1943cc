import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeText, encodeText, isStorableJson } from '../src/wire/index.js';

describe('text on the wire', () => {
  it('comes back as it was, whatever it holds, and is always storable', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)) }),
        (text) => {
          const safe = encodeText(text);
          expect(decodeText(safe)).toBe(text);
          expect(isStorableJson(safe)).toBe(true);
        },
      ),
    );
  });

  it('leaves ordinary text alone, backslashes too', () => {
    expect(encodeText('C:\\0 \u{1F600} é')).toEqual({ v: 'C:\\0 \u{1F600} é' });
  });

  it('escapes NUL and half a surrogate pair', () => {
    expect(encodeText('a\0b')).toEqual({ v: 'a\\0b', esc: true });
    expect(encodeText('\ud83d!')).toEqual({ v: '\\uD83D!', esc: true });
    expect(encodeText('\\\0')).toEqual({ v: '\\\\\\0', esc: true });
  });

  it('sees what Postgres would refuse at any depth, keys included', () => {
    expect(isStorableJson({ a: [1, { b: 'x' }] })).toBe(true);
    expect(isStorableJson({ a: [{ b: 'x\0' }] })).toBe(false);
    expect(isStorableJson({ 'k\ud800': 1 })).toBe(false);
  });
});
