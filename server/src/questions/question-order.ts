/** Where a question stands that nobody declared: `2` < `2b` < `10`, among the declared ones, which keep their order. */

/** A stream of random keys must not fill a class's grid. */
export const maxQuestionsPerLab = 500;

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'variant', caseFirst: 'upper' });
const compareQuestionKeys = (a: string, b: string): number => collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);

/**
 * The position of a new key: right after the last question that naturally comes before it; without one, before the first.
 * @param known in any order
 */
export function positionAmong(known: readonly { key: string; position: number }[], key: string): number {
  const ordered = [...known].sort((a, b) => a.position - b.position);
  const before = ordered.findLastIndex((question) => compareQuestionKeys(question.key, key) < 0);
  const low = ordered[before]?.position;
  const high = ordered[before + 1]?.position;
  if (low === undefined) return high === undefined ? 1 : high - 1;
  return high === undefined ? low + 1 : (low + high) / 2;
}
