/** Whether a runc has the fixes of November 2025 (CVE-2025-31133, -52565, -52881: ways out of a container by /proc). */

interface Version {
  numbers: readonly [number, number, number];
  /** Release candidate; Infinity for a release. */
  candidate: number;
}

const firstFixed: readonly Version[] = [
  { numbers: [1, 2, 8], candidate: Infinity },
  { numbers: [1, 3, 3], candidate: Infinity },
  { numbers: [1, 4, 0], candidate: 3 },
];

/**
 * @param text as the engine prints it: `1.1.5+ds1`, `1.4.0-rc.2`.
 * @returns undefined when it is no version.
 */
export function hasRuncFixes(text: string): boolean | undefined {
  const match = /(\d+)\.(\d+)\.(\d+)(?:-rc\.?(\d+))?/.exec(text);
  if (!match) return undefined;
  const version: Version = {
    numbers: [Number(match[1]), Number(match[2]), Number(match[3])],
    candidate: match[4] === undefined ? Infinity : Number(match[4]),
  };
  const line = firstFixed.find(({ numbers }) => numbers[0] === version.numbers[0] && numbers[1] === version.numbers[1]);
  if (line) return isAtLeast(version, line);
  const newest = firstFixed.at(-1);
  return newest !== undefined && isAtLeast(version, newest);
}

function isAtLeast(a: Version, b: Version): boolean {
  for (let index = 0; index < 3; index += 1) {
    const difference = (a.numbers[index] ?? 0) - (b.numbers[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return a.candidate >= b.candidate;
}
