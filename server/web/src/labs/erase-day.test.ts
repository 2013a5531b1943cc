import { describe, expect, it } from 'vitest';
import { choiceOf, erasedAtBy, monthsAfter, patchOf } from './erase-day.js';

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
const closed = {
  status: 'closed' as const,
  closedAt: '2026-01-31T10:00:00.000Z',
  eraseAt: '2026-02-28T10:00:00.000Z',
  retentionMonths: 1,
};
const open = { status: 'open' as const, closedAt: null, eraseAt: null, retentionMonths: 12 };

describe('the erase date of a lab', () => {
  it('is the last day of a month that is too short', () => {
    expect(iso(monthsAfter(Date.parse('2026-01-31T10:00:00Z'), 1))).toBe('2026-02-28T10:00:00.000Z');
    expect(iso(monthsAfter(Date.parse('2026-11-21T10:00:00Z'), 12))).toBe('2027-11-21T10:00:00.000Z');
  });
  it('is told apart from a day that somebody chose', () => {
    expect(choiceOf(closed)).toEqual({ by: 'months', months: 1 });
    expect(choiceOf({ ...closed, eraseAt: '2026-03-01T12:00:00.000Z' })).toEqual({ by: 'day', day: '2026-03-01' });
    expect(choiceOf(open)).toEqual({ by: 'months', months: 12 });
    expect(choiceOf({ ...open, eraseAt: '2026-03-01T12:00:00.000Z' })).toEqual({ by: 'day', day: '2026-03-01' });
  });
  it('of an open lab is not known by months, and is by a day', () => {
    expect(erasedAtBy(open, { by: 'months', months: 3 })).toBeNull();
    expect(iso(erasedAtBy(open, { by: 'day', day: '2027-05-01' }))).toBe('2027-05-01T12:00:00.000Z');
    expect(iso(erasedAtBy(closed, { by: 'months', months: 2 }))).toBe('2026-03-31T10:00:00.000Z');
    expect(erasedAtBy(open, { by: 'day', day: '' })).toBeNull();
  });
  it('sends only what was changed', () => {
    expect(patchOf(open, { by: 'months', months: 12 })).toEqual({});
    expect(patchOf(open, { by: 'months', months: 3 })).toEqual({ retentionMonths: 3 });
    expect(patchOf(open, { by: 'day', day: '2027-05-01' })).toEqual({ eraseAt: '2027-05-01T12:00:00.000Z' });
    const chosen = { ...open, eraseAt: '2027-05-01T12:00:00.000Z' };
    expect(patchOf(chosen, { by: 'day', day: '2027-05-01' })).toEqual({});
    expect(patchOf(chosen, { by: 'months', months: 12 })).toEqual({ eraseAt: null });
    expect(patchOf(chosen, { by: 'months', months: 6 })).toEqual({ retentionMonths: 6, eraseAt: null });
  });
});
