/** What became of each submission. */
import type { RunReport, TestResult } from '@nbpulse/schema/wire';
import type { Found } from './submissions.js';

/**
 * `graded`: a verdict, whatever the points. `unreadable`: nothing that could be graded was handed in; no points, and a person should
 * look. `not-graded`: our part failed, or the tests did not load with it; it has no points, not even zero.
 */
export type Row = Found &
  (
    | { kind: 'graded'; sha256: string; report: RunReport }
    | { kind: 'unreadable'; reason: string }
    | { kind: 'not-graded'; sha256: string; reason: string; blame: 'host' | 'suite' }
  );

/** @returns null where there is nothing to give points for */
export function pointsOf(row: Row): number | null {
  return row.kind === 'graded' ? row.report.points : row.kind === 'unreadable' ? 0 : null;
}

/** In words, for a table: what happened, and how far it came. */
export function outcomeWords(row: Row): string {
  if (row.kind === 'unreadable') return row.reason;
  if (row.kind === 'not-graded') return `not graded: ${row.reason}`;
  const { report } = row;
  if (report.reason !== undefined && report.outcome !== 'completed') return oneLine(report.reason);
  const counted = report.tests.filter((test) => test.maxPoints > 0 || test.status !== 'skipped');
  const passed = counted.filter((test) => test.status === 'passed').length;
  if (passed === counted.length) return counted.length === 1 ? 'its test passed' : `all ${counted.length} tests passed`;
  return passed === 0 ? `none of ${counted.length} tests passed` : `${passed} of ${counted.length} tests passed`;
}

/** The first test that did not pass, with the shortest reason there is. Empty when all did. */
export function firstFailure(row: Row): string {
  if (row.kind !== 'graded') return '';
  const failed = row.report.tests.find((test) => test.status !== 'passed' && test.status !== 'skipped');
  if (!failed) return '';
  const why = whyFailed(failed);
  return why === '' ? failed.name : `${failed.name}: ${why}`;
}

function whyFailed(test: TestResult): string {
  if (test.status === 'timed-out') return 'did not end in time';
  if (test.status === 'not-run') return 'was not run';
  const { calls, expected, got } = test.detail ?? { calls: [] };
  const last = calls.at(-1);
  if (last?.raised !== undefined) return oneLine(`${last.call} raised ${last.raised}`);
  if (expected !== undefined && got !== undefined) return oneLine(`expected ${expected}, got ${got}`);
  const lines = (test.staffMessage ?? test.message ?? '').split('\n');
  const marked = lines.find((line) => /^E\s/.test(line)) ?? lines.find((line) => line.trim() !== '') ?? '';
  const said = oneLine(marked.replace(/^E\s+/, ''));
  // A bare `assert` says less than the call before it.
  return said.startsWith('assert ') && last?.gave !== undefined ? oneLine(`${last.call} gave ${last.gave}`) : said;
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();
