import { describe, expect, it } from 'vitest';
import { redrawPauseMs } from './use-records.js';

describe('the records of a question', () => {
  it('are drawn at once while they are few, and of thousands the less often the more there are', () => {
    expect([0, 30, 999].map(redrawPauseMs)).toEqual([0, 0, 0]);
    expect([1_000, 2_000, 60_000].map(redrawPauseMs)).toEqual([500, 1_000, 2_000]);
  });
});
