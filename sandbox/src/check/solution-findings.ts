/** From the runs of the author's solution to what its author should know. */
import type { Finding, SuiteProfile, TestResult } from '@nbpulse/schema/wire';
import type { SuiteRun } from '../run.js';
import { causeIn, whyIn } from './causes.js';
import * as say from './findings.js';

/**
 * @param runs the recorded one first, then those that were graded by its profile; all came to a verdict
 */
export function solutionFindings(runs: readonly SuiteRun[], profile: SuiteProfile | null): Finding[] {
  const [recorded, ...graded] = runs;
  if (!recorded) return [];
  const notebook = runs.map((run) => notebookFinding(run, 'The solution')).find((found) => found !== null);
  const found = notebook ? [notebook] : [];
  // What a notebook needs and does not find explains every test that fails after it.
  const isExplained = notebook !== undefined && notebook.kind !== 'solution-loses-points';
  if (!isExplained) {
    for (const name of namesOf(runs)) {
      const finding = testFinding(name, recorded, graded);
      if (finding) found.push(finding);
    }
  }
  const last = runs.at(-1) ?? recorded;
  const own = profile
    ? profile.tests.filter((test) => test.ownEquality).map(({ id }) => id)
    : last.report.tests.filter((test) => test.ownEquality).map(({ name }) => name);
  return [
    ...found,
    ...own.map(say.ownEquality),
    ...last.report.tests.filter((test) => test.spoofable).map(({ name }) => say.spoofable(name)),
  ];
}

/** Why a notebook of the author's did not run to its end. */
export function notebookFinding({ notebook, report }: SuiteRun, where: string): Finding | null {
  if (notebook === null || (notebook.ok && report.outcome === 'completed')) return null;
  if (notebook.ok) return null;
  const words = notebook.reason ?? report.reason ?? 'it does not say why';
  const cause = causeIn(`${words}\n${notebook.staffReason ?? ''}`);
  return cause && cause.kind !== 'cannot-cross' ? say.ofCause(cause, where, null) : say.losesPoints(null, words, false);
}

function testFinding(name: string, recorded: SuiteRun, graded: readonly SuiteRun[]): Finding | null {
  const first = testOf(recorded, name);
  const later = graded.map((run) => testOf(run, name));
  const all = [first, ...later];
  if (all.every((test) => (test?.maxPoints ?? 0) === 0)) return null;
  const statuses = all.map((test) => test?.status ?? 'absent');
  if (statuses.every((status) => status === 'passed')) return null;
  const afterwards = new Set(statuses.slice(1));
  // Passed only while it was recorded: the profile's affair, and the same each time.
  const isProfile = afterwards.size === 1 && statuses[0] === 'passed';
  if (new Set(statuses).size > 1 && !isProfile) return say.varies(name, statuses);
  const failed = later.find((test) => test !== undefined) ?? first;
  if (failed?.status === 'skipped') return say.losesPoints(name, 'it is skipped, so nobody gets its points', false);
  const cause = causeIn(failed?.staffMessage ?? '');
  if (cause) return say.ofCause(cause, 'It', name);
  return say.losesPoints(name, whyIn(failed?.staffMessage), isProfile);
}

const testOf = (run: SuiteRun, name: string): TestResult | undefined =>
  run.report.tests.find((test) => test.name === name);

const namesOf = (runs: readonly SuiteRun[]): Set<string> =>
  new Set(runs.flatMap((run) => run.report.tests.map((test) => test.name)));
