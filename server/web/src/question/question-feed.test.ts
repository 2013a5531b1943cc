import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { record } from '../live/test-lab.js';
import { groupsOf, inOrder, nameOf, sectionOf, viewOf, withChanges } from './question-feed.js';

describe('the records of a question', () => {
  const all = [
    record('ada', '1', 1, { hash: 'a' }),
    record('ada', '1', 5, { hash: 'b' }),
    record('emmy', '1', 2, { hash: 'b' }),
    record('emmy', '1', 3, { hash: 'b', deleted: true }),
  ];
  const records = new Map(all.map((one) => [one.id, one]));

  it('are the latest, the first, or all of each student; a deleted one is none', () => {
    const hashes = (view: 'latest' | 'first' | 'all') =>
      viewOf(records, view).map((one) => `${one.participant} ${one.hash}`);
    expect(hashes('latest')).toEqual(['emmy b', 'ada b']);
    expect(hashes('first')).toEqual(['ada a', 'emmy b']);
    expect(hashes('all')).toEqual(['ada a', 'emmy b', 'ada b']);
  });

  it('are grouped when equal, largest first, and stay where they stood as others arrive', () => {
    const groups = groupsOf(viewOf(records, 'all'));
    expect(groups.map((group) => group.records.length)).toEqual([2, 1]);
    const order = groups.map(nameOf);
    const more = [
      record('kurt', '1', 6, { hash: 'c' }),
      record('zoe', '1', 6, { hash: 'c' }),
      record('max', '1', 6, { hash: 'c' }),
    ];
    const next = inOrder(groupsOf([...viewOf(records, 'all'), ...more]), order);
    expect(next.map((group) => group.hash)).toEqual(['b', 'a', 'c']);
  });

  it('come to the same in any order of changes, twice or not', () => {
    const changes = all.map((one, index) => ({ kind: 'record' as const, rev: index, record: one }));
    fc.assert(
      fc.property(fc.shuffledSubarray([...changes, ...changes], { minLength: 8, maxLength: 8 }), (shuffled) => {
        const got = shuffled.reduce<ReadonlyMap<string, (typeof all)[number]>>(
          (before, change) => withChanges(before, '1', [change]),
          new Map(),
        );
        expect(viewOf(got, 'latest')).toEqual(viewOf(records, 'latest'));
      }),
    );
  });

  it('of another question leave the map as it is', () => {
    expect(withChanges(records, '1', [{ kind: 'record', rev: 9, record: record('ada', '2', 1) }])).toBe(records);
  });

  it('are placed by type, and by their summary when the value is too long to come along', () => {
    expect(sectionOf(record('ada', '1', 1, { value: { t: 'float', v: 'nan' } }))).toBe('number');
    expect(sectionOf(record('ada', '1', 1, { value: null, summary: 'def f(x):' }))).toBe('code');
    expect(sectionOf(record('ada', '1', 1, { value: null, summary: '120 rows × 4 columns' }))).toBe('table');
    expect(sectionOf(record('ada', '1', 1, { value: null, summary: 'TypeError', error: true }))).toBe('error');
  });
});
