/**
 * From what happened to an outcome. The rule above all others: a verdict on the student's code needs the oracle's word.
 * Without a trustworthy report – the suite did not load, the canary passed, the oracle died or said nothing – it is our
 * failure (`sandbox-error`), which retries and never scores. So is a run whose sandbox somebody on this host killed.
 *
 * With a report, the first that fits: a suite without tests or a broken canary → `sandbox-error`; everything passed and no
 * cell was stopped → `completed`; memory used up → `out-of-memory`; disk or processes used up → `failed`; a test or the notebook stopped by its time → `timed-out`; the notebook or
 * one of its cells failed → `failed`; else `completed`, whatever the points. Points come from the tests alone.
 */
import { MiB, second, type Outcome, type RunLimits } from '@nbpulse/schema/wire';
import type { OracleReport, OracleTest } from './oracle-report.js';
import type { PairEnd } from './run-pair.js';

export interface Judgement {
  outcome: Outcome;
  /** For the student. */
  reason?: string;
  staffReason?: string;
  /** Of a `sandbox-error`: whether it is this host's, or the suite of tests', which the author mends. */
  blame?: 'host' | 'suite';
  /** Tests that count; empty for `sandbox-error`. */
  tests: readonly OracleTest[];
}

export function judge(
  report: OracleReport | undefined,
  fault: string | undefined,
  end: Pick<PairEnd, 'cause' | 'oracle' | 'probe'>,
  limits: RunLimits,
): Judgement {
  if (!report) {
    const blame = end.oracle.outOfMemory ? 'suite' : 'host';
    return ourFault(`The oracle gave no report: ${whyNoReport(fault, end, limits)}.`, end, blame);
  }
  // What died with it looks like the student's own failure, and is not.
  if (end.probe.killedFromOutside) {
    const why = end.probe.hostOutOfMemory ? ': the host’s memory was used up, not the run’s own' : '';
    return ourFault(`The sandbox of the student’s code was killed on this host${why}.`, end, 'host');
  }
  if (report.suiteError) return ourFault(`The test suite did not load: ${report.suiteError}`, end, 'suite');
  if (report.canary === 'broken') {
    return ourFault(
      'A test that must fail has passed: this run’s results cannot be trusted and are void.',
      end,
      'host',
    );
  }
  if (report.tests.length === 0) return ourFault('The test suite holds no test.', end, 'suite');
  if (!report.tests.some((test) => test.weight > 0)) {
    return ourFault('No test of the suite has a weight above 0, so there are no points to give.', end, 'suite');
  }

  const judged = { tests: withUniqueNames(report.tests), staffReason: staffNotes(report, end) };
  const late = report.tests.filter((test) => test.status === 'timed-out');
  const allPassed = report.notebook.ok && report.tests.every((test) => test.status === 'passed');
  if (allPassed && !hasStoppedCell(report)) return { outcome: 'completed', ...judged };
  if (end.probe.outOfMemory) {
    return { outcome: 'out-of-memory', reason: `used more than ${memoryWords(limits.memoryBytes)}`, ...judged };
  }
  if (end.probe.flooded) {
    const reason = `printed more than ${memoryWords(64 * limits.outputBytes)} and was stopped`;
    return { outcome: 'failed', reason, ...judged };
  }
  const usedUp = whatRanOut(report, limits);
  if (usedUp !== undefined) return { outcome: 'failed', reason: usedUp, ...judged };
  if (late[0]) {
    const others = late.length === 1 ? '' : ` and ${late.length - 1} more ${late.length === 2 ? 'test' : 'tests'}`;
    const reason = `stopped after ${timeWords(limits.testMs)} in ${late[0].name}${others}`;
    return { outcome: 'timed-out', reason, ...judged };
  }
  if (!report.notebook.ok || report.notebook.reason) {
    const reason = report.notebook.reason ?? 'the notebook did not run to its end';
    const isLate = /did not finish within|stopped after|time was used up/.test(reason);
    return { outcome: isLate ? 'timed-out' : 'failed', reason, ...judged };
  }
  return { outcome: 'completed', ...judged };
}

/**
 * Whether points may have been lost because somebody on this host ended the student's program, which can't be told from its own
 * doing: then one more run, in new sandboxes, decides.
 */
export function isDoubtful(
  judgement: Judgement,
  report: OracleReport | undefined,
  end: Pick<PairEnd, 'probe'>,
): boolean {
  if (!end.probe.perhapsFromOutside || !report || judgement.outcome === 'sandbox-error') return false;
  return !report.notebook.ok || report.tests.some((test) => test.status !== 'passed');
}

/** What staff read beside the result of that second run. */
export const afterDoubt = (isDoubtfulAgain: boolean): string =>
  isDoubtfulAgain
    ? 'SIGKILL ended the student’s program in this run, and in another one before it: so it is taken for the program’s own doing.'
    : 'SIGKILL ended the student’s program in a first run; who sent it can’t be told. This is the result of a second run.';

function ourFault(staffReason: string, end: Pick<PairEnd, 'oracle'>, blame: 'host' | 'suite'): Judgement {
  const said = tail(end.oracle.stderr);
  return {
    outcome: 'sandbox-error',
    reason: 'The grading system had a problem; it was not your code. Nothing is lost: it will be tried again.',
    staffReason: said === '' ? staffReason : `${staffReason}\nThe oracle printed:\n${said}`,
    blame,
    tests: [],
  };
}

/** A cell that ran too long costs itself only: points come from what the others defined. That it was stopped is told. */
function hasStoppedCell(report: OracleReport): boolean {
  return /^[^:]+: was stopped after/m.test(report.notebook.reason ?? '');
}

function whyNoReport(
  fault: string | undefined,
  end: Pick<PairEnd, 'cause' | 'oracle' | 'probe'>,
  limits: RunLimits,
): string {
  if (fault !== undefined) return fault;
  switch (end.cause) {
    case 'wall-clock':
      return `it was still running well after the run’s ${timeWords(limits.wallMs)}; is the host overloaded?`;
    case 'oracle-output':
      return 'it printed without end';
    case 'aborted':
      return 'the run was cancelled';
    case 'finished':
      if (end.oracle.outOfMemory) return `the oracle used more than ${memoryWords(limits.memoryBytes)}`;
      return `it ended with exit code ${end.oracle.exitCode}`;
    default: {
      const never: never = end.cause;
      return never;
    }
  }
}

const ranOut = [
  { says: /\[Errno 28\]/, words: (limits: RunLimits) => `used more than ${memoryWords(limits.tmpBytes)} of disk` },
  {
    says: /can't start new thread|BlockingIOError: \[Errno 11\]/,
    words: (limits: RunLimits) => `started more than ${limits.pids} processes and threads`,
  },
];

/** The walls that a program meets as an exception of its own, in words. These are for reading; no point depends on them. */
function whatRanOut(report: OracleReport, limits: RunLimits): string | undefined {
  for (const { says, words } of ranOut) {
    const { ok, reason, staffReason } = report.notebook;
    if (!ok && says.test(`${reason ?? ''}\n${staffReason ?? ''}`)) return words(limits);
    const test = report.tests.find(
      ({ status, message, staffMessage }) =>
        status !== 'passed' && says.test(`${message ?? ''}\n${staffMessage ?? ''}`),
    );
    if (test) return `${words(limits)} in ${test.name}`;
  }
  return undefined;
}

/** Two files may each have a `test_basic`: the second becomes `test_basic (2)`. */
function withUniqueNames(tests: readonly OracleTest[]): OracleTest[] {
  const seen = new Map<string, number>();
  return tests.map((test) => {
    const count = (seen.get(test.name) ?? 0) + 1;
    seen.set(test.name, count);
    return count === 1 ? test : { ...test, name: `${test.name.slice(0, 290)} (${count})` };
  });
}

function staffNotes(report: OracleReport, end: Pick<PairEnd, 'probe'>): string | undefined {
  const notes: string[] = [];
  if (report.notebook.staffReason) notes.push(report.notebook.staffReason);
  const skipped = report.tests.filter((test) => test.status === 'skipped' && test.weight > 0);
  if (skipped.length > 0) notes.push(`Skipped, so without points: ${skipped.map((test) => test.name).join(', ')}.`);
  if (end.probe.droppedBytes > 0) notes.push(`The student’s output was cut; ${end.probe.droppedBytes} more bytes.`);
  return notes.length > 0 ? notes.join('\n').slice(0, 19_000) : undefined;
}

/** The end of a traceback says most. */
function tail(bytes: Buffer): string {
  return bytes.subarray(-8_000).toString('utf8').trim();
}

/** @example memoryWords(512 * MiB) // '512 MB' */
export function memoryWords(bytes: number): string {
  const megabytes = bytes / MiB;
  return megabytes >= 10 ? `${Math.round(megabytes)} MB` : `${Number(megabytes.toPrecision(2))} MB`;
}

/** @example timeWords(1500) // '1.5 s' */
export function timeWords(ms: number): string {
  return `${Number((ms / second).toPrecision(3))} s`;
}
