/** The names that an anonymised page and an anonymous export show: stable, because nobody who leaves gives up their number. */

/**
 * `index`: this participant's place among all who ever came to the lab, removed ones too, counted from 0 in `joinOrder`.
 *
 * @example pseudonymOf(6) // 'Student 07'
 */
export const pseudonymOf = (index: number): string => `Student ${String(index + 1).padStart(2, '0')}`;

interface Joined {
  id: string;
  /** ISO 8601, UTC. */
  joinedAt: string;
}

/** Compares two participants of one lab: by joining, then by id, since a class list joins in one instant. */
export function joinOrder(a: Joined, b: Joined): number {
  if (a.joinedAt !== b.joinedAt) return a.joinedAt < b.joinedAt ? -1 : 1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/** The pseudonym of each participant's id. Give all of the lab's, removed ones too, else the numbers shift. */
export const pseudonymsOf = (participants: readonly Joined[]): Map<string, string> =>
  new Map([...participants].sort(joinOrder).map((one, index) => [one.id, pseudonymOf(index)]));
