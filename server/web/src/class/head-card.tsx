/** The card over a column's head: a part of its own, so that the rows do not render with the skyline. */
import type { Column } from '../live/fold.js';
import { ColumnCard, type CardPlace } from './cell-card.js';
import { useFacts } from './use-facts.js';

export function HeadCard({ place, columns, now }: { place: CardPlace; columns: readonly Column[]; now: number }) {
  const { facts, whole } = useFacts(columns, now);
  const one = facts[place.column];
  return one ? <ColumnCard box={place.box} facts={one} whole={whole} /> : null;
}
