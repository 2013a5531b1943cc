import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { questionOf } from './calls.js';
import { planNumbers } from './number.js';

interface Golden {
  name: string;
  cells: { type: string; source: string }[];
  after: string[];
  changes: unknown[];
  left: unknown[];
}
const golden = JSON.parse(readFileSync(resolve('schema/fixtures/number.json'), 'utf8')) as Golden[];

describe('renumbering send lines, by the golden cases that the Python command follows too', () => {
  it('has cases to follow', () => {
    expect(golden.length).toBeGreaterThan(30);
  });

  it.each(golden.map((one) => [one.name, one] as const))('%s', (_, { cells, after, changes, left }) => {
    const plan = planNumbers(cells.map(({ type, source }) => (type === 'code' ? source : null)));
    expect(cells.map(({ source }, at) => plan.sources.get(at) ?? source)).toEqual(after);
    expect(plan.changes).toEqual(changes);
    expect(plan.left).toEqual(left);
  });

  it('leaves a notebook that it has numbered as it is', () => {
    for (const { after, cells } of golden) {
      const numbered = after.map((source, at) => (cells[at]?.type === 'code' ? source : null));
      expect(planNumbers(numbered).changes).toEqual([]);
    }
  });
});

describe('the question of a cell', () => {
  it.each([
    ['send(x, 3)', '3'],
    ['send(x, 2.50)', '2.5'],
    ['x = 1\nnbpulse.send(x, "2b")', '2b'],
    ["send(x, question=' warm-up ')", 'warm-up'],
    ['send(a, 1)\nsend(b, 2)', '2'],
    ['send(a, 1)\nsend(b, key)', '1'],
    ['# send(x, 3)\n"send(x, 4)"', null],
    ['socket.send(data, 5)', null],
    ['%%bash\nsend(x, 3)', null],
    ['send(x, f"{key}")', null],
    ['send(x, "")', null],
    ['', null],
  ])('of %j is %j', (source, question) => {
    expect(questionOf(source)).toBe(question);
  });
});
