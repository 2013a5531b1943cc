import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { record } from '../../live/test-lab.js';
import { groupsOf } from '../question-feed.js';
import { stepTo, wallOf } from './tiles.js';

const picture = (who: string, sha: string, hash = sha) =>
  record(who, '4', 1, {
    hash,
    tag: 'image',
    value: { t: 'image', mime: 'image/png', sha256: sha.padEnd(64, '0'), n: 10, of: 'matplotlib.figure.Figure' },
  });

describe('the wall', () => {
  it('has every picture once: groups of several together, the rest in one place', () => {
    const groups = groupsOf([
      picture('ada', 'a', 'group'),
      picture('emmy', 'b', 'group'),
      picture('kurt', 'a', 'group'),
      picture('olga', 'c'),
      picture('carl', 'd'),
    ]);
    const { together, single } = wallOf(groups, () => false);
    expect(together.map(({ tiles }) => tiles.map(({ records }) => records.map((one) => one.participant)))).toEqual([
      [['ada', 'kurt'], ['emmy']],
    ]);
    expect(single.map(({ records }) => records[0]?.participant)).toEqual(['olga', 'carl']);
    expect(wallOf(groups, ({ hash }) => hash === 'c').together).toHaveLength(2);
  });
});

describe('arrows on the wall', () => {
  const boxes = Array.from({ length: 7 }, (_, at) => ({
    left: (at % 3) * 100,
    top: Math.floor(at / 3) * 80,
    width: 90,
  }));

  it('walk rows and columns', () => {
    expect(stepTo(boxes, 1, 'ArrowDown')).toBe(4);
    expect(stepTo(boxes, 4, 'ArrowUp')).toBe(1);
    expect(stepTo(boxes, 5, 'ArrowDown')).toBe(6);
    expect(stepTo(boxes, 6, 'ArrowDown')).toBe(6);
    expect(stepTo(boxes, 0, 'ArrowLeft')).toBe(0);
    expect(stepTo(boxes, 2, 'ArrowRight')).toBe(3);
    expect(stepTo(boxes, 3, 'x')).toBeNull();
  });

  it('always lead to a tile', () => {
    const keys = fc.constantFrom('ArrowDown', 'ArrowUp', 'ArrowLeft', 'ArrowRight', 'Home', 'End');
    fc.assert(
      fc.property(fc.nat({ max: 6 }), keys, (from, key) => {
        expect(boxes[stepTo(boxes, from, key) ?? -1]).toBeDefined();
      }),
    );
  });
});
