/** What a check can find, in the author's words: what is wrong in a sentence, and what to do about it. */
import type { Finding, FindingKind } from '@nbpulse/schema/wire';
import { plainText } from '../plain-text.js';
import type { Cause } from './causes.js';
import type { AssignmentReading } from './reading.js';

const made = (
  level: Finding['level'],
  kind: FindingKind,
  test: string | null,
  message: string,
  cure: string,
): Finding => ({
  kind,
  level,
  test: test === null ? null : plainText(test, 400),
  message: plainText(message, 2_000),
  cure: plainText(cure, 1_000),
});
const error = made.bind(null, 'error');
const warning = made.bind(null, 'warning');

/** Where it was found: `The solution`, `tests/test_a.py`, `The test`. */
export function ofCause(cause: Cause, where: string, test: string | null): Finding {
  switch (cause.kind) {
    case 'missing-package':
      return missingPackage(cause.name, where, test);
    case 'missing-file':
      return error(
        'missing-file',
        test,
        `${where} reads ${cause.path}, and there is no such file in the sandbox.`,
        'Put the file into the assignment’s folder and name it under data: in assignment.yaml. It then stands beside every submission, read-only.',
      );
    case 'needs-network':
      return error(
        'needs-network',
        test,
        `${where} wants the network, and a sandbox has none, ever.`,
        'Download what is needed once, put it into the assignment’s folder, and name it under data: in assignment.yaml. A test may replace the call: monkeypatch.setattr.',
      );
    case 'cannot-cross':
      return error(
        'cannot-cross',
        test,
        `A value cannot go between the test and the submission: ${cause.said}.`,
        'Tests and submission are two processes. Let the submission give plain data (numbers, texts, lists, dicts, arrays, tables), or ask the object for an attribute or a method.',
      );
    default:
      return cause satisfies never;
  }
}

export const missingPackage = (name: string, where: string, test: string | null = null): Finding =>
  error(
    'missing-package',
    test,
    `${where} imports ${name}, which the grading environment lacks.`,
    `Write ${name} into requirements.txt in the assignment’s folder (with a version): the assignment then gets an environment of its own. Spelled wrongly? Then mend the import.`,
  );

export const noEnvironment = (message: string, cure: string): Finding => error('missing-package', null, message, cure);

export const missingFromPush = (words: string): Finding =>
  error('missing-file', null, words, 'Put it there, or take its name out of assignment.yaml.');

export const suiteError = (words: string): Finding =>
  error(
    'suite-error',
    null,
    `The tests cannot be run: ${words}`,
    'Run them once with pytest beside your solution, and mend what it says.',
  );

export const brokenFile = ({ file, line, why }: AssignmentReading['broken'][number]): Finding =>
  error(
    'suite-error',
    null,
    `${file}${line === null ? '' : `, line ${line}`}: this is no Python (${why}).`,
    'Mend the line, or leave the file out under tests: in assignment.yaml.',
  );

export const losesPoints = (test: string | null, why: string, isProfile: boolean): Finding =>
  error(
    'solution-loses-points',
    test,
    test === null
      ? `The solution’s notebook does not run to its end: ${why}`
      : `The solution does not pass it: ${why || 'it says nothing about why'}`,
    isProfile
      ? 'It passed when every operator of the solution was asked, and fails with the rights that this showed to be needed. Compare attributes or plain data instead of the object itself.'
      : 'Mend the solution or the test. A student with the same code would lose the same points.',
  );

export const varies = (test: string, statuses: readonly string[]): Finding =>
  error(
    'varies',
    test,
    `The author’s own solution does not always pass it (${statuses.join(', ')}).`,
    'Seed what is random, wait for nothing that depends on the machine’s speed, and take no order from a set.',
  );

export const templateGetsPoints = (test: string, points: number): Finding =>
  error(
    'template-gets-points',
    test,
    `The bare template passes it: ${points} points for nothing.`,
    'Ask for something that only a solution gives, set its points to 0 with @pytest.mark.points(0), or let the template fail.',
  );

export const noSolution = (): Finding =>
  warning(
    'no-solution',
    null,
    'There is no solution: nobody knows whether the tests can be passed, and objects of a student’s own classes are never asked about plain data.',
    'Name one in assignment.yaml: solution: solution.ipynb. It stays with staff.',
  );

export const ownEquality = (test: string): Finding =>
  warning(
    'own-equality',
    test,
    'It is decided by the == of the submission’s own class: student against student.',
    'Compare attributes, or what a method gives, so that the test’s own == decides.',
  );

export const spoofable = (test: string): Finding =>
  warning(
    'spoofable',
    test,
    'Test and submission share a process here, so a result can be forged; it is marked wherever its points show.',
    'Leave shared out when the test passes without it.',
  );

const readings: Record<AssignmentReading['findings'][number]['kind'], [message: string, cure: string]> = {
  'starts-a-process': [
    'runs a program or the submission’s file, which is not on the disk of the tests, and never will be',
    'Import what is to be tested from the submission’s module and call it.',
  ],
  pickles: [
    'pickles. An object of a submission cannot be pickled in the tests’ process: loading it would run the student’s code there',
    'Compare attributes; or let the submission have a function that saves and loads.',
  ],
  'exact-types': [
    'compares an exact type of Python’s own. A submission’s function is a stand-in here',
    'Use isinstance, callable or inspect.isgeneratorfunction.',
  ],
  'overlapping-threads': [
    'starts threads or tasks together. Calls of a submission run one after another here',
    'Test what they give, not that they overlap.',
  ],
  'random-on-both-sides': [
    'seeds, and then both the tests and the solution draw. Each side has a generator of its own, so their order comes apart',
    'Let only the submission draw after the seed, or give it the numbers as an argument.',
  ],
};

export function ofReading({ kind, test, file, line, what }: AssignmentReading['findings'][number]): Finding {
  const [message, cure] = readings[kind];
  const place = `${file}${line === null ? '' : `, line ${line}`}`;
  return warning(kind, test, `${place} (${what}) ${message}.`, cure);
}

export const asWarning = (found: Finding): Finding => ({ ...found, level: 'warning' });

export const noTrials = (why: string): Finding =>
  warning(
    'no-trials',
    null,
    `Students cannot run the visible tests before they hand in: ${why}.`,
    'Give visible tests a file of their own, with the helpers and data that they need; then nothing has to be cut. Grading is not touched by this.',
  );
