import { describe, expect, it } from 'vitest';
import type { ExpectedAnswer } from '@nbpulse/schema/wire';
import { nowWords, toleranceWords } from './answer-words.js';

const two = { kind: 'value', value: { t: 'int', v: 2 }, tolerance: null, exactType: false } satisfies ExpectedAnswer;
const setting = (from: 'typed' | 'solution', answer: ExpectedAnswer = two) => ({
  answer,
  from,
  setBy: 'Eva',
  setAt: '2026-11-21T10:00:00Z',
});

describe('an expected answer in words', () => {
  it('says a tolerance as a reader would', () => {
    expect(toleranceWords(null)).toBe('exactly');
    expect(toleranceWords({ absolute: 0, relative: 0 })).toBe('exactly');
    expect(toleranceWords({ absolute: 2.5e-9, relative: 0.01 })).toBe('± 2.5e-9 or 0.01 of it');
    expect(toleranceWords({ absolute: 0.0005, relative: 1e-6 })).toBe('± 0.0005 or 1e-6 of it');
  });

  it('tells what stands from what is proposed', () => {
    expect(nowWords(null, two)).toBe('nothing yet');
    expect(nowWords(setting('solution'), two)).toBe('this');
    expect(nowWords(setting('typed'), null)).toBe('2, typed');
    expect(nowWords(setting('solution', { kind: 'expression', expression: 'x > 2' }), two)).toBe(
      'x > 2, from an earlier solution',
    );
  });
});
