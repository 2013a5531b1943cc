/**
 * An author's notebook, run once for what it sends: the solution's answers, or the template's own.
 *
 * The same walls as for a submission. In the probe's place runs the notebook, with the kernel package's own encoders; in the
 * oracle's place a scribe that writes down what comes over the seam, keeps the last `send` of each question, and has the clock.
 */
import { randomBytes } from 'node:crypto';
import { defaultRunLimits, notebookRunLimits, type NotebookReport, type RunLimits } from '@nbpulse/schema/wire';
import { EngineFault, type DataFile, type Engine } from './engine.js';
import { encodeFrame } from './frames.js';
import { memoryWords, timeWords } from './judge.js';
import { plainText } from './plain-text.js';
import { outerGraceMs } from './run.js';
import { runPair, type PairEnd } from './run-pair.js';
import { ScribeListener, scribeStdoutBytes } from './scribe-report.js';
import { seccompProgram } from './seccomp.js';

export interface RecordRequest {
  /** The exact bytes of an `.ipynb`, or of a `.py`. */
  notebook: Uint8Array;
  filename: string;
  /** Read-only files that stand beside the notebook. */
  data?: readonly DataFile[];
  limits?: Partial<RunLimits>;
}

/**
 * Runs all code cells in order; one that raises does not stop the later ones. The host's failures are a report as well
 * (`sandbox-error`), so that the queue can retry them.
 * @throws the signal's reason when aborted; nothing else.
 * @example const report = await recordSends(engine, {notebook, filename: 'solution.ipynb'});
 */
export async function recordSends(
  engine: Engine,
  request: RecordRequest,
  watch: { signal?: AbortSignal } = {},
): Promise<NotebookReport> {
  const limits: RunLimits = { ...defaultRunLimits, wallMs: notebookRunLimits.wallMs, ...request.limits };
  const began = { at: new Date(), ms: performance.now() };
  const frame = (ending: Ending, end?: PairEnd): NotebookReport => ({
    v: 1,
    ...ending,
    reason: ending.reason === undefined ? undefined : plainText(ending.reason, 1_900),
    engine: engine.name,
    tier: engine.tier,
    startedAt: (end?.startedAt ?? began.at).toISOString(),
    durationMs: Math.round(end?.durationMs ?? performance.now() - began.ms),
  });
  const nonce = randomBytes(16).toString('hex');
  const listener = new ScribeListener(nonce);
  let end: PairEnd;
  try {
    end = await runPair(
      engine,
      {
        oracleArgv: ['python3', '-I', '/harness/scribe.py'],
        probeArgv: ['python3', '-I', '/harness/recording.py'],
        limits,
        data: request.data ?? [],
      },
      {
        oracleStdin: encodeFrame({
          nonce,
          limits,
          mostQuestions: notebookRunLimits.questions,
          mostBytes: notebookRunLimits.valuesBytes,
        }),
        probeStdin: encodeFrame({
          v: 1,
          module: 'notebook',
          filename: request.filename,
          notebookB64: Buffer.from(request.notebook).toString('base64'),
          data: '/job/data',
          limits,
          ...(engine.harnessLoadsFilter ? { seccompB64: seccompProgram().toString('base64') } : {}),
        }),
        oracleStdoutBytes: scribeStdoutBytes,
        wallMs: limits.wallMs + outerGraceMs,
        signal: watch.signal,
        onOracleStdout: (chunk) => listener.push(chunk),
      },
    );
  } catch (error) {
    watch.signal?.throwIfAborted();
    const cure = error instanceof EngineFault && error.cure !== undefined ? ` ${error.cure}` : '';
    return frame(ourFault(`${error instanceof Error ? error.message : String(error)}${cure}`));
  }
  watch.signal?.throwIfAborted();
  return frame(endingOf(listener, end, limits), end);
}

type Ending = Pick<NotebookReport, 'outcome' | 'reason' | 'sent' | 'leftOut' | 'failed'>;
const nothing = { sent: [], leftOut: 0, failed: [] };
const ourFault = (reason: string): Ending => ({ outcome: 'sandbox-error', reason, ...nothing });
const itsFault = (reason: string): Ending => ({ outcome: 'failed', reason, ...nothing });

function endingOf(listener: ScribeListener, end: PairEnd, limits: RunLimits): Ending {
  const { report } = listener;
  if (!report) {
    const said = end.oracle.stderr.subarray(-2_000).toString('utf8').trim();
    return ourFault(
      `The scribe gave no report: ${listener.fault ?? end.cause}, exit code ${end.oracle.exitCode}. ${said}`,
    );
  }
  if (end.probe.killedFromOutside) return ourFault('The sandbox of the notebook was killed on this host.');
  const where = report.cell === null ? 'before its first cell' : `in ${report.cell}`;
  if (end.probe.outOfMemory && report.end === null) {
    return itsFault(`It used more than ${memoryWords(limits.memoryBytes)} of memory ${where}.`);
  }
  if (end.probe.flooded) return itsFault(`It printed more than ${memoryWords(64 * limits.outputBytes)} ${where}.`);
  if (report.broken !== null) {
    return itsFault(`Its process sent something that is no record ${where} (${report.broken}).`);
  }
  if (report.late) return itsFault(`It was still running after ${timeWords(limits.wallMs)} ${where}.`);
  if (report.end === null) {
    // A process that ended before it could begin is the host's affair.
    if (report.cell === null && end.probe.exitCode === 2) {
      return ourFault(`The notebook's process did not start: ${end.probe.stderr.subarray(-2_000).toString('utf8')}`);
    }
    return itsFault(`Its process ended ${where}: a cell ended Python itself, or crashed it.`);
  }
  if (report.end.unreadable !== undefined) return itsFault(report.end.unreadable);
  if (report.end.fault !== undefined) return ourFault(report.end.fault);
  return {
    outcome: 'completed',
    sent: [...listener.sent],
    leftOut: report.leftOut,
    failed: [...report.lost, ...report.end.failed].slice(0, 50),
  };
}
