import { describe, expect, it } from 'vitest';
import { signInPace } from './sign-in-pace.js';

describe('the pace of sign-ins', () => {
  it('lets five tries through, then doubles the wait up to a minute', () => {
    let now = 0;
    const pace = signInPace(() => now);
    for (let attempt = 0; attempt < 5; attempt += 1) expect(pace.begin('ada', null)).toBe(0);
    const waits: number[] = [];
    for (let attempt = 0; attempt < 9; attempt += 1) {
      const wait = pace.begin('ada', null);
      waits.push(wait);
      now += wait;
      expect(pace.begin('ada', null)).toBe(0);
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60].map((seconds) => seconds * 1000));
  });

  it('counts attempts when they begin, so that many at once gain nothing', () => {
    const pace = signInPace(() => 0);
    const let_through = Array.from({ length: 100 }, () => pace.begin('ada', null)).filter((wait) => wait === 0);
    expect(let_through).toHaveLength(5);
  });

  it('keeps accounts and devices apart, and forgets after success or an hour', () => {
    let now = 0;
    const pace = signInPace(() => now);
    for (let attempt = 0; attempt < 5; attempt += 1) pace.begin('ada', null);
    expect(pace.begin('ada', null)).toBeGreaterThan(0);
    expect(pace.begin('ada', 'her laptop')).toBe(0);
    expect(pace.begin('grace', null)).toBe(0);
    pace.succeeded('ada', null);
    expect(pace.begin('ada', null)).toBe(0);
    for (let attempt = 0; attempt < 20; attempt += 1) pace.begin('grace', null);
    now = 2 * 3600_000;
    expect(pace.begin('grace', null)).toBe(0);
  });

  it('stays bounded when an attacker invents accounts', () => {
    const pace = signInPace(() => 0);
    for (let attempt = 0; attempt < 6; attempt += 1) pace.begin('ada', null);
    for (let count = 0; count < 30_000; count += 1) pace.begin(`invented-${String(count)}`, null);
    expect(pace.begin('ada', null)).toBe(0);
  });
});
