/** Rows or dense, as this browser's person chose. */
export type Density = 'rows' | 'dense';
const densityKey = 'nbpulse-density';
export function keptDensity(): Density | null {
  try {
    const kept = localStorage.getItem(densityKey);
    return kept === 'rows' || kept === 'dense' ? kept : null;
  } catch {
    return null;
  }
}
export function keepDensity(density: Density): void {
  try {
    localStorage.setItem(densityKey, density);
  } catch {
    // It holds until the page is closed.
  }
}
