import { describe, expect, it } from 'vitest';
import { nameParts } from './name-parts.js';

describe('a name in little room', () => {
  it('keeps the number that tells namesakes and pseudonyms apart', () => {
    expect(nameParts('Ada Lovelace 2')).toEqual(['Ada Lovelace', ' 2']);
    expect(nameParts('Ada Lovelace (2)')).toEqual(['Ada Lovelace', ' (2)']);
    expect(nameParts('Student 07')).toEqual(['Student', ' 07']);
  });

  it('leaves other names whole', () => {
    for (const name of ['Ada Lovelace', 'R2D2', '42', 'Louis XIV', '']) expect(nameParts(name)).toEqual([name, '']);
  });
});
