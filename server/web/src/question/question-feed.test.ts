import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { newQuestion } from '@nbpulse/schema/wire';
import { minute, participant, record } from '../live/test-lab.js';
import { groupsOf, inOrder, judgedAfter, nameOf, sectionOf, viewOf, withChanges } from './question-feed.js';

describe('the records of a question', () => {
  const all = [
    record('ada', '1', 1, { hash: 'a' }),
    record('ada', '1', 5, { hash: 'b' }),
    record('emmy', '1', 2, { hash: 'b' }),
    record('emmy', '1', 3, { hash: 'b', deleted: true }),
  ];
  const records = new Map(all.map((one) => [one.id, one]));

  it('go with a student who is erased, and with nobody else', () => {
    const erased = { ...participant('ada'), erasedAt: minute(9) };
    const left = withChanges(records, '1', [{ kind: 'participant', rev: 9, participant: erased }]);
    expect([...left.values()].map((one) => one.participant)).toEqual(['emmy', 'emmy']);
    const renamed = { ...participant('ada'), name: 'Ada L.' };
    expect(withChanges(records, '1', [{ kind: 'participant', rev: 9, participant: renamed }])).toBe(records);
  });

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

  it('are placed by their tag, which also comes with a value that is too long to come along', () => {
    expect(sectionOf(record('ada', '1', 1, { value: { t: 'float', v: 'nan' }, tag: 'float' }))).toBe('number');
    expect(sectionOf(record('ada', '1', 1, { value: null, tag: 'code', summary: 'class Tree' }))).toBe('code');
    expect(sectionOf(record('ada', '1', 1, { value: null, tag: 'frame' }))).toBe('table');
    expect(sectionOf(record('ada', '1', 1, { value: null, tag: 'str', summary: 'def f(x):' }))).toBe('text');
    expect(sectionOf(record('ada', '1', 1, { value: null, tag: 'error', error: true }))).toBe('error');
  });

  it('are out of sight while they are hidden, and what stood before shows again', () => {
    const [first, , , gone] = all;
    const hidden = { ...record('ada', '1', 7, { hash: 'c' }), hidden: true };
    const shown = viewOf(new Map([first, hidden, gone].flatMap((one) => (one ? [[one.id, one]] : []))), 'latest');
    expect(shown.map(({ hash }) => hash)).toEqual(['a']);
  });

  it('stand with what is not right first, then the largest', () => {
    const judged = [
      record('ada', '1', 1, { hash: 'yes', verdict: 'right' }),
      record('emmy', '1', 2, { hash: 'yes', verdict: 'right' }),
      record('kurt', '1', 3, { hash: 'no', verdict: 'wrong' }),
    ];
    expect(groupsOf(judged).map(({ hash, verdict }) => [hash, verdict])).toEqual([
      ['no', 'wrong'],
      ['yes', 'right'],
    ]);
  });

  it('have been judged anew when their question says so, and only theirs', () => {
    const judged = (key: string, judgedRev: number) =>
      ({ kind: 'question', rev: 9, question: { ...newQuestion(key, 1), judgedRev } }) as const;
    expect(judgedAfter([judged('1', 8), judged('2', 9)], '1')).toBe(8);
    expect(judgedAfter([judged('2', 9)], '1')).toBe(0);
  });
});
