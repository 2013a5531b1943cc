/** How alike two pieces of code are: the share of runs of three tokens that both have (Jaccard's index). */

const run = 3;
/** One changed token in a function of 37 leaves this much; in a shorter one every token counts. */
export const alike = 0.85;
/** A piece that long is compared by its form alone. */
const most = 4_000;

/** The distinct runs as sorted 32-bit hashes; null for code that is too short, or too long, to be like another. */
export function shinglesOf(tokens: readonly string[]): Uint32Array<ArrayBuffer> | null {
  if (tokens.length < run * 4 || tokens.length > most) return null;
  const hashes = tokens.map(hashOf);
  const set = new Set<number>();
  for (let at = 0; at + run <= hashes.length; at++) {
    let mixed = 0;
    for (let step = 0; step < run; step++)
      mixed = Math.imul(mixed ^ (hashes[at + step] ?? 0), 0x9e3779b1) ^ (mixed >>> 15);
    set.add(mixed >>> 0);
  }
  return Uint32Array.from(set).sort();
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

/** 0 to 1. */
export function likeness(a: Uint32Array, b: Uint32Array): number {
  let [i, j, both] = [0, 0, 0];
  while (i < a.length && j < b.length) {
    const [x, y] = [a[i] ?? 0, b[j] ?? 0];
    if (x === y) both++;
    if (x <= y) i++;
    if (y <= x) j++;
  }
  return both / (a.length + b.length - both);
}

/**
 * Those of a sorted list by which anything alike can be found: two lists that share `alike` of their union have one of these in
 * common, since what each may lack of the other is fewer.
 */
export const prefixOf = (shingles: Uint32Array): Uint32Array =>
  shingles.subarray(0, shingles.length - Math.ceil(alike * shingles.length) + 1);
