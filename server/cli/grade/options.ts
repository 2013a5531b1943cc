/** The options of `nbpulse grade DIR --tests FILE`, read once. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { courseRunLimits, defaultRunLimits, second, slug, type RunLimits } from '@nbpulse/schema/wire';
import { CliProblem } from '../problem.js';

export const formats = ['csv', 'json', 'pytest', 'gradescope', 'junit'] as const;
export type Format = (typeof formats)[number];

export interface GradeOptions {
  /** The folder of submissions; absolute, as all paths here. */
  folder: string;
  /** A file of tests, or a folder of them. */
  tests: string;
  solution?: string;
  /** Files and folders that stand beside each submission when it runs. */
  data: string[];
  /** Where results go; when nobody said, a place is looked for. */
  out?: string;
  formats: Format[];
  points: number;
  /** The name under which tests import a submission; when nobody said, the tests tell. */
  module?: string;
  /** A grading environment of this host, of `nbpulse environment add`; when nobody said, the one that every host has. */
  environment?: string;
  limits: RunLimits;
  /** At a time; when nobody said, as many as the host has cores. */
  jobs?: number;
  isQuiet: boolean;
  showHidden: boolean;
}

export const usage = 'nbpulse grade DIR --tests tests.py [--solution solution.py] [--out FOLDER]';

/** A test may take this share of what a whole submission may. */
const testShare = defaultRunLimits.testMs / defaultRunLimits.wallMs;

/** @throws CliProblem, with 2 */
export function readOptions(args: string[]): GradeOptions {
  const { values, positionals } = parsed(args);
  const [folder, ...more] = positionals;
  if (folder === undefined || values.tests === undefined) throw wrong(`Call it so: ${usage}`);
  if (more[0] !== undefined) throw wrong(`"${more[0]}" is too much: one folder of submissions is graded. ${usage}`);
  if (values.module !== undefined && !/^[A-Za-z_]\w*$/.test(values.module)) {
    throw wrong(`--module "${values.module}" is no name that Python could import. submission is one.`);
  }
  if (values.environment !== undefined && !slug.safeParse(values.environment).success) {
    throw wrong(`--environment "${values.environment}" is no name of an environment: small letters, digits and -.`);
  }
  return {
    folder: resolve(folder),
    tests: resolve(values.tests),
    solution: values.solution === undefined ? undefined : resolve(values.solution),
    data: (values.data ?? []).map((path) => resolve(path)),
    out: values.out === undefined ? undefined : resolve(values.out),
    formats: formatsOf(values.format),
    points: numberOf('--points', values.points, { from: 0, to: 10_000, isWhole: false }) ?? 10,
    module: values.module,
    environment: values.environment,
    limits: limitsOf(values.limits, values.timeout),
    jobs: numberOf('--jobs', values.jobs, { from: 1, to: 64, isWhole: true }),
    isQuiet: values.quiet === true,
    showHidden: values['show-hidden'] === true,
  };
}

const wrong = (message: string): CliProblem => new CliProblem(message, 2);

function parsed(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        tests: { type: 'string' },
        solution: { type: 'string' },
        data: { type: 'string', multiple: true },
        out: { type: 'string' },
        format: { type: 'string', multiple: true },
        points: { type: 'string' },
        module: { type: 'string' },
        environment: { type: 'string' },
        limits: { type: 'string' },
        timeout: { type: 'string' },
        jobs: { type: 'string' },
        quiet: { type: 'boolean' },
        'show-hidden': { type: 'boolean' },
      },
    });
  } catch (error) {
    const said = error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error);
    throw wrong(`${said}. nbpulse --help shows how to call it.`);
  }
}

function formatsOf(given: string[] | undefined): Format[] {
  if (given === undefined) return [...formats];
  const names = given.flatMap((one) => one.split(',')).map((name) => name.trim());
  for (const name of names) {
    if (!(formats as readonly string[]).includes(name)) {
      throw wrong(`--format "${name}": there are ${formats.join(', ')}; several with commas between them.`);
    }
  }
  return formats.filter((format) => names.includes(format));
}

function limitsOf(preset: string | undefined, timeout: string | undefined): RunLimits {
  if (preset !== undefined && preset !== 'course') throw wrong(`--limits "${preset}": there is one preset, course.`);
  const limits = preset === undefined ? defaultRunLimits : courseRunLimits;
  const seconds = numberOf('--timeout', timeout, { from: 1, to: 600, isWhole: false });
  if (seconds === undefined) return limits;
  const wallMs = Math.max(second, Math.round(seconds * second));
  return { ...limits, wallMs, testMs: Math.round(wallMs * testShare) };
}

function numberOf(
  name: string,
  given: string | undefined,
  { from, to, isWhole }: { from: number; to: number; isWhole: boolean },
): number | undefined {
  if (given === undefined) return undefined;
  const number = given.trim() === '' ? NaN : Number(given);
  const fits = Number.isFinite(number) && number >= from && number <= to && number > 0;
  if (!fits || (isWhole && !Number.isInteger(number))) {
    const kind = isWhole ? 'a whole number' : 'a number';
    throw wrong(`${name} "${given}": must be ${kind} ${from === 0 ? 'above 0, at most' : `from ${from} to`} ${to}.`);
  }
  return number;
}
