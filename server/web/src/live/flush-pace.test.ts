import { describe, expect, it } from 'vitest';
import { busyPauseMs } from './flush-pace.js';

describe('busyPauseMs', () => {
  it('keeps what a flush takes to a share of the time', () => {
    expect(busyPauseMs(30)).toBeCloseTo(200);
  });
  it('is never so short that nothing is gained, nor so long that the page seems to stand', () => {
    expect(busyPauseMs(0)).toBe(100);
    expect(busyPauseMs(10_000)).toBe(250);
  });
});
