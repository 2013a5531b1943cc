import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AnswerGroup, QuestionGroups, RecordView, Verdict } from '@nbpulse/schema/wire';
import { record } from '../live/test-lab.js';
import { groupedOf, withKept } from './grouped.js';

const answer = (id: string, hashes: string[], over: Partial<AnswerGroup> = {}): AnswerGroup => ({
  id,
  section: 'text',
  label: id,
  name: null,
  hint: null,
  known: null,
  how: 'equal',
  hashes,
  ...over,
});
const given = (groups: AnswerGroup[]): QuestionGroups => ({
  question: '1',
  groupsRev: 0,
  state: 'ready',
  done: groups.length,
  of: groups.length,
  groups,
  rules: [],
});
const nobodyWaits = (): boolean => false;

describe('grouped answers', () => {
  const [ada, emmy, kurt] = ['a', 'b', 'b'].map((hash, at) => record(['ada', 'emmy', 'kurt'][at]!, '1', at, { hash }));
  const all = [ada!, emmy!, kurt!];
  const told = given([answer('one', ['a']), answer('two', ['b'])]);

  it('stay the same objects while nothing in them changes', () => {
    const before = groupedOf(all, told, nobodyWaits);
    const more = groupedOf([...all, record('zoe', '1', 9, { hash: 'a' })], told, nobodyWaits, before);
    expect(more.find(({ hash }) => hash === 'two')).toBe(before.find(({ hash }) => hash === 'two'));
    const one = more.find(({ hash }) => hash === 'one')!;
    expect(one.records).toHaveLength(2);
    expect(one.variants[0]!.records).toHaveLength(2);
  });

  it('are others when a record of theirs, its verdict, or what the server tells of them changes', () => {
    const before = groupedOf(all, told, nobodyWaits);
    const judged = groupedOf([ada!, { ...emmy!, verdict: 'right' }, kurt!], told, nobodyWaits, before);
    expect(judged.find(({ hash }) => hash === 'two')).toMatchObject({ mixed: true });
    const anew = withKept(given([answer('one', ['a']), answer('two', ['b'], { name: 'Near' })]), told);
    const named = groupedOf(all, anew, nobodyWaits, before);
    expect(named.find(({ hash }) => hash === 'two')?.answer?.name).toBe('Near');
    expect(named.find(({ hash }) => hash === 'one')).toBe(before.find(({ hash }) => hash === 'one'));
  });

  it('are what they would be without the ones before, whatever came in between', () => {
    const sent = fc.record({
      who: fc.constantFrom('ada', 'emmy', 'kurt', 'zoe'),
      hash: fc.constantFrom('a', 'b', 'c', 'd'),
      verdict: fc.constantFrom<Verdict | null>(null, 'right', 'wrong'),
      error: fc.boolean(),
    });
    const split = fc.constantFrom<string[][]>(
      [['a', 'b'], ['c']],
      [['a'], ['b', 'c']],
      [['a'], ['b'], ['c'], ['d']],
      [['d', 'c', 'b', 'a']],
    );
    const step = fc.record({ sent: fc.array(sent, { maxLength: 3 }), dropped: fc.nat(5), split });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 6 }), (steps) => {
        let records: RecordView[] = [];
        let kept: QuestionGroups | null = null;
        let shown: ReturnType<typeof groupedOf> = [];
        for (const [minute, { sent, dropped, split }] of steps.entries()) {
          records = records
            .filter((_, at) => at !== dropped)
            .concat(
              sent.map(({ who, hash, verdict, error }, at) =>
                record(who, '1', minute, { id: `${String(minute)} ${String(at)}`, hash, verdict, error }),
              ),
            );
          const fresh = given(split.map((hashes) => answer(hashes[0]!, hashes)));
          kept = withKept(fresh, kept);
          expect(kept).toEqual(fresh);
          const waits = (hash: string): boolean => hash === 'd';
          shown = groupedOf(records, kept, waits, shown);
          expect(shown).toEqual(groupedOf(records, fresh, waits));
        }
      }),
    );
  });
});
