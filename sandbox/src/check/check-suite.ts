/**
 * A suite of tests, checked by what its author gave with it: in the real sandbox the solution must get every point, three times,
 * and the bare template none. The first run of the solution records its profile, the others are graded by it as a student's are.
 *
 * Steps: the files are there → their text is read → solution, three times → template → the visible tests by themselves, for
 * trials. A step that finds the suite unusable ends it.
 */
import { basename } from 'node:path';
import type { AssignmentFile, AssignmentManifest, Finding, SuiteCheck, SuiteProfile } from '@nbpulse/schema/wire';
import { EngineFault, type Engine } from '../engine.js';
import { recordProfile, runSuite, type SuiteRun } from '../run.js';
import { filesOfSuite } from '../suite-files.js';
import { causeIn } from './causes.js';
import * as say from './findings.js';
import { readAssignment } from './reading.js';
import { notebookFinding, solutionFindings } from './solution-findings.js';
import { trialPart } from './trial-part.js';

export interface CheckRequest {
  manifest: AssignmentManifest;
  files: readonly AssignmentFile[];
}

export interface CheckWatch {
  signal?: AbortSignal;
  /** What is done now, in words, and how far it is. */
  onStep?: (words: string, done: number, total: number) => void;
}

const solutionRuns = 3;
const mostFindings = 500;

/**
 * @throws EngineFault when the host failed: nothing is known about the suite then; the signal's reason when aborted.
 * @example const check = await checkSuite(engine, {manifest, files});
 */
export async function checkSuite(engine: Engine, request: CheckRequest, watch: CheckWatch = {}): Promise<SuiteCheck> {
  const { manifest, files } = request;
  const state: State = { findings: [], solution: null, template: null, solutionRuns: 0, profile: null, trial: null };
  const suite = filesOfSuite(manifest, files);
  if ('missing' in suite) return finished(state, say.missingFromPush(suite.missing));
  const solution = manifest.solution === undefined ? undefined : fileOf(files, manifest.solution);
  const template = fileOf(files, manifest.template);
  const total = (solution ? solutionRuns : 0) + (template ? 1 : 0) + 2;
  let done = 0;
  const step = (words: string): void => watch.onStep?.(words, done++, total);

  step('reading the tests');
  const notebooks = [solution, template].filter((file) => file !== undefined);
  const paths = files.map((file) => file.path);
  const reading = await readAssignment(engine, manifest, { tests: suite.tests, notebooks, paths }, watch.signal);
  state.findings.push(
    ...reading.broken.map(say.brokenFile),
    ...reading.missing.map(({ name, file }) => say.missingPackage(name, file)),
    ...reading.findings.map(say.ofReading),
  );
  if (state.findings.some(({ level }) => level === 'error')) return finished(state);

  /** The last run of the author's own notebook, which says which tests are visible. */
  let last: SuiteRun | undefined;
  if (solution) {
    const ran = await runSolution(engine, request, solution, state, watch, step);
    if (!ran) return finished(state);
    last = ran;
  } else {
    state.findings.push(say.noSolution());
  }
  if (template) {
    step('running the bare template');
    const run = await runSuite(engine, { ...request, ...asSubmission(template), profile: state.profile }, false, watch);
    const broken = suiteFinding(run);
    if (broken) return finished(state, broken);
    state.template = gist(run);
    state.findings.push(...templateFindings(run, solution !== undefined));
    last ??= run;
  }
  const own = solution ?? template;
  if (own && last && isOk(state.findings)) {
    step('running the visible tests by themselves');
    const given = { tests: suite.tests, data: suite.data.map(({ path }) => path), visible: reading.visible };
    const part = await trialPart(
      engine,
      request,
      { ...asSubmission(own), record: own === solution },
      last,
      given,
      watch,
    );
    if ('why' in part) state.findings.push(say.noTrials(part.why));
    else state.trial = part.suite;
  }
  return finished(state);
}

interface State extends Omit<SuiteCheck, 'v' | 'ok'> {
  findings: Finding[];
}

/** @returns its last run; null when the suite cannot be run at all. */
async function runSolution(
  engine: Engine,
  request: CheckRequest,
  solution: AssignmentFile,
  state: State,
  watch: CheckWatch,
  step: (words: string) => void,
): Promise<SuiteRun | null> {
  const submission = { ...request, ...asSubmission(solution) };
  const runs: SuiteRun[] = [];
  let profile: SuiteProfile | null = null;
  for (let number = 1; number <= solutionRuns; number += 1) {
    step(`running the solution, ${number} of ${solutionRuns}`);
    const run: SuiteRun =
      number === 1
        ? await recordProfile(engine, submission, watch)
        : await runSuite(engine, { ...submission, profile }, false, watch);
    const broken = suiteFinding(run);
    if (broken) {
      state.findings.push(broken);
      return null;
    }
    profile ??= run.profile;
    runs.push(run);
    // It would only use up the same time or memory again.
    if (run.report.outcome === 'timed-out' || run.report.outcome === 'out-of-memory') break;
  }
  state.profile = profile;
  state.solutionRuns = runs.length;
  const last = runs.at(-1);
  state.solution = last ? gist(last) : null;
  state.findings.push(...solutionFindings(runs, profile));
  return last ?? null;
}

/** A run that came to no verdict: the suite's fault is a finding, the host's is none of the author's business. */
function suiteFinding({ report, blame }: SuiteRun): Finding | null {
  if (report.outcome !== 'sandbox-error') return null;
  const words = report.staffReason ?? report.reason ?? 'the sandbox did not say why';
  if (blame !== 'suite') throw new EngineFault(words);
  const cause = causeIn(words);
  return cause && cause.kind !== 'cannot-cross' ? say.ofCause(cause, 'A file of tests', null) : say.suiteError(words);
}

function templateFindings(run: SuiteRun, hasSolution: boolean): Finding[] {
  const given = run.report.tests.filter((test) => test.points > 0);
  const found = given.map((test) => say.templateGetsPoints(test.name, test.points));
  if (hasSolution) return found;
  // Nobody else ran the tests. What is missing may be what a solution makes, so these stop nothing but the network's.
  const notebook = notebookFinding(run, 'The template');
  const hints = run.report.tests.flatMap((test) => {
    const cause = test.status === 'passed' ? null : causeIn(test.staffMessage ?? '');
    if (!cause || cause.kind === 'cannot-cross') return [];
    const finding = say.ofCause(cause, 'It', test.name);
    return [cause.kind === 'missing-file' ? say.asWarning(finding) : finding];
  });
  return [...found, ...(notebook && notebook.kind !== 'solution-loses-points' ? [notebook] : []), ...hints];
}

const fileOf = (files: readonly AssignmentFile[], path: string): AssignmentFile | undefined =>
  files.find((file) => file.path === path.replace(/^\.\//, ''));

const asSubmission = (file: AssignmentFile): { notebook: Buffer; filename: string } => ({
  notebook: Buffer.from(file.b64, 'base64'),
  filename: basename(file.path),
});

const gist = ({ report }: SuiteRun): NonNullable<SuiteCheck['solution']> => ({
  outcome: report.outcome,
  points: report.points,
  maxPoints: report.maxPoints,
  durationMs: report.durationMs,
});

/** Errors first; each finding once. */
function finished(state: State, last?: Finding): SuiteCheck {
  const seen = new Set<string>();
  const findings = [...state.findings, ...(last ? [last] : [])]
    .filter(({ kind, test, message }) => {
      const key = `${kind}\n${test ?? ''}\n${message}`;
      return !seen.has(key) && seen.add(key);
    })
    .sort((a, b) => Number(a.level === 'warning') - Number(b.level === 'warning'))
    .slice(0, mostFindings);
  return { v: 1, ok: isOk(findings), ...state, findings };
}

const isOk = (findings: readonly Finding[]): boolean => findings.every(({ level }) => level === 'warning');
