import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LabModel } from './lab-model.js';
import { kept, movesBetween, sorted, sortings } from './row-order.js';
import { cell, emptyState, minute, participant } from './test-lab.js';

const model = (): LabModel =>
  new LabModel(
    emptyState({
      participants: ['Zoë', 'ada', 'Ada', 'emmy', 'kurt'].map((name) => participant(name)),
      cells: [
        cell('ada', '1', { lastAt: minute(9) }),
        cell('emmy', '1', { lastAt: minute(2) }),
        cell('emmy', '2', { lastAt: minute(3) }),
      ],
    }),
  );

/** In these tests ids are names. */
const nameOf = (id: string): string => id;

describe('the order of rows', () => {
  it('is total and the same each time, whatever the order in which people joined', () => {
    for (const sorting of sortings) {
      const once = sorted(model(), sorting, [], nameOf);
      const shuffled = model();
      shuffled.members = [...shuffled.members].reverse();
      expect(sorted(shuffled, sorting, [], nameOf)).toEqual(once);
      expect([...once].sort()).toEqual([...model().members].sort());
    }
  });

  it('puts those who need help first, as they are ranked, and the rest by progress', () => {
    const need = { participant: 'emmy', question: '3a', strong: '', rest: '', rank: 2, waitedMs: 1 };
    const order = sorted(model(), 'help', [need], nameOf);
    expect(order[0]).toBe('emmy');
    expect(order.at(-1)).toBe('ada');
  });

  it('appends who came, drops who left, and moves nobody else', () => {
    expect(kept(['b', 'a', 'c'], ['a', 'b', 'd'])).toEqual(['b', 'a', 'd']);
    const order = ['b', 'a'];
    expect(kept(order, ['a', 'b'])).toBe(order);
  });

  it('counts the rows that would move, and none when nothing would', () => {
    expect(movesBetween(['a', 'b', 'c', 'd'], ['a', 'b', 'c', 'd'])).toBe(0);
    expect(movesBetween(['a', 'b', 'c', 'd'], ['d', 'a', 'b', 'c'])).toBe(1);
    expect(movesBetween(['a', 'b', 'c', 'd'], ['d', 'c', 'b', 'a'])).toBe(3);
  });

  it('counts moves that suffice: taking that many out leaves the better order', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 9 }), { maxLength: 8 }), fc.nat(), (numbers, turn) => {
        const order = numbers.map(String);
        const better = [...order].sort((a, b) => ((Number(a) * 7 + turn) % 10) - ((Number(b) * 7 + turn) % 10));
        const moves = movesBetween(order, better);
        const place = new Map(better.map((id, index) => [id, index]));
        const longest = (from: number, after: number): number => {
          let best = 0;
          for (let i = from; i < order.length; i += 1) {
            const at = place.get(order[i] ?? '') ?? -1;
            if (at > after) best = Math.max(best, 1 + longest(i + 1, at));
          }
          return best;
        };
        expect(moves).toBe(order.length - longest(0, -1));
      }),
    );
  });
});
