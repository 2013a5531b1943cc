/**
 * Weights to points. Points are counted in whole units – hundredths, or finer where a suite has many tests – so that the
 * shares add up to the maximum exactly: 10 points over three tests are 3.34, 3.33 and 3.33, and all three are 10.
 */

export interface PointScale {
  unitsPerPoint: number;
  totalUnits: number;
}

/** Every test gets at least this many units when weights are equal, so that rounding never shows in a share. */
const unitsPerTest = 100;
const finestUnitsPerPoint = 1e9;

/** @throws RangeError when the maximum is not positive. */
export function pointScale(maxPoints: number, testCount: number): PointScale {
  if (!(maxPoints > 0)) throw new RangeError(`An assignment has more than 0 points, not ${maxPoints}.`);
  let unitsPerPoint = 100;
  while (
    unitsPerPoint < finestUnitsPerPoint &&
    (maxPoints * unitsPerPoint < unitsPerTest * testCount || !isWhole(maxPoints * unitsPerPoint))
  ) {
    unitsPerPoint *= 10;
  }
  return { unitsPerPoint, totalUnits: Math.round(maxPoints * unitsPerPoint) };
}

/** 0.29 * 100 is 28.999999999999996: whole, as far as doubles go. */
function isWhole(value: number): boolean {
  return Math.abs(value - Math.round(value)) <= 1e-9 * Math.max(1, Math.abs(value));
}

/**
 * Shares in units, by largest remainder; equal remainders favour the earlier test.
 * @throws RangeError when no weight is positive.
 */
export function shareUnits(weights: readonly number[], totalUnits: number): number[] {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (!(sum > 0)) throw new RangeError('No test has a weight above 0.');
  const exact = weights.map((weight) => (weight / sum) * totalUnits);
  const shares = exact.map(Math.floor);
  const missing = totalUnits - shares.reduce((total, units) => total + units, 0);
  const byRemainder = exact
    .map((value, index) => ({ index, remainder: value - Math.floor(value) }))
    .filter(({ index }) => (weights[index] ?? 0) > 0)
    .sort((a, b) => b.remainder - a.remainder || a.index - b.index);
  for (let given = 0; given < missing; given += 1) {
    const next = byRemainder[given % byRemainder.length];
    if (next) shares[next.index] = (shares[next.index] ?? 0) + 1;
  }
  return shares;
}

export interface Scored<T> {
  points: number;
  maxPoints: number;
  tests: (T & { points: number; maxPoints: number })[];
}

/**
 * A passed test gives its whole share, any other nothing. A skipped one too gives nothing: a suite that skips when a
 * student's function is missing must not hand out that function's points.
 * @example scoreTests([{status: 'passed', weight: 1}, {status: 'failed', weight: 1}], 10).points // 5
 */
export function scoreTests<T extends { status: string; weight: number }>(
  tests: readonly T[],
  maxPoints: number,
): Scored<T> {
  const scale = pointScale(maxPoints, tests.length);
  const shares = shareUnits(
    tests.map((test) => test.weight),
    scale.totalUnits,
  );
  const points = (units: number): number => (units === scale.totalUnits ? maxPoints : units / scale.unitsPerPoint);
  let earnedUnits = 0;
  const scored = tests.map((test, index) => {
    const units = shares[index] ?? 0;
    const earned = test.status === 'passed' ? units : 0;
    earnedUnits += earned;
    return { ...test, points: points(earned), maxPoints: points(units) };
  });
  return { points: points(earnedUnits), maxPoints, tests: scored };
}
