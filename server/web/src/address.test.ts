import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pathOf, routeOf, type Route } from './address.js';
import { questionsIn } from './labs/new-lab-form.js';
import { densePlace } from './class/dense-grid.js';
import { shortKey } from './class/dense-row.js';

describe('an address', () => {
  it('leads back to its page, whatever a question is called', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), fc.uuid(), (question, lab) => {
        const routes: Route[] = [
          { page: 'question', lab, question },
          { page: 'student', lab, participant: question },
          { page: 'class', lab },
          { page: 'grades', lab },
          { page: 'assignments', course: lab },
          { page: 'assignment', course: lab, slug: 'primes' },
        ];
        for (const route of routes) {
          const url = new URL(`https://host/base/${pathOf(route)}`);
          expect(routeOf(url.pathname.slice('/base/'.length))).toEqual(route);
        }
      }),
    );
  });
  it('that is none says so', () => {
    expect(routeOf('labs/1/nothing')).toEqual({ page: 'unknown' });
    expect(routeOf('labs/1/questions/2/3')).toEqual({ page: 'unknown' });
    expect(routeOf('')).toEqual({ page: 'labs' });
  });
});

describe('questions typed for a new lab', () => {
  it('are one a line: the key, then its title', () => {
    expect(questionsIn('1 shape of X\n\n  3a   manhattan() \nwarm-up')).toEqual([
      { key: '1', title: 'shape of X' },
      { key: '3a', title: 'manhattan()' },
      { key: 'warm-up' },
    ]);
  });
});

describe('the dense grid', () => {
  it('puts blocks beside each other, then below', () => {
    expect(densePlace(0, 3, 50)).toEqual({ line: 0, block: 0 });
    expect(densePlace(149, 3, 50)).toEqual({ line: 49, block: 2 });
    expect(densePlace(150, 3, 50)).toEqual({ line: 50, block: 0 });
  });
  it('heads its narrow columns with one character', () => {
    const keys = ['1', '3a', '3b', '12', 'warm-up'];
    expect(keys.map((key, index) => shortKey(key, keys[index - 1]))).toEqual(['1', '3', 'b', '2', 'p']);
  });
});
