import { describe, expect, it } from 'vitest';
import { newQuestion } from '@nbpulse/schema/wire';
import type { Cell } from './cell.js';
import { statusesOf, type Activity } from './row-status.js';
import { keys, ms } from './test-lab.js';

const questions = keys.map((key, position) => newQuestion(key, position));
const at = (minutes: number, error = false): Cell => ({
  records: 1,
  errors: error ? 1 : 0,
  errorRun: error ? 1 : 0,
  sameRun: 1,
  rev: 0,
  firstAt: ms(minutes),
  lastAt: ms(minutes),
  last: { id: '', summary: '', hash: '', error, verdict: null },
  pulse: 0,
});
const of = (cells: Record<string, Cell>) => statusesOf(questions, new Map(Object.entries(cells)));

describe('the status of a question', () => {
  it('is not started everywhere before the first record', () => {
    expect(of({})).toEqual({ statuses: Array(4).fill('not-started'), current: -1, sent: 0, lastAt: null, seen: null });
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

describe('the status of a question in a lab that collects activity', () => {
  const ran = (question: string | null, minutes: number): Activity => ({
    what: 'cell-run',
    question,
    error: null,
    at: ms(minutes),
  });
  const failed = (question: string | null, minutes: number): Activity => ({
    what: 'error',
    question,
    error: 'NameError',
    at: ms(minutes),
  });
  const seen = (cells: Record<string, Cell>, activity: Activity) =>
    statusesOf(questions, new Map(Object.entries(cells)), activity);

  it('is working on the question whose cell ran last, wherever it stands', () => {
    expect(seen({ '1': at(1) }, ran('3a', 2))).toMatchObject({
      statuses: ['answered', 'not-started', 'working', 'not-started'],
      current: 2,
      seen: { error: null, sent: false },
    });
  });
  it('is working before the first record, too', () => {
    expect(seen({}, ran('2', 2))).toMatchObject({ current: 1, sent: 0, lastAt: null });
  });
  it('is an error when the cell ended in one that was not sent, even on a question answered before', () => {
    expect(seen({ '1': at(1) }, failed('1', 2))).toMatchObject({
      statuses: ['error', 'not-started', 'not-started', 'not-started'],
      current: 0,
      sent: 1,
      seen: { error: 'NameError', sent: true },
    });
  });
  it('goes by records again when the cell that ran has sent, names no question, or one that is not known', () => {
    for (const activity of [ran('1', 2), ran(null, 2), failed(null, 2), ran('99', 2)])
      expect(seen({ '1': at(1) }, activity)).toMatchObject({ current: 1, seen: null });
  });
  it('goes by the last record when that is newer', () => {
    expect(seen({ '1': at(5) }, failed('3a', 4))).toMatchObject({
      statuses: ['answered', 'working', 'not-started', 'not-started'],
      seen: null,
    });
  });
});
