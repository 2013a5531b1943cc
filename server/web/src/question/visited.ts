/** How many had sent each question when this browser last showed it: what came since is news. Kept per lab. */
const keyOf = (lab: string): string => `nbpulse-visited-${lab}`;

export type Visited = ReadonlyMap<string, number>;

export function readVisited(lab: string): Visited {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(keyOf(lab)) ?? '{}');
    if (typeof kept !== 'object' || kept === null) return new Map();
    return new Map(Object.entries(kept).filter((entry): entry is [string, number] => typeof entry[1] === 'number'));
  } catch {
    return new Map();
  }
}

export function keepVisited(lab: string, visited: Visited): void {
  try {
    localStorage.setItem(keyOf(lab), JSON.stringify(Object.fromEntries(visited)));
  } catch {
    // It holds until the page is closed.
  }
}

/** How many are new at a question; 0 for one that was never opened, where all would be. */
export const newSince = (visited: Visited, question: string, sent: number): number =>
  Math.max(0, sent - (visited.get(question) ?? sent));
