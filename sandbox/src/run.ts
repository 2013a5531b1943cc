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
  type TestResult,
} from '@nbpulse/schema/wire';
import { EngineFault, type Engine } from './engine.js';
import { encodeFrame } from './frames.js';
import { judge, type Judgement } from './judge.js';
import { OracleListener, oracleStdoutBytes, type OracleTest } from './oracle-report.js';
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
}

export interface GradeWatch {
  /** Ends the run at once; `gradeNotebook` then rejects with the signal's reason. */
  signal?: AbortSignal;
  onProgress?: (progress: RunProgress) => void;
}

/**
 * The oracle stops tests and notebook at `wallMs` by itself and reports what it has. The outer clock only catches an
 * oracle that hangs, so it leaves time for starting and reporting on a busy host.
 */
const outerGraceMs = 10 * second;

/**
 * Grades one submission. The host's failures are a report as well (`sandbox-error`), so that the queue can retry them.
 * @throws the signal's reason when aborted; nothing else.
 * @example const report = await gradeNotebook(engine, {notebook, filename: 'lab.ipynb', manifest, files});
 */
export async function gradeNotebook(engine: Engine, request: GradeRequest, watch: GradeWatch = {}): Promise<RunReport> {
  const { manifest } = request;
  const limits: RunLimits = { ...defaultRunLimits, ...manifest.limits };
  const began = { at: new Date(), ms: performance.now() };
  const frame = (judgement: Judgement, end?: PairEnd): RunReport => ({
    v: 1,
    ...scored(judgement, manifest),
    output: end && outputOf(end),
    engine: engine.name,
    tier: engine.tier,
    startedAt: (end?.startedAt ?? began.at).toISOString(),
    durationMs: Math.round(end?.durationMs ?? performance.now() - began.ms),
    peakMemoryBytes: end?.probe.peakMemoryBytes,
  });

  const suite = filesOfSuite(manifest, request.files);
  if ('missing' in suite) return frame(hostFault(suite.missing));
  const nonce = randomBytes(16).toString('hex');
  const listener = new OracleListener(nonce, (progress) => watch.onProgress?.(progress));
  let end: PairEnd;
  try {
    end = await runPair(
      engine,
      {
        oracleArgv: ['python3', '-I', '/harness/oracle.py'],
        probeArgv: ['python3', '-I', '/harness/probe.py'],
        limits,
        data: suite.data,
      },
      {
        ...firstFrames(engine, request, suite, limits, nonce),
        oracleStdoutBytes,
        wallMs: limits.wallMs + outerGraceMs,
        signal: watch.signal,
        onOracleStdout: (chunk) => listener.push(chunk),
      },
    );
  } catch (error) {
    watch.signal?.throwIfAborted();
    const cure = error instanceof EngineFault && error.cure !== undefined ? ` ${error.cure}` : '';
    return frame(hostFault(`${error instanceof Error ? error.message : String(error)}${cure}`));
  }
  watch.signal?.throwIfAborted();
  return frame(judge(listener.report, listener.fault, end, limits), end);
}

function firstFrames(
  engine: Engine,
  request: GradeRequest,
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
      profile: null,
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

function hostFault(staffReason: string): Judgement {
  return {
    outcome: 'sandbox-error',
    reason: 'The grading system had a problem; it was not your code. Nothing is lost: it will be tried again.',
    staffReason: plainText(staffReason, 19_000),
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
    ...(test.staffMessage ? { staffMessage: test.staffMessage } : {}),
    ...(test.spoofable ? { spoofable: true } : {}),
  };
}

function outputOf(end: PairEnd): string {
  const { stdout, stderr, droppedBytes } = end.probe;
  const parts = [printedText(stdout), printedText(stderr)].filter((text) => text !== '');
  if (droppedBytes > 0) parts.push(`… (${droppedBytes} more bytes)`);
  return parts.join('\n');
}
