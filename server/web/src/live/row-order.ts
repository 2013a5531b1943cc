/**
 * The order of rows on the class page. Nothing moves by itself under the hand: live data only marks the order as old (`moves`
 * rows would be elsewhere). New students are appended at the end until the next sort.
 */
import type { Need } from './attention.js';
import type { LabModel } from './lab-model.js';
import type { Row } from './row.js';
import type { Names } from './names.js';

export const sortings = ['help', 'name', 'progress', 'last'] as const;
export type Sorting = (typeof sortings)[number];
export const sortingWords: Record<Sorting, string> = {
  help: 'Needs help first',
  name: 'Name',
  progress: 'Least progress first',
  last: 'Longest without sending first',
};

const names = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });
type Compare = (a: Row, b: Row) => number;

const comparesBy = (placeOf: ReadonlyMap<string, number>): Record<Exclude<Sorting, 'help'>, Compare> => {
  const byName: Compare = (a, b) => (placeOf.get(a.participant.id) ?? 0) - (placeOf.get(b.participant.id) ?? 0);
  return {
    name: byName,
    progress: (a, b) => a.sent - b.sent || byName(a, b),
    last: (a, b) => (a.lastAt ?? 0) - (b.lastAt ?? 0) || byName(a, b),
  };
};

/** Names in the order of the alphabet take longest to compare, and change least: kept until a name or the class changes. */
const places = new WeakMap<Names['nameOf'], { people: LabModel['people']; placeOf: ReadonlyMap<string, number> }>();
function placesOf(model: LabModel, nameOf: Names['nameOf']): ReadonlyMap<string, number> {
  const known = places.get(nameOf);
  if (known?.people === model.people) return known.placeOf;
  const called = model.people.map(({ id }) => ({ id, name: nameOf(id) }));
  called.sort((a, b) => names.compare(a.name, b.name) || (a.id < b.id ? -1 : 1));
  const placeOf = new Map(called.map(({ id }, place) => [id, place]));
  places.set(nameOf, { people: model.people, placeOf });
  return placeOf;
}

/** Everybody in the class, best order by this sorting. Total: equal rows fall back to name, then id. */
export function sorted(model: LabModel, sorting: Sorting, needs: readonly Need[], nameOf: Names['nameOf']): string[] {
  const compare = comparesBy(placesOf(model, nameOf));
  const rows = model.members.flatMap((id) => model.rows.get(id) ?? []);
  if (sorting !== 'help') return rows.sort(compare[sorting]).map((row) => row.participant.id);
  const first = needs.map((need) => need.participant);
  const placed = new Set(first);
  const rest = rows.filter((row) => !placed.has(row.participant.id)).sort(compare.progress);
  return [...first, ...rest.map((row) => row.participant.id)];
}

/** The same order with those who left taken out and those who came appended. */
export function kept(order: readonly string[], members: readonly string[]): readonly string[] {
  const present = new Set(members);
  const known = new Set(order);
  const left = order.some((id) => !present.has(id));
  const came = members.filter((id) => !known.has(id));
  if (!left && came.length === 0) return order;
  return [...order.filter((id) => present.has(id)), ...came];
}

/** How many rows would have to move: all but the longest run that is already in order. */
export function movesBetween(order: readonly string[], better: readonly string[]): number {
  const place = new Map(better.map((id, index) => [id, index]));
  const tails: number[] = [];
  let counted = 0;
  for (const id of order) {
    const at = place.get(id);
    if (at === undefined) continue;
    counted += 1;
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((tails[middle] ?? 0) < at) low = middle + 1;
      else high = middle;
    }
    tails[low] = at;
  }
  return counted - tails.length;
}
