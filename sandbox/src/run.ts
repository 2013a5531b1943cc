/**
 * One submission, graded: two sandboxes, the harness in both, one report out.
 *
 * Nothing that a student wrote is read as a result. The notebook's bytes go in as base64 inside a frame; what comes out is
 * the oracle's report on the oracle's own stdout, with this run's nonce. The probe's output is text for staff, nothing else.
 */
import { randomBytes } from 'node:crypto';
import {
  defaultRunLimits,
  second,
  type AssignmentFile,
  type AssignmentManifest,
  type RunLimits,
  type RunProgress,
  type RunReport,
  type SuiteProfile,
  type TestResult,
} from '@nbpulse/schema/wire';
import { EngineFault, type Engine } from './engine.js';
import { executedNotebook } from './executed-notebook.js';
import { encodeFrame } from './frames.js';
import { afterDoubt, isDoubtful, judge, type Judgement } from './judge.js';
import { missingPackages } from './missing-packages.js';
import { OracleListener, oracleStdoutBytes, type OracleReport, type OracleTest } from './oracle-report.js';
import { plainText, printedText } from './plain-text.js';
import { runPair, type PairEnd } from './run-pair.js';
import { scoreTests } from './score.js';
import { seccompProgram } from './seccomp.js';
import { filesOfSuite, type SuiteFiles } from './suite-files.js';

export interface GradeRequest {
  /** The submission's exact bytes: an `.ipynb`, or a `.py`. */
  notebook: Uint8Array;
  /** As the student called it; tells notebook from script, and stands in tracebacks. */
  filename: string;
  manifest: AssignmentManifest;
  /** All files of the assignment's version; tests and data are picked by the manifest. */
  files: readonly AssignmentFile[];
  /** What the author's solution needed: the rights that this submission gets. Null: none. */
  profile: SuiteProfile | null;
}

export interface GradeWatch {
  /** Ends the run at once; `gradeNotebook` then rejects with the signal's reason. */
  signal?: AbortSignal;
  onProgress?: (progress: RunProgress) => void;
  /** The executed notebook, once, before the report: nbformat 4.5, the student's own word. */
  onExecuted?: (notebook: Uint8Array) => void;
}

/**
 * The oracle stops tests and notebook at `wallMs` by itself and reports what it has. The outer clock only catches an
 * oracle that hangs, so it leaves time for starting and reporting on a busy host.
 */
export const outerGraceMs = 10 * second;

/**
 * Grades one submission. The host's failures are a report as well (`sandbox-error`), so that the queue can retry them.
 * @throws the signal's reason when aborted; nothing else.
 * @example const report = await gradeNotebook(engine, {notebook, filename: 'lab.ipynb', manifest, files, profile});
 */
export async function gradeNotebook(engine: Engine, request: GradeRequest, watch: GradeWatch = {}): Promise<RunReport> {
  return (await runSuite(engine, request, false, watch)).report;
}

/** A run that could not begin, by a fault of the host's: retried, never scored. */
export function faultReport(engine: Engine, manifest: AssignmentManifest, staffReason: string): RunReport {
  return {
    v: 1,
    ...scored(setUpFault(staffReason, 'host'), manifest),
    engine: engine.name,
    tier: engine.tier,
    startedAt: new Date().toISOString(),
    durationMs: 0,
  };
}

/** One run of a suite, with what only its author needs to know. */
export interface SuiteRun {
  report: RunReport;
  /** Whose fault a `sandbox-error` is. */
  blame: Judgement['blame'];
  /** How the notebook itself ran; null when that is not known. */
  notebook: OracleReport['notebook'] | null;
  /** What the solution needed, when it was to be recorded. */
  profile: SuiteProfile | null;
}

/**
 * Runs the author's solution, with every right, and keeps what it needed. Only for the author's own: whatever is run this way
 * decides what a student's submission may do.
 * @throws as `gradeNotebook`.
 */
export async function recordProfile(
  engine: Engine,
  request: Omit<GradeRequest, 'profile'>,
  watch: GradeWatch = {},
): Promise<SuiteRun> {
  return runSuite(engine, { ...request, profile: null }, true, watch);
}

/** As `gradeNotebook`; a check reads more of it. */
export async function runSuite(
  engine: Engine,
  request: GradeRequest,
  record: boolean,
  watch: GradeWatch,
): Promise<SuiteRun> {
  const { manifest } = request;
  const limits: RunLimits = { ...defaultRunLimits, ...manifest.limits };
  const began = { at: new Date(), ms: performance.now() };
  const ended = (judgement: Judgement, end?: PairEnd, said?: OracleReport): SuiteRun => ({
    report: {
      v: 1,
      ...scored(judgement, manifest),
      output: end && outputOf(end),
      engine: engine.name,
      tier: engine.tier,
      startedAt: (end?.startedAt ?? began.at).toISOString(),
      durationMs: Math.round(end?.durationMs ?? performance.now() - began.ms),
      peakMemoryBytes: end?.probe.peakMemoryBytes,
    },
    blame: judgement.blame,
    notebook: said?.notebook ?? null,
    profile: (record ? said?.profile : null) ?? null,
  });

  const suite = filesOfSuite(manifest, request.files);
  if ('missing' in suite) return ended(setUpFault(suite.missing, 'suite'));
  try {
    const first = await attempt(engine, request, record, suite, limits, watch);
    if (!first.isDoubtful) return ended(withExecuted(first, watch), first.end, first.said);
    const second = await attempt(engine, request, record, suite, limits, watch);
    const told = { ...second, judgement: withNote(second.judgement, afterDoubt(second.isDoubtful)) };
    return ended(withExecuted(told, watch), second.end, second.said);
  } catch (error) {
    watch.signal?.throwIfAborted();
    const cure = error instanceof EngineFault && error.cure !== undefined ? ` ${error.cure}` : '';
    return ended(setUpFault(`${error instanceof Error ? error.message : String(error)}${cure}`, 'host'));
  }
}

/** One pair of sandboxes, and what its end means. */
interface Attempt {
  judgement: Judgement;
  isDoubtful: boolean;
  end: PairEnd;
  said: OracleReport | undefined;
  executed: Uint8Array | undefined;
}

/** @throws EngineFault, or the signal's reason. */
async function attempt(
  engine: Engine,
  request: GradeRequest,
  record: boolean,
  suite: SuiteFiles,
  limits: RunLimits,
  watch: GradeWatch,
): Promise<Attempt> {
  const nonce = randomBytes(16).toString('hex');
  const listener = new OracleListener(nonce, (progress) => watch.onProgress?.(progress));
  const end = await runPair(
    engine,
    {
      oracleArgv: ['python3', '-I', '/harness/oracle.py'],
      probeArgv: ['python3', '-I', '/harness/probe.py'],
      limits,
      data: suite.data,
    },
    {
      ...firstFrames(engine, request, record, suite, limits, nonce),
      oracleStdoutBytes,
      wallMs: limits.wallMs + outerGraceMs,
      signal: watch.signal,
      onOracleStdout: (chunk) => listener.push(chunk),
    },
  );
  watch.signal?.throwIfAborted();
  const { report: said, executed } = listener;
  let judgement = judge(said, listener.fault, end, limits);
  const missing = said && (await missingPackages(engine, said, request, watch.signal));
  if (missing !== undefined && missing.length > 0) judgement = setUpFault(withoutPackages(missing), 'host');
  return { judgement, isDoubtful: isDoubtful(judgement, said, end), end, said, executed };
}

/** Hands the executed notebook on. One that is none is dropped, and staff are told. */
function withExecuted({ judgement, executed }: Attempt, watch: GradeWatch): Judgement {
  if (executed === undefined || watch.onExecuted === undefined || judgement.outcome === 'sandbox-error')
    return judgement;
  const checked = executedNotebook(executed);
  if ('bytes' in checked) {
    watch.onExecuted(checked.bytes);
    return judgement;
  }
  return withNote(judgement, `The executed notebook was not kept: ${plainText(checked.problem, 500)}.`);
}

const withNote = (judgement: Judgement, note: string): Judgement => ({
  ...judgement,
  staffReason: judgement.staffReason ? `${judgement.staffReason}\n${note}` : note,
});

const withoutPackages = (names: readonly string[]): string =>
  `The grading environment of this host lacks ${names.join(', ')}, which the assignment imports. ` +
  'Name it in the assignment’s requirements.txt and push again, or give this host the environment: npx nbpulse environment list';

function firstFrames(
  engine: Engine,
  request: GradeRequest,
  record: boolean,
  suite: SuiteFiles,
  limits: RunLimits,
  nonce: string,
): { oracleStdin: Buffer; probeStdin: Buffer } {
  const { module } = request.manifest;
  const { testMs, wallMs, outputBytes } = limits;
  const notebookB64 = Buffer.from(request.notebook).toString('base64');
  const common = { v: 1, module, filename: request.filename, notebookB64 };
  return {
    oracleStdin: encodeFrame({
      ...common,
      nonce,
      tests: suite.tests,
      limits: { testMs, wallMs, outputBytes },
      profile: request.profile,
      record,
      showHiddenMessages: request.manifest.showHiddenMessages,
    }),
    probeStdin: encodeFrame({
      ...common,
      data: '/job/data',
      limits,
      ...(engine.harnessLoadsFilter ? { seccompB64: seccompProgram().toString('base64') } : {}),
    }),
  };
}

function setUpFault(staffReason: string, blame: 'host' | 'suite'): Judgement {
  return {
    outcome: 'sandbox-error',
    reason: 'The grading system had a problem; it was not your code. Nothing is lost: it will be tried again.',
    staffReason: plainText(staffReason, 19_000),
    blame,
    tests: [],
  };
}

function scored(
  judgement: Judgement,
  manifest: AssignmentManifest,
): Pick<RunReport, 'outcome' | 'reason' | 'staffReason' | 'points' | 'maxPoints' | 'tests'> {
  const { outcome, reason, staffReason, tests } = judgement;
  const told = {
    outcome,
    reason: reason === undefined ? undefined : plainText(reason, 1_900),
    staffReason: staffReason === undefined ? undefined : plainText(staffReason, 19_000),
  };
  if (outcome === 'sandbox-error') return { ...told, points: 0, maxPoints: manifest.points, tests: [] };
  const score = scoreTests(tests, manifest.points);
  return {
    ...told,
    points: score.points,
    maxPoints: score.maxPoints,
    tests: score.tests.map((test) => testResultOf(test, manifest)),
  };
}

function testResultOf(
  test: OracleTest & { points: number; maxPoints: number },
  manifest: AssignmentManifest,
): TestResult {
  const mayTell = test.visible || manifest.showHiddenMessages;
  return {
    name: test.name,
    status: test.status,
    visible: test.visible,
    points: test.points,
    maxPoints: test.maxPoints,
    durationMs: test.durationMs,
    ...(mayTell && test.message ? { message: test.message } : {}),
    ...(mayTell && test.detail ? { detail: test.detail } : {}),
    ...(test.staffMessage ? { staffMessage: test.staffMessage } : {}),
    ...(test.spoofable ? { spoofable: true } : {}),
    ...(test.ownEquality ? { ownEquality: true } : {}),
  };
}

function outputOf(end: PairEnd): string {
  const { stdout, stderr, droppedBytes } = end.probe;
  const parts = [printedText(stdout), printedText(stderr)].filter((text) => text !== '');
  if (droppedBytes > 0) parts.push(`… (${droppedBytes} more bytes)`);
  return parts.join('\n');
}
