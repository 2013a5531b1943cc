/** The whole folder for whoever grades: as a table for spreadsheets, and as JSON with every word that is known. */
import { stringify } from 'csv-stringify/sync';
import type { RunReport, SuiteCheck } from '@nbpulse/schema/wire';
import { guarded } from '../../src/export/csv.js';
import { firstFailure, outcomeWords, pointsOf, type Row } from './rows.js';

/** A line for each submission, a column for each test with the points that it gave. */
export function resultsCsv(rows: readonly Row[], maxPoints: number): string {
  const tests = [
    ...new Set(rows.flatMap((row) => (row.kind === 'graded' ? row.report.tests.map(({ name }) => name) : []))),
  ];
  const header = [
    'submission',
    'points',
    'max_points',
    'outcome',
    'what_happened',
    'failed_first',
    'seconds',
    ...tests,
  ];
  const lines = rows.map((row) => {
    const report = row.kind === 'graded' ? row.report : null;
    const given = new Map(report?.tests.map(({ name, points }) => [name, points]));
    return [
      row.name,
      pointsOf(row),
      maxPoints,
      outcomeOf(row),
      outcomeWords(row),
      firstFailure(row),
      report === null ? null : Number((report.durationMs / 1000).toFixed(3)),
      ...tests.map((name) => given.get(name) ?? null),
    ];
  });
  return stringify([header, ...lines], { bom: true, record_delimiter: 'windows', cast: { string: guarded } });
}

export interface ClassResults {
  v: 1;
  /** ISO 8601. */
  created: string;
  tests: string;
  module: string;
  maxPoints: number;
  engine: string;
  /** False when it was stopped: then submissions are missing. */
  complete: boolean;
  /** What was found in tests and solution before. */
  check: SuiteCheck;
  submissions: {
    name: string;
    file: string;
    sha256: string | null;
    outcome: RunReport['outcome'] | 'unreadable';
    reason: string | null;
    /** Null: not graded, by our fault or the tests'. */
    points: number | null;
    maxPoints: number;
    report: RunReport | null;
  }[];
}

export function submissionResults(rows: readonly Row[], maxPoints: number): ClassResults['submissions'] {
  return rows.map((row) => ({
    name: row.name,
    file: row.file,
    sha256: row.kind === 'unreadable' ? null : row.sha256,
    outcome: outcomeOf(row),
    reason: row.kind === 'graded' ? (row.report.reason ?? null) : row.reason,
    points: pointsOf(row),
    maxPoints,
    report: row.kind === 'graded' ? row.report : null,
  }));
}

const outcomeOf = (row: Row): RunReport['outcome'] | 'unreadable' =>
  row.kind === 'graded' ? row.report.outcome : row.kind === 'unreadable' ? 'unreadable' : 'sandbox-error';
