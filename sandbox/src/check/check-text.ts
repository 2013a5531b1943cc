/** What a check found, for a terminal: how the author's notebooks did, what to mend, what a student's class may do. */
import { profileWords, type Finding, type SuiteCheck } from '@nbpulse/schema/wire';
import { timeWords } from '../judge.js';

/** @example checkText(check, 'Primes and rivers').split('\n') */
export function checkText(check: SuiteCheck, title: string): string {
  return [
    title,
    ...notebookLines(check),
    ...check.findings.flatMap(findingLines),
    ...profileLines(check),
    '',
    lastLine(check),
  ].join('\n');
}

function notebookLines({ solution, template, solutionRuns, trial }: SuiteCheck): string[] {
  const rows = [
    ...(solution ? [{ name: 'solution', ...solution, note: `${solutionRuns} runs` }] : []),
    ...(template ? [{ name: 'template', ...template, note: '' }] : []),
  ];
  const score = (row: { points: number; maxPoints: number }): string => `${row.points} of ${row.maxPoints} points`;
  const width = Math.max(0, ...rows.map((row) => score(row).length));
  const lines = rows.map((row) =>
    `  ${row.name}  ${score(row).padStart(width)}  ${timeWords(row.durationMs).padStart(7)}  ${row.outcome === 'completed' ? '' : row.outcome}  ${row.note}`.trimEnd(),
  );
  if (trial) {
    lines.push(
      `  Students may run ${trial.tests.length} visible ${count(trial.tests.length, 'test')} before they hand in.`,
    );
  }
  return lines.length > 0 ? ['', ...lines] : [];
}

function findingLines({ level, kind, test, message, cure }: Finding): string[] {
  const mark = level === 'error' ? '✗' : '!';
  return ['', `  ${mark} ${kind}${test === null ? '' : `  ${test}`}`, `    ${message}`, `    → ${cure}`];
}

function profileLines({ profile }: SuiteCheck): string[] {
  if (!profile) return [];
  const files = profileWords(profile);
  const head = ['', `What a student’s class may do (${profile.tests.length} ${count(profile.tests.length, 'test')})`];
  if (files.length === 0) return [...head, '  Be called, like any code. The solution needed nothing else.'];
  return [...head, ...files.flatMap(({ file, lines }) => [`  ${file}`, ...lines.map((line) => `    ${line}`)])];
}

function lastLine({ findings }: SuiteCheck): string {
  const errors = findings.filter(({ level }) => level === 'error').length;
  const warnings = findings.length - errors;
  const toKnow = warnings === 0 ? '' : ` ${warnings} ${count(warnings, 'thing')} to know about.`;
  return errors === 0
    ? `Ready to grade.${toKnow}`
    : `${errors} ${count(errors, 'thing')} to mend before anybody is graded by it.${toKnow}`;
}

const count = (number: number, word: string): string => (number === 1 ? word : `${word}s`);
