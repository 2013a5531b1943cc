import { describe, expect, it } from 'vitest';
import { statusesOf, type Cell } from './row-status.js';
import { keys, ms } from './test-lab.js';

const questions = keys.map((key, position) => ({ key, title: null, position }));
const at = (minutes: number, error = false): Cell => ({
  records: 1,
  errors: error ? 1 : 0,
  errorRun: error ? 1 : 0,
  firstAt: ms(minutes),
  lastAt: ms(minutes),
  last: { id: '', summary: '', hash: '', error },
  pulse: 0,
});
const of = (cells: Record<string, Cell>) => statusesOf(questions, new Map(Object.entries(cells)));

describe('the status of a question', () => {
  it('is not started everywhere before the first record', () => {
    expect(of({})).toEqual({ statuses: Array(4).fill('not-started'), current: -1, sent: 0, lastAt: null });
  });
  it('is working on the first one without a record after the last one sent', () => {
    expect(of({ '1': at(1), '3a': at(5) })).toMatchObject({
      statuses: ['answered', 'not-started', 'answered', 'working'],
      current: 3,
    });
  });
  it('goes by when things were sent, not by where they stand', () => {
    expect(of({ '1': at(9), '3a': at(5) }).statuses).toEqual(['answered', 'working', 'answered', 'not-started']);
  });
  it('is working nowhere while the last one sent is an error: that is the one they are on', () => {
    expect(of({ '1': at(1), '2': at(3, true) })).toMatchObject({
      statuses: ['answered', 'error', 'not-started', 'not-started'],
      current: 1,
    });
  });
  it('is working nowhere after the last question', () => {
    expect(of({ '3b': at(5) })).toMatchObject({ current: -1, sent: 1 });
  });
});
