/**
 * The lab that a played class works through: ten questions on k-means with their right answers, the mistakes that
 * classes make, the errors they meet, and how long each takes.
 */
import type { ExpectedAnswer, Value } from '@nbpulse/schema/wire';
import { array, code, error, float, frame, int, list, scatter, text } from './encode.js';
import { seededRandom, type Random } from './random.js';

export interface ScriptQuestion {
  key: string;
  title: string;
  /** Median minutes that a student needs, at speed 1. */
  minutes: number;
  right: (random: Random) => Value;
  /** What the teacher of the played class expects; absent: nothing, and its answers are *answered*. */
  expected?: ExpectedAnswer;
  /** Common mistakes: value and how many of a hundred students make it. */
  mistakes: readonly { share: number; value: (random: Random) => Value }[];
  errors: readonly { share: number; value: Value }[];
}

const manhattan = code(
  'manhattan',
  'def manhattan(a, b):\n    """City-block distance."""\n    a, b = np.asarray(a), np.asarray(b)\n    return np.abs(a - b).sum()\n',
);
const manhattanLoop = code(
  'manhattan',
  'def manhattan(a, b):\n    total = 0\n    for x, y in zip(a, b):\n        total += abs(x - y)\n    return total\n',
);
const noAbs = code(
  'manhattan',
  'def manhattan(a, b):\n    """City-block distance."""\n    a, b = np.asarray(a), np.asarray(b)\n    return (a - b).sum()\n',
);
const squared = code('manhattan', 'def manhattan(a, b):\n    return ((np.asarray(a) - np.asarray(b)) ** 2).sum()\n');
const assign = code(
  'assign',
  'def assign(X, C):\n    """Index of the nearest centroid of each row."""\n    d = np.abs(X[:, None, :] - C[None, :, :]).sum(axis=2)\n    return d.argmin(axis=1)\n',
);
const assignLoop = code(
  'assign',
  'def assign(X, C):\n    z = np.empty(len(X), dtype=int)\n    for i, x in enumerate(X):\n        z[i] = np.argmin([manhattan(x, c) for c in C])\n    return z\n',
);
const assignMax = code(
  'assign',
  'def assign(X, C):\n    d = np.abs(X[:, None, :] - C[None, :, :]).sum(axis=2)\n    return d.argmax(axis=1)\n',
);
const kmeans = code(
  'kmeans',
  'def kmeans(X, k, rounds=20):\n    C = X[:k].copy()\n    for _ in range(rounds):\n        z = assign(X, C)\n        for j in range(k):\n            if (z == j).any():\n                C[j] = X[z == j].mean(axis=0)\n    return z, C\n',
);
const kmeansEmpty = code(
  'kmeans',
  'def kmeans(X, k, rounds=20):\n    C = X[:k].copy()\n    for _ in range(rounds):\n        z = assign(X, C)\n        for j in range(k):\n            C[j] = X[z == j].mean(axis=0)\n    return z, C\n',
);

const colours = [
  [52, 80, 200],
  [196, 62, 8],
  [42, 151, 114],
  [130, 90, 170],
] as const;
function clusters(random: Random, count: number): Value {
  const points = Array.from({ length: 150 }, (_, index) => {
    const group = index % Math.max(count, 1);
    const centreX = 0.2 + 0.6 * ((group * 0.37 + 0.1) % 1);
    const centreY = 0.2 + 0.6 * ((group * 0.61 + 0.3) % 1);
    const colour = colours[group % colours.length] ?? colours[0];
    const spread = (): number => (random.next() + random.next() + random.next() - 1.5) * 0.12;
    return [centreX + spread(), centreY + spread(), colour] as const;
  });
  return scatter(points);
}
/** A few pictures drawn once: a class draws the same data, so most pictures are equal. */
const drawn = {
  three: clusters(seededRandom(11), 3),
  four: clusters(seededRandom(12), 4),
  oneColour: clusters(seededRandom(13), 1),
};
const elbow = (seed: number): Value => {
  const random = seededRandom(seed);
  return scatter(
    Array.from({ length: 10 }, (_, k) => [k / 9, 0.95 / (k + 1) + random.between(0, 0.02), colours[0]] as const),
  );
};
const elbows = [elbow(1), elbow(2)] as const;

const silhouettes = array([4], [0.681, 0.553, 0.498, 0.487]);
const indexError = error(
  'IndexError',
  'index 4 is out of bounds for axis 0 with size 4',
  'd[i, j] = manhattan(x, C[j])',
);
const valueError = error(
  'ValueError',
  'operands could not be broadcast together with shapes (1063,35) (4,)',
  'd = X - C',
);
const nameError = error('NameError', "name 'X_scaled' is not defined", 'labels = assign(X_scaled, C)');
const typeError = error('TypeError', "unsupported operand type(s) for -: 'list' and 'list'", 'return (a - b).sum()');

const equal = (value: Value): ExpectedAnswer => ({ kind: 'value', value, tolerance: null, exactType: false });
const oneOf = (...values: Value[]): ExpectedAnswer => ({ kind: 'any-of', values, tolerance: null, exactType: false });

export const labScript: readonly ScriptQuestion[] = [
  {
    key: '1',
    title: 'shape of X',
    minutes: 1,
    right: () => array([2], [1063, 35], 'int64'),
    expected: equal(array([2], [1063, 35], 'int64')),
    mistakes: [{ share: 8, value: () => list([int(35), int(1063)]) }],
    errors: [],
  },
  {
    key: '2',
    title: 'column to drop',
    minutes: 1.2,
    right: () => text('postcode'),
    expected: equal(text('postcode')),
    mistakes: [
      { share: 14, value: () => text('age') },
      { share: 6, value: () => text('Postcode ') },
    ],
    errors: [],
  },
  {
    key: '3a',
    title: 'manhattan()',
    minutes: 2.5,
    right: (random) => (random.chance(0.7) ? manhattan : manhattanLoop),
    expected: oneOf(manhattan, manhattanLoop),
    mistakes: [
      { share: 24, value: () => noAbs },
      { share: 8, value: () => squared },
    ],
    errors: [{ share: 12, value: typeError }],
  },
  {
    key: '3b',
    title: 'assign()',
    minutes: 3,
    right: (random) => (random.chance(0.6) ? assign : assignLoop),
    expected: oneOf(assign, assignLoop),
    mistakes: [{ share: 10, value: () => assignMax }],
    errors: [
      { share: 20, value: indexError },
      { share: 12, value: valueError },
    ],
  },
  {
    key: '4',
    title: 'scatter plot',
    minutes: 2,
    right: () => drawn.four,
    mistakes: [
      { share: 15, value: () => drawn.three },
      { share: 10, value: () => drawn.oneColour },
    ],
    errors: [{ share: 6, value: nameError }],
  },
  {
    key: '5',
    title: 'silhouette',
    minutes: 2,
    right: () => float(0.553),
    expected: {
      kind: 'value',
      value: float(0.553),
      tolerance: { absolute: 0.02, relative: 0 },
      exactType: false,
    },
    mistakes: [
      { share: 20, value: () => float(0.312) },
      { share: 8, value: (random) => float(Number(random.between(0.2, 0.7).toFixed(3))) },
      { share: 4, value: () => ({ t: 'float', v: 'nan' }) },
    ],
    errors: [],
  },
  {
    key: '6a',
    title: 'elbow plot',
    minutes: 2,
    right: (random) => random.pick(elbows),
    mistakes: [],
    errors: [{ share: 8, value: nameError }],
  },
  {
    key: '6b',
    title: 'choose k',
    minutes: 1,
    right: () => int(4),
    expected: equal(int(4)),
    mistakes: [
      { share: 18, value: () => int(3) },
      { share: 8, value: () => int(10) },
    ],
    errors: [],
  },
  {
    key: '7',
    title: 'kmeans()',
    minutes: 4,
    right: () => kmeans,
    expected: equal(kmeans),
    mistakes: [{ share: 30, value: () => kmeansEmpty }],
    errors: [{ share: 15, value: valueError }],
  },
  {
    key: '8',
    title: 'conclusion',
    minutes: 2,
    right: (random) =>
      random.chance(0.5)
        ? frame({ k: [2, 3, 4, 5], silhouette: [0.681, 0.612, 0.553, 0.498] })
        : text(
            'Four groups: students, families, pensioners and businesses. The silhouette is best for two, but four can be explained.',
          ),
    mistakes: [{ share: 5, value: () => silhouettes }],
    errors: [],
  },
];
