/** What is written: which files, under which names, with what in them. */
import type { SuiteCheck } from '@nbpulse/schema/wire';
import { resultsCsv, submissionResults, type ClassResults } from './class-results.js';
import { gradescopeResults } from './gradescope.js';
import { junitXml } from './junit.js';
import type { Format } from './options.js';
import { pytestReport } from './pytest-report.js';
import type { Row } from './rows.js';
import type { Told } from './shown.js';

export interface Graded {
  rows: readonly Row[];
  told: Told;
  check: SuiteCheck;
  testsName: string;
  module: string;
  engine: string;
  maxPoints: number;
  isComplete: boolean;
}

/** Path below the folder of results → text. */
export function resultFiles(graded: Graded, formats: readonly Format[], now: Date): Map<string, string> {
  const { rows, told, maxPoints } = graded;
  const files = new Map<string, string>();
  const names = fileNames(rows);
  const forEach = (folder: string, content: (row: Exclude<Row, { kind: 'not-graded' }>) => unknown): void => {
    for (const row of rows) {
      if (row.kind !== 'not-graded') files.set(`${folder}/${names.get(row) ?? ''}.json`, json(content(row)));
    }
  };
  for (const format of formats) {
    switch (format) {
      case 'csv':
        files.set('results.csv', resultsCsv(rows, maxPoints));
        break;
      case 'json':
        files.set('results.json', json(classResults(graded, now)));
        break;
      case 'pytest':
        forEach('pytest', (row) => pytestReport(row, told, now));
        break;
      case 'gradescope':
        forEach('gradescope', (row) => gradescopeResults(row, told));
        break;
      case 'junit':
        files.set('junit.xml', junitXml(rows, told));
        break;
      default:
        format satisfies never;
    }
  }
  return files;
}

function classResults(graded: Graded, now: Date): ClassResults {
  return {
    v: 1,
    created: now.toISOString(),
    tests: graded.testsName,
    module: graded.module,
    maxPoints: graded.maxPoints,
    engine: graded.engine,
    complete: graded.isComplete,
    check: graded.check,
    submissions: submissionResults(graded.rows, graded.maxPoints),
  };
}

/** `anna` for `anna.ipynb`; with the ending where somebody handed in two. Characters that trouble a shell or a disk become `_`. */
function fileNames(rows: readonly Row[]): Map<Row, string> {
  const short = (row: Row): string => row.name.replace(/\.(ipynb|py)$/i, '');
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(short(row).toLowerCase(), (counts.get(short(row).toLowerCase()) ?? 0) + 1);
  const taken = new Set<string>();
  return new Map(
    rows.map((row) => {
      const isOnly = counts.get(short(row).toLowerCase()) === 1;
      const plain =
        (isOnly ? short(row) : row.name).replace(/[\p{Cc}\p{Cf}/\\:*?"<>|\uFFFD]/gu, '_').slice(0, 120) || '_';
      let name = plain;
      for (let number = 2; taken.has(name.toLowerCase()); number += 1) name = `${plain}-${String(number)}`;
      taken.add(name.toLowerCase());
      return [row, name];
    }),
  );
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
