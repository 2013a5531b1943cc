/** Grades a folder's submissions, some at a time. One that fails by our fault is tried again before it is given up. */
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { runSuite, type Engine, type SuiteRun } from '@nbpulse/sandbox';
import type { SuiteProfile } from '@nbpulse/schema/wire';
import type { Row } from './rows.js';
import { readSubmission, type Found } from './submissions.js';
import type { Suite } from './suite.js';

const attempts = 3;
/** When the tests load with none of the first submissions, the others would only say the same. */
const enoughToBlameTheSuite = 3;

export interface Grading {
  engine: Engine;
  suite: Suite;
  profile: SuiteProfile | null;
  folder: string;
  jobs: number;
  signal: AbortSignal;
  onRow: (row: Row, done: number) => void;
}

/**
 * @returns a row for each that came to an end, in the order of `submissions`: all, unless the signal or a suite that does not
 * load stopped it
 */
export async function gradeAll(grading: Grading, submissions: readonly Found[]): Promise<Row[]> {
  const rows: (Row | undefined)[] = submissions.map(() => undefined);
  let next = 0;
  let done = 0;
  let isSuiteBroken = false;
  const workOn = async (): Promise<void> => {
    while (next < submissions.length && !grading.signal.aborted && !isSuiteBroken) {
      const at = next++;
      const found = submissions[at];
      if (!found) return;
      const row = await gradeOne(grading, found);
      if (row === undefined) return;
      rows[at] = row;
      done += 1;
      grading.onRow(row, done);
      isSuiteBroken = blamesTheSuite(rows.filter((one) => one !== undefined));
    }
  };
  await Promise.all(Array.from({ length: grading.jobs }, workOn));
  return rows.filter((row) => row !== undefined);
}

function blamesTheSuite(rows: readonly Row[]): boolean {
  const blamed = rows.filter((row) => row.kind === 'not-graded' && row.blame === 'suite').length;
  return blamed >= enoughToBlameTheSuite && !rows.some((row) => row.kind === 'graded');
}

/** @returns undefined when the signal ended it */
async function gradeOne(grading: Grading, found: Found): Promise<Row | undefined> {
  const { engine, suite, profile, signal } = grading;
  const notebook = await readSubmission(grading.folder, found);
  if (typeof notebook === 'string') return { ...found, kind: 'unreadable', reason: notebook };
  const sha256 = createHash('sha256').update(notebook).digest('hex');
  const request = { ...suite, notebook, filename: filenameOf(found), profile };
  for (let attempt = 1; ; attempt += 1) {
    let run: SuiteRun;
    try {
      run = await runSuite(engine, request, false, { signal });
    } catch (error) {
      if (signal.aborted) return undefined;
      throw error;
    }
    const { report, blame } = run;
    // Ctrl-C also reaches the sandboxes themselves: what then looks like the host's fault is none.
    if (signal.aborted) return undefined;
    if (report.outcome !== 'sandbox-error') return { ...found, kind: 'graded', sha256, report };
    if (blame !== 'suite' && attempt < attempts) continue;
    const reason = (report.staffReason ?? report.reason ?? 'the sandbox did not say why').trim();
    return { ...found, kind: 'not-graded', sha256, reason, blame: blame ?? 'host' };
  }
}

/** The harness tells notebook from program by the name's end. */
const filenameOf = ({ file }: Found): string =>
  basename(file).replace(/\.(ipynb|py)$/i, (ending) => ending.toLowerCase());
