/** The whole folder as one JUnit XML, for build servers: a suite for each submission. It has what staff may read. */
import { nodeidOf, messageFor, type Told } from './shown.js';
import type { Row } from './rows.js';
import { element, type Xml } from './xml.js';

interface Counted {
  tests: number;
  failures: number;
  errors: number;
  skipped: number;
  seconds: number;
}

export function junitXml(rows: readonly Row[], told: Told): string {
  const suites = rows.map((row) => suiteOf(row, told));
  const sum = (key: keyof Counted): number => suites.reduce((total, { counted }) => total + counted[key], 0);
  const attributes = {
    name: 'nbpulse grade',
    tests: sum('tests'),
    failures: sum('failures'),
    errors: sum('errors'),
    skipped: sum('skipped'),
    time: seconds(sum('seconds')),
  };
  const lines = suites.flatMap(({ suite }) => ['\n', suite]);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', attributes, [...lines, '\n']).xml}\n`;
}

function suiteOf(row: Row, told: Told): { suite: Xml; counted: Counted } {
  const cases = row.kind === 'graded' ? testsOf(row, told) : [wholeOf(row)];
  const count = (kind: Kind): number => cases.filter((one) => one.kind === kind).length;
  const counted: Counted = {
    tests: cases.length,
    failures: count('failure'),
    errors: count('error'),
    skipped: count('skipped'),
    seconds: row.kind === 'graded' ? row.report.durationMs / 1000 : 0,
  };
  const { seconds: took, ...counts } = counted;
  const attributes = {
    name: row.name,
    ...counts,
    time: seconds(took),
    ...(row.kind === 'graded' ? { timestamp: row.report.startedAt.replace(/\.\d+Z$/, '') } : {}),
  };
  return { suite: element('testsuite', attributes, [...cases.flatMap(({ xml }) => ['\n', xml]), '\n']), counted };
}

type Kind = 'passed' | 'failure' | 'error' | 'skipped';
interface Case {
  kind: Kind;
  xml: Xml;
}

function testsOf(row: Row & { kind: 'graded' }, told: Told): Case[] {
  return row.report.tests.map((test) => {
    const kind: Kind =
      test.status === 'passed' || test.status === 'skipped'
        ? test.status
        : test.status === 'failed' || test.status === 'timed-out'
          ? 'failure'
          : 'error';
    const message = messageFor('staff', test, told);
    const first = message.split('\n', 1)[0] ?? '';
    const inner = kind === 'passed' ? [] : [element(kind, { message: first, type: test.status }, [message])];
    const attributes = { classname: row.name, name: nodeidOf(test, told), time: seconds(test.durationMs / 1000) };
    return { kind, xml: element('testcase', attributes, inner) };
  });
}

/** A submission that did not come to its tests: one case that stands for it. */
function wholeOf(row: Exclude<Row, { kind: 'graded' }>): Case {
  const inner = element('error', { message: row.reason.split('\n', 1)[0] ?? '', type: row.kind }, [row.reason]);
  return { kind: 'error', xml: element('testcase', { classname: row.name, name: row.name, time: '0.000' }, [inner]) };
}

const seconds = (value: number): string => value.toFixed(3);
