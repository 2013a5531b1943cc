/** How the check of a version stands, in the words of the pages. */
import type { AssignmentView, CheckState, FindingKind } from '@nbpulse/schema/wire';
import type { MarkName } from '../shell/marks.js';
import { count } from '../shell/time.js';

const marks: Record<CheckState, MarkName> = {
  unchecked: 'not-started',
  waiting: 'working',
  passed: 'right',
  failed: 'wrong',
  'not-done': 'error',
};
const words: Record<CheckState, string> = {
  unchecked: 'not checked',
  waiting: 'being checked',
  passed: 'checked',
  failed: 'to be mended',
  'not-done': 'could not be checked',
};
export const checkMark = (state: CheckState): MarkName => marks[state];
export const checkWords = (state: CheckState, workerThere = true): string =>
  state === 'waiting' && !workerThere ? 'not checked yet' : words[state];

/** What that means for what students hand in. */
export function gradingWords({ check, version, gradedBy }: AssignmentView, waiting = 0): string {
  const held = waiting === 0 ? '' : ` ${count(waiting, 'submission')} ${waiting === 1 ? 'waits' : 'wait'}.`;
  if (gradedBy === version) return `Submissions are graded by version ${String(version)}.`;
  if (check === 'waiting') return `Submissions wait until version ${String(version)} is checked.${held}`;
  if (gradedBy !== null) {
    return `Version ${String(version)} grades nobody. Submissions are graded by version ${String(gradedBy)}, the last good one.`;
  }
  return `Nobody is graded. Submissions are kept, and graded by themselves once a version passes its check.${held}`;
}

const kinds: Record<FindingKind, string> = {
  'suite-error': 'The tests cannot be run',
  'solution-loses-points': 'The solution loses points',
  'template-gets-points': 'The bare template gets points',
  'missing-package': 'A package is missing',
  'missing-file': 'A file is missing',
  'needs-network': 'It wants the network',
  varies: 'The outcome varies',
  'no-solution': 'No solution',
  'cannot-cross': 'A value cannot cross',
  'starts-a-process': 'Starts a process',
  pickles: 'Pickles',
  'exact-types': 'Compares exact types',
  'overlapping-threads': 'Counts on overlap',
  'random-on-both-sides': 'Random on both sides',
  'own-equality': 'Judged by the student’s own ==',
  spoofable: 'Can be forged',
  'no-trials': 'Nothing to try before handing in',
};
export const findingTitle = (kind: FindingKind): string => kinds[kind];
