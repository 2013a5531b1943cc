import type { Column } from '../live/fold.js';
import { factsOf, type ColumnFacts } from './columns.js';
import { useCalmModel, useInsight, useModel } from './lab-context.js';

/** What the skyline says of each column. `whole`: how many have opened the notebook. */
export function useFacts(columns: readonly Column[], now: number): { facts: ColumnFacts[]; whole: number } {
  const questions = useModel((model) => model.questions);
  const tallies = useCalmModel((model) => model.tallies);
  const foldTallies = useCalmModel((model) => model.foldTallies);
  const whole = useModel((model) => model.opened);
  const { pace } = useInsight();
  return { facts: factsOf(columns, questions, tallies, foldTallies, pace, now), whole };
}
