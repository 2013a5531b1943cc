import { describe, expect, it } from 'vitest';
import { inWords } from './stored-page.js';
import { untilWhen, whoSees } from './terms.js';

const question = (key: string, records: number) => ({
  key,
  title: null,
  status: 'answered' as const,
  records,
  lastAt: null,
});
const stored = (records: number, checkpoints: number, submissions: number) =>
  inWords({
    counts: { records, checkpoints, submissions },
    questions: [question('1', records), question('2', 0)],
  });

describe('what is stored, in one sentence', () => {
  it('names only what is there', () => {
    expect(stored(0, 0, 0)).toBe('no record');
    expect(stored(1, 0, 0)).toBe('1 record of 1 question');
    expect(stored(14, 2, 0)).toBe('14 records of 1 question and 2 checkpoints');
    expect(stored(0, 1, 1)).toBe('no record, 1 checkpoint and 1 submission');
  });
  it('says who sees it and until when', () => {
    expect(whoSees({ teachers: ['Ada', 'Emmy'] })).toBe('Ada, Emmy and who assists in this lab');
    expect(whoSees({ teachers: [] })).toBe('The lab’s teachers and who assists in this lab');
    const lab = {
      id: '',
      name: '',
      status: 'open' as const,
      closesAt: null,
      eraseAt: null,
      activity: false,
      mayDelete: false,
      assignments: [],
    };
    const course = { name: '', retentionMonths: 1 };
    expect(untilWhen({ lab, course })).toBe('until 1 month after the lab closes');
    expect(untilWhen({ lab: { ...lab, eraseAt: '2027-11-21T12:00:00.000Z' }, course })).toBe('until 21 Nov 2027');
  });
});
