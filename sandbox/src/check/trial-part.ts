/**
 * The visible tests by themselves, as students try them: cut from the suite's text, then proved by the author's own notebook, which
 * must come out in them as it did in the whole suite. So no trial ever needs a hidden test, or has one.
 */
import type { AssignmentFile, SuiteProfile, TestResult, TrialSuite } from '@nbpulse/schema/wire';
import type { Engine } from '../engine.js';
import { recordProfile, runSuite, type GradeRequest, type GradeWatch, type SuiteRun } from '../run.js';
import type { AssignmentReading } from './reading.js';

/** `why`: for the author. `suite` null: no test is visible, and nothing is wrong. */
export type TrialPart = { suite: TrialSuite | null } | { why: string };

type Files = TrialSuite['files'];

/**
 * @param own the author's solution (`record`: it decides what students may do), else the template
 * @param whole how `own` came out in the whole suite
 */
export async function trialPart(
  engine: Engine,
  request: Pick<GradeRequest, 'manifest' | 'files'>,
  own: Pick<GradeRequest, 'notebook' | 'filename'> & { record: boolean },
  whole: SuiteRun,
  given: { tests: readonly AssignmentFile[]; data: readonly string[]; visible: AssignmentReading['visible'] },
  watch: GradeWatch,
): Promise<TrialPart> {
  const shown = whole.report.tests.filter((test) => test.visible);
  if (shown.length === 0) return { suite: null };
  const tests: Files | null =
    shown.length === whole.report.tests.length ? given.tests.map(({ path }) => ({ path, text: null })) : given.visible;
  if (tests === null || tests.length === 0) {
    return { why: 'the visible tests could not be told from the hidden ones in the text of the files' };
  }
  const beside = [...given.data, ...(request.files.some(({ path }) => path === requirements) ? [requirements] : [])];
  const files = [
    ...tests,
    ...beside.filter((path) => !tests.some((test) => test.path === path)).map((path) => ({ path, text: null })),
  ];
  const testFiles = tests.map(({ path }) => path);
  const trial = {
    ...request,
    ...own,
    manifest: { ...request.manifest, tests: testFiles },
    files: filesFor(files, request.files),
  };
  const run = own.record
    ? await recordProfile(engine, trial, watch)
    : await runSuite(engine, { ...trial, profile: null }, false, watch);
  const differs = difference(shown, run, own.record);
  if (differs !== null) return { why: differs };
  return {
    suite: { v: 1, files, testFiles, tests: worth(run.report.tests, shown), profile: profileOf(run, own.record) },
  };
}

const requirements = 'requirements.txt';

const profileOf = (run: SuiteRun, record: boolean): SuiteProfile | null => (record ? run.profile : null);

function filesFor(wanted: Files, pushed: readonly AssignmentFile[]): AssignmentFile[] {
  return wanted.flatMap(({ path, text }) => {
    const file = pushed.find((one) => one.path === path);
    if (!file) return [];
    return [text === null ? file : { path, b64: Buffer.from(text).toString('base64') }];
  });
}

/** Two tests of one name have a number behind it, which depends on what else there is. */
const bare = (name: string): string => name.replace(/ \(\d+\)$/, '');

const byName = (tests: readonly TestResult[]): TestResult[] =>
  [...tests].sort((a, b) => (bare(a.name) < bare(b.name) ? -1 : bare(a.name) > bare(b.name) ? 1 : 0));

/** @param passes whether the author's own passes them; where it fails, it must fail in the same words. */
function difference(shown: readonly TestResult[], { report }: SuiteRun, passes: boolean): string | null {
  if (report.outcome === 'sandbox-error') {
    return `the visible tests do not run without the hidden ones: ${report.staffReason ?? report.reason ?? 'nobody knows why'}`;
  }
  const hidden = report.tests.find((test) => !test.visible);
  if (hidden) return `${hidden.name} was still there and is hidden`;
  const [wanted, got] = [byName(shown), byName(report.tests)];
  for (let at = 0; at < Math.max(wanted.length, got.length); at += 1) {
    const [one, other] = [wanted[at], got[at]];
    if (!one) return `there is one more test by themselves, ${other?.name ?? ''}`;
    if (!other || bare(one.name) !== bare(other.name)) return `${one.name} is not there without the hidden tests`;
    if (one.status !== other.status || (!passes && one.message !== other.message)) {
      const said = other.staffMessage ?? other.message ?? '';
      return `${one.name} ${one.status} in the whole suite, and by itself ${other.status}${said === '' ? '' : `: ${said.slice(-600)}`}`;
    }
  }
  return null;
}

/** What each is worth among all tests of the suite; those of one name are taken in turn. */
function worth(tests: readonly TestResult[], shown: readonly TestResult[]): TrialSuite['tests'] {
  const left = [...shown];
  return tests.map(({ name }) => {
    const at = left.findIndex((one) => bare(one.name) === bare(name));
    const [same] = left.splice(at, 1);
    return { name, maxPoints: same?.maxPoints ?? 0 };
  });
}
