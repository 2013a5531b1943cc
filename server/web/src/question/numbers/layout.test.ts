import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import type { Value } from '@nbpulse/schema/wire';
import { record } from '../../live/test-lab.js';
import { axisOf } from './axis.js';
import { labelsOf, wantedLabels } from './labels.js';
import { plottedOf, type Plotted } from './plotted.js';
import { edgeStacksOf, pitchFor, stacksOf } from './stacks.js';

const standings = ['right', 'wrong', 'reached', 'answered'] as const;
const plotted = fc
  .array(
    fc.record({
      at: fc.oneof(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.double({ min: -5, max: 5, noNaN: true }),
        fc.integer({ min: 0, max: 4 }),
        fc.double({ min: 1e-6, max: 1e9, noNaN: true }),
      ),
      standing: fc.constantFrom(...standings),
    }),
    { minLength: 1, maxLength: 400 },
  )
  .map((all) =>
    all.map((one, index): Plotted => ({
      id: String(index),
      participant: `p${String(index)}`,
      hash: String(one.at),
      edge: null,
      text: String(one.at),
      ...one,
    })),
  );
const width = fc.integer({ min: 320, max: 1_800 });
const [left, margin] = [24, 24];

describe('the axis', () => {
  it('has every number and every tick within its ends, in order', () => {
    fc.assert(
      fc.property(plotted, width, (marks, wide) => {
        const numbers = marks.flatMap(({ at }) => (at === null ? [] : [at]));
        const axis = axisOf(numbers, [], left, wide - margin);
        const places = [...numbers].sort((a, b) => a - b).map(axis.x);
        for (const x of [...places, ...axis.ticks.map((tick) => tick.x)]) {
          expect(x).toBeGreaterThanOrEqual(left - 1e-6);
          expect(x).toBeLessThanOrEqual(wide - margin + 1e-6);
        }
        places.forEach((x, index) => expect(x).toBeGreaterThanOrEqual((places[index - 1] ?? -Infinity) - 1e-6));
        expect(numbers.every(axis.holds)).toBe(true);
      }),
    );
  });

  it('is logarithmic over orders of magnitude and says so', () => {
    const axis = axisOf([0.001, 0.01, 0.1, 1, 10, 100], [], 0, 1_000);
    expect(axis.kind).toBe('log');
    expect(axis.words).toMatch(/Logarithmic/);
    expect(axis.x(1) - axis.x(0.1)).toBeCloseTo(axis.x(100) - axis.x(10));
  });

  it('is broken when one is far off, says so, and keeps the others apart', () => {
    const axis = axisOf([4.8, 4.9, 5, 5.1, 5.2, 5.3, 1e6], [], 0, 1_000);
    expect(axis.kind).toBe('broken');
    expect(axis.words).toMatch(/Broken axis: above .* not to scale/);
    expect(axis.x(5.3) - axis.x(4.8)).toBeGreaterThan(500);
    expect(axis.breaks).toHaveLength(1);
  });

  it('stands on round ticks', () => {
    const { ticks } = axisOf([0.3, 0.34, 0.5, 0.52, 0.6, 0.76], [], 0, 1_000);
    expect(ticks.map(({ text }) => text)).toEqual([
      '0.3',
      '0.35',
      '0.4',
      '0.45',
      '0.5',
      '0.55',
      '0.6',
      '0.65',
      '0.7',
      '0.75',
    ]);
  });

  it('gives back the number at a pixel, where it is to scale', () => {
    fc.assert(
      fc.property(fc.double({ min: -100, max: 100, noNaN: true }), (n) => {
        const axis = axisOf([-100, -50, 0, 20, 100], [], 0, 1_000);
        expect(axis.at(axis.x(n))).toBeCloseTo(n, 6);
      }),
    );
  });
});

describe('stacks', () => {
  it('hold every mark once, inside of the axis, and piles do not overlap', () => {
    fc.assert(
      fc.property(plotted, width, fc.boolean(), (marks, wide, bars) => {
        const right = wide - margin;
        const axis = axisOf(
          marks.map((mark) => mark.at ?? 0),
          [],
          left,
          right,
        );
        const stacks = stacksOf(marks, axis, left, right, bars);
        const ids = stacks.flatMap((stack) => stack.marks.map((mark) => mark.id));
        expect(ids.length).toBe(marks.length);
        expect(new Set(ids).size).toBe(marks.length);
        const sorted = [...stacks].sort((a, b) => a.x - b.x);
        sorted.forEach((stack, index) => {
          expect(stack.x).toBeGreaterThanOrEqual(left - 1e-6);
          expect(stack.x).toBeLessThanOrEqual(right + 1e-6);
          const before = sorted[index - 1];
          if (before) expect(stack.x - before.x).toBeGreaterThanOrEqual((stack.width + before.width) / 2 - 1e-6);
        });
        expect(new Set(stacks.map((stack) => stack.key)).size).toBe(stacks.length);
        const pitch = pitchFor(stacks, 240);
        for (const stack of stacks) expect(stack.marks.length * pitch).toBeLessThanOrEqual(240 + 1e-6);
      }),
    );
  });
});

describe('labels', () => {
  it('overlap neither each other nor a stack, and stay inside', () => {
    fc.assert(
      fc.property(plotted, width, (marks, wide) => {
        const right = wide - margin;
        const axis = axisOf(
          marks.map((mark) => mark.at ?? 0),
          [],
          left,
          right,
        );
        const stacks = stacksOf(marks, axis, left, right, marks.length > 150);
        const pitch = pitchFor(stacks, 200);
        const area = { left: 0, right: wide, top: 0, base: 300 };
        const labels = labelsOf(
          wantedLabels(
            stacks,
            (id) => `Student ${id}`,
            (n) => `${String(n)} students`,
            (at) => at,
          ),
          stacks,
          (stack) => stack.marks.length * pitch,
          area,
        );
        for (const [index, one] of labels.entries()) {
          expect(one.left).toBeGreaterThanOrEqual(0);
          expect(one.left + one.width).toBeLessThanOrEqual(wide);
          expect(one.top).toBeGreaterThanOrEqual(0);
          for (const other of labels.slice(index + 1)) {
            const apart =
              one.left >= other.left + other.width ||
              other.left >= one.left + one.width ||
              one.top >= other.top + other.height ||
              other.top >= one.top + one.height;
            expect(apart, `${one.value} and ${other.value}`).toBe(true);
          }
          for (const stack of stacks) {
            const beside = stack.x + stack.width / 2 <= one.left || stack.x - stack.width / 2 >= one.left + one.width;
            expect(beside || one.top + one.height <= 300 - stack.marks.length * pitch + 1e-6).toBe(true);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('name every value that several sent and everybody far off, when there is room', () => {
    const numbers = [-0.081, 0.312, 0.312, 0.312, 0.498, 0.498, 0.55, 0.55, 0.55, 0.55, 0.55, 0.55, 0.742];
    const marks = numbers.map((at, index): Plotted => ({
      id: String(index),
      participant: `p${String(index)}`,
      hash: '',
      at,
      edge: null,
      text: String(at),
      standing: 'answered',
    }));
    const axis = axisOf(numbers, [], left, 1_200);
    const stacks = stacksOf(marks, axis, left, 1_200, false);
    const labels = labelsOf(
      wantedLabels(
        stacks,
        (id) => id,
        (n) => `${String(n)} students`,
        (at) => at,
      ),
      stacks,
      (stack) => stack.marks.length * 20,
      { left: 0, right: 1_240, top: 0, base: 300 },
    );
    expect(labels.map(({ value, words }) => `${value}: ${words}`).sort()).toEqual([
      '-0.081: p0',
      '0.312: 3 students',
      '0.498: 2 students',
      '0.55: 6 students',
      '0.742: p12',
    ]);
  });
});

describe('what is plotted of a record', () => {
  const of = (value: Value) => plottedOf(record('ada', '1', 1, { value }), 'answered');

  it.each([
    [{ t: 'int', v: 4 }, 4, null, '4'],
    [{ t: 'int', v: '9007199254740993' }, 9007199254740992, null, '9007199254740993'],
    [{ t: 'float', v: -0.5, dtype: 'float32' }, -0.5, null, '−0.5'],
    [{ t: 'float', v: '-0' }, 0, null, '0'],
    [{ t: 'float', v: 'nan' }, null, 'NaN', 'NaN'],
    [{ t: 'float', v: '-inf' }, null, '−∞', '−∞'],
    [{ t: 'bool', v: true }, null, 'True', 'True'],
    [{ t: 'complex', re: 2, im: 0 }, 2, null, '2'],
    [{ t: 'complex', re: 1, im: -2 }, null, 'complex', '1 −2i'],
    [{ t: 'array', lib: 'numpy', dtype: 'float64', shape: [], v: [0.25] }, 0.25, null, '0.25'],
  ] as [Value, number | null, string | null, string][])('%j', (value, at, edge, text) => {
    expect(of(value)).toMatchObject({ at, edge, text });
  });

  it('an edge has a stack of its own', () => {
    const nan = of({ t: 'float', v: 'nan' });
    expect(nan && edgeStacksOf([nan], 'NaN', 500).marks).toEqual([nan]);
    expect(of({ t: 'str', v: 'four' })).toBeNull();
  });
});
