/**
 * One submission as Gradescope's `results.json`. A hidden test is hidden there too, until the author shows hidden tests;
 * what the code printed stays with staff.
 * https://gradescope-autograders.readthedocs.io/en/latest/specs/#output-format
 */
import type { Row } from './rows.js';
import { messageFor, type Told } from './shown.js';

export interface GradescopeResults {
  score: number;
  /** Seconds. */
  execution_time: number;
  output: string;
  visibility: 'visible';
  stdout_visibility: 'hidden';
  tests: {
    score: number;
    max_score: number;
    status: 'passed' | 'failed';
    name: string;
    number: string;
    output: string;
    output_format: 'text';
    tags: string[];
    visibility: 'visible' | 'hidden';
  }[];
  leaderboard: { name: string; value: number | string; order?: 'asc' | 'desc' }[];
}

export function gradescopeResults(row: Exclude<Row, { kind: 'not-graded' }>, told: Told): GradescopeResults {
  const always = { visibility: 'visible', stdout_visibility: 'hidden', leaderboard: [] } as const;
  const kept = { ...always, leaderboard: [...always.leaderboard] };
  if (row.kind === 'unreadable') {
    return { score: 0, execution_time: 0, output: `${row.name} ${row.reason}.`, ...kept, tests: [] };
  }
  const { report } = row;
  return {
    score: report.points,
    execution_time: report.durationMs / 1000,
    output: report.reason ?? '',
    ...kept,
    tests: report.tests.map((test, index) => ({
      score: test.points,
      max_score: test.maxPoints,
      status: test.status === 'passed' ? 'passed' : 'failed',
      name: test.name,
      number: String(index + 1),
      output: messageFor('student', test, told),
      output_format: 'text',
      tags: test.spoofable === true ? ['shared-process'] : [],
      visibility: test.visible || told.showHidden ? 'visible' : 'hidden',
    })),
  };
}
