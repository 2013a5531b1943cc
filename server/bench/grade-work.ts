/** What `bench:grade` hands in: one assignment, and notebooks of six kinds that all solve it, or try to. */
import { assignmentManifest, second, type AssignmentFile, type AssignmentManifest } from '@nbpulse/schema/wire';

export interface Work {
  kind: WorkKind;
  filename: string;
  bytes: Uint8Array<ArrayBuffer>;
  /** What it must get: a bench that counts wrong results as fast ones says nothing. */
  points: number;
}

/** How many of each kind in 200; of another number the same shares. */
const mixOf200 = { trivial: 80, numpy: 40, pandas: 40, plots: 28, failing: 10, endless: 2 };
export type WorkKind = keyof typeof mixOf200;

/** A cell a text; the last one defines what the tests call. */
const cellsOf: Record<WorkKind, (n: number) => string[]> = {
  trivial: (n) => [
    `print("hello", ${n})`,
    'import math\nmath.sqrt(2)',
    functions('sum(values) / len(values)', 'sorted(set(words), key=words.count, reverse=True)[0]'),
  ],
  numpy: (n) => [
    'import numpy as np',
    `rng = np.random.default_rng(${n})\na = rng.normal(size=(120, 120))\nnp.linalg.solve(a, rng.normal(size=120)).round(3)[:5]`,
    `x = np.linspace(0, 10, 100_000)\nfloat(np.trapezoid(np.sin(x) + ${n % 7}, x))`,
    functions('float(np.mean(values))', 'str((lambda u, c: u[c.argmax()])(*np.unique(words, return_counts=True)))'),
  ],
  pandas: (n) => [
    'import pandas as pd',
    `frame = pd.DataFrame({"group": [i % 7 for i in range(2_000)], "value": [(i * ${(n % 11) + 3}) % 101 for i in range(2_000)]})\nframe.head()`,
    'frame.groupby("group")["value"].agg(["mean", "max", "count"])',
    functions('float(pd.Series(values).mean())', 'pd.Series(words).value_counts().index[0]'),
  ],
  plots: (n) => [
    'import numpy as np\nimport matplotlib.pyplot as plt',
    `x = np.linspace(0, 6, 200)\nfig, axes = plt.subplots(1, 2, figsize=(7, 3))\naxes[0].plot(x, np.sin(x + ${n % 5}), label="sin")\naxes[0].plot(x, np.cos(x), label="cos")\naxes[0].legend()\naxes[1].hist(np.random.default_rng(${n}).normal(size=500), bins=20)\nplt.show()`,
    functions('float(np.mean(values))', 'max(words, key=words.count)'),
  ],
  failing: (n) => [`total = ${n}\ntotal / (total - total)`, functions('sum(values)', 'max(words, key=words.count)')],
  endless: () => ['while True:\n    pass', functions('sum(values) / len(values)', 'max(words, key=words.count)')],
};
/** The loop is stopped for its time; what the cell below it defines counts. */
const pointsOf: Record<WorkKind, number> = { trivial: 4, numpy: 4, pandas: 4, plots: 4, failing: 2, endless: 4 };

function functions(mean: string, commonest: string): string {
  return `def mean(values):\n    return ${mean}\n\ndef commonest(words):\n    return ${commonest}\n`;
}

/** A test each for a point. In nbgrader's notebook the same lines are cells. */
export const checks: Record<string, string> = {
  test_mean: 'assert abs(mean([1, 2, 6]) - 3) < 1e-9',
  test_mean_of_floats: 'assert abs(mean([0.5, 1.5]) - 1) < 1e-9',
  test_commonest: 'assert commonest(["b", "a", "b"]) == "b"',
  test_commonest_of_one: 'assert commonest(["only"]) == "only"',
};

const suite = `import pytest
from submission import commonest, mean

${Object.entries(checks)
  .map(([name, check], at) => `\n@pytest.mark.${at % 2 === 0 ? 'visible' : 'hidden'}\ndef ${name}():\n    ${check}\n`)
  .join('\n')}`;

export interface NotebookCell {
  source: string;
  metadata?: Record<string, unknown>;
}

export function notebookOf(cells: readonly NotebookCell[]): Uint8Array<ArrayBuffer> {
  const kernelspec = { name: 'python3', display_name: 'Python 3', language: 'python' };
  const written = cells.map(({ source, metadata = {} }, at) => ({
    cell_type: 'code',
    execution_count: null,
    id: `cell-${at}`,
    metadata,
    outputs: [],
    source,
  }));
  const whole = { cells: written, metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 };
  return new TextEncoder().encode(`${JSON.stringify(whole, null, 1)}\n`);
}

/** The cells of one student's notebook. No two students have the same bytes. */
export const cellsOfWork = (kind: WorkKind, n: number): string[] => [`# by student ${n}`, ...cellsOf[kind](n)];

export function workOf(kind: WorkKind, n: number): Work {
  return {
    kind,
    filename: `${kind}-${n}.ipynb`,
    bytes: notebookOf(cellsOfWork(kind, n).map((source) => ({ source }))),
    points: pointsOf[kind],
  };
}

/** From so many notebooks on there is one of each kind. */
const allKindsFrom = 12;

/** The same shares of another number, rounded so that they add up to it. */
function countsOf(count: number): Record<WorkKind, number> {
  const total = Object.values(mixOf200).reduce((sum, each) => sum + each, 0);
  const least = count >= allKindsFrom ? 1 : 0;
  const shares = (Object.entries(mixOf200) as [WorkKind, number][]).map(([kind, each]) => {
    const exact = (each * count) / total;
    return { kind, exact, whole: Math.max(least, Math.floor(exact)) };
  });
  for (let left = count - shares.reduce((sum, { whole }) => sum + whole, 0); left !== 0; left -= Math.sign(left)) {
    const open = left > 0 ? shares : shares.filter(({ whole }) => whole > least);
    const [first] = open.toSorted((a, b) => Math.sign(left) * (b.exact - b.whole - (a.exact - a.whole)));
    if (first) first.whole += Math.sign(left);
  }
  return Object.fromEntries(shares.map(({ kind, whole }) => [kind, whole])) as Record<WorkKind, number>;
}

/** The kinds in turn, so that each stretch of the bench has the same mix. */
export function mixOf(count: number): Work[] {
  const kinds = Object.entries(countsOf(count)).flatMap(([kind, each]) =>
    // The last of a kind comes half a step before the end.
    Array.from({ length: each }, (_, at) => ({ kind: kind as WorkKind, at: (at + 0.5) / each })),
  );
  return kinds.sort((a, b) => a.at - b.at).map(({ kind }, n) => workOf(kind, n));
}

export function mixLine(works: readonly Work[]): string {
  const kinds = Object.keys(mixOf200) as WorkKind[];
  return kinds.map((kind) => `${works.filter((work) => work.kind === kind).length} ${kind}`).join(', ');
}

/** @param limitMs for a notebook as a whole: what an endless loop costs. */
export function benchAssignment(limitMs: number): { manifest: AssignmentManifest; files: AssignmentFile[] } {
  const limits = { wallMs: limitMs, testMs: Math.min(limitMs, 2 * second) };
  const b64 = (text: string | Uint8Array): string => Buffer.from(text).toString('base64');
  const template = notebookOf([{ source: 'def mean(values):\n    ...\n\ndef commonest(words):\n    ...\n' }]);
  return {
    manifest: assignmentManifest.parse({ slug: 'bench', title: 'Bench', points: 4, limits }),
    files: [
      { path: 'template.ipynb', b64: b64(template) },
      { path: 'tests/test_work.py', b64: b64(suite) },
    ],
  };
}
