import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pointScale, scoreTests, shareUnits } from '../src/score.js';

const weights = fc
  .array(fc.oneof(fc.constantFrom(0, 1, 1, 2, 0.5), fc.double({ min: 0, max: 1000, noNaN: true })), {
    minLength: 1,
    maxLength: 200,
  })
  .filter((all) => all.some((weight) => weight > 0.001));
const maxima = fc.oneof(
  fc.integer({ min: 1, max: 10_000 }),
  fc.integer({ min: 1, max: 100_000 }).map((n) => n / 100),
);

const passing = (weight: number): { status: string; weight: number } => ({ status: 'passed', weight });

describe('points', () => {
  it('are shared so that the shares add up to the maximum exactly', () => {
    fc.assert(
      fc.property(weights, maxima, (all, maximum) => {
        const { totalUnits } = pointScale(maximum, all.length);
        const shares = shareUnits(all, totalUnits);
        expect(shares.reduce((sum, units) => sum + units, 0)).toBe(totalUnits);
        expect(shares.every((units) => Number.isInteger(units) && units >= 0)).toBe(true);
      }),
    );
  });

  it('of all tests together are the maximum itself, not a neighbour', () => {
    fc.assert(
      fc.property(weights, maxima, (all, maximum) => {
        expect(scoreTests(all.map(passing), maximum).points).toBe(maximum);
      }),
    );
  });

  it('never exceed the maximum, and passing one more test never lowers them', () => {
    fc.assert(
      fc.property(weights, maxima, fc.infiniteStream(fc.boolean()), (all, maximum, coins) => {
        const tests = all.map((weight) => ({ weight, status: coins.next().value ? 'passed' : 'failed' }));
        const before = scoreTests(tests, maximum).points;
        const more = tests.map((test, index) => (index === 0 ? { ...test, status: 'passed' } : test));
        const after = scoreTests(more, maximum).points;
        expect(before).toBeLessThanOrEqual(maximum);
        expect(after).toBeGreaterThanOrEqual(before);
      }),
    );
  });

  it('of 10 over three tests are 3.34, 3.33 and 3.33', () => {
    const scored = scoreTests([1, 1, 1].map(passing), 10);
    expect(scored.tests.map((test) => test.maxPoints)).toEqual([3.34, 3.33, 3.33]);
    expect(scored.points).toBe(10);
  });

  it('follow the weights', () => {
    const scored = scoreTests([passing(1), { status: 'failed', weight: 3 }], 10);
    expect(scored.points).toBe(2.5);
    expect(scored.tests.map((test) => [test.points, test.maxPoints])).toEqual([
      [2.5, 2.5],
      [0, 7.5],
    ]);
  });

  it('are not given for a skipped test, one that timed out, or one that never ran', () => {
    const tests = ['skipped', 'timed-out', 'not-run', 'error'].map((status) => ({ status, weight: 1 }));
    expect(scoreTests(tests, 8).points).toBe(0);
  });

  it('leave no test of weight above 0 without a share, however many there are', () => {
    const scored = scoreTests(
      Array.from({ length: 2_000 }, () => passing(1)),
      1,
    );
    expect(Math.min(...scored.tests.map((test) => test.maxPoints))).toBeGreaterThan(0);
    expect(scored.points).toBe(1);
  });

  it('cannot be shared without a weight', () => {
    expect(() => scoreTests([passing(0)], 10)).toThrow('No test has a weight above 0');
  });
});
