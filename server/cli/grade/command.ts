/**
 * `nbpulse grade DIR --tests FILE`: a folder of submissions graded in the sandbox, without server and database.
 *
 * Steps: options → files are there → a place for the results → engine → the name of the module → tests and solution are
 * checked → each submission → table and files. What stops it before the last step stops it with nothing written.
 */
import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import {
  checkSuite,
  checkText,
  chooseEngine,
  EngineFault,
  environmentEngines,
  listEnvironments,
  whyNoGrading,
  type Engine,
  type EnvironmentEngines,
  type SandboxConfig,
} from '@nbpulse/sandbox';
import type { FindingKind, SuiteCheck } from '@nbpulse/schema/wire';
import { CliProblem } from '../problem.js';
import { configOf } from '../sandbox.js';
import type { Terminal } from '../terminal.js';
import { resultFiles } from './files.js';
import { gradeAll } from './grading.js';
import { readOptions, type GradeOptions } from './options.js';
import { outFolder, writeFiles } from './out-folder.js';
import { progressOn } from './progress.js';
import type { Row } from './rows.js';
import { findSubmissions, type Found } from './submissions.js';
import { moduleOf, readSuite, type Suite } from './suite.js';
import { resultTable, summaryLine } from './table.js';

/** What scripts can tell apart; 2, called wrongly, comes as a CliProblem. */
const exit = { allGraded: 0, someNotGraded: 1, noEngine: 3, faultySuite: 4, interrupted: 130 } as const;
type Exit = (typeof exit)[keyof typeof exit];

/** @throws CliProblem when it was called wrongly */
export async function gradeFolder(args: string[], env: NodeJS.ProcessEnv, terminal: Terminal): Promise<Exit> {
  const options = readOptions(args);
  const suite = await readSuite(options);
  const { submissions, others } = await findSubmissions(options.folder, [
    options.tests,
    ...(options.solution === undefined ? [] : [options.solution]),
    ...options.data,
  ]);
  const out = await outFolder(options.folder, options.out, process.cwd());
  const config = configOf(env);
  if (options.environment !== undefined) await isHere(config, options.environment);
  const chosen = await chooseEngine(config);
  if (!chosen.engine) {
    terminal.err(`${whyNoGrading(chosen.refused)}\n`);
    return exit.noEngine;
  }
  const environments = environmentEngines(config, chosen.engine, {});
  const stop = new AbortController();
  // Kept until the end: a second Ctrl-C must not cut off the writing of what is done.
  const onSignal = (): void => stop.abort();
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    const engine = await engineOf(options, suite, environments);
    const work = { options, suite, submissions, out, engine, terminal, signal: stop.signal };
    if (others > 0 && !options.isQuiet) {
      terminal.err(
        `${String(others)} other ${others === 1 ? 'file is' : 'files are'} neither .ipynb nor .py and left alone.\n`,
      );
    }
    return await gradeWith(work);
  } catch (error) {
    if (stop.signal.aborted) {
      terminal.err('Stopped before anything was graded.\n');
      return exit.interrupted;
    }
    if (!(error instanceof EngineFault)) throw error;
    terminal.err(`The sandbox failed: ${error.message}${error.cure === undefined ? '' : ` ${error.cure}`}\n`);
    return exit.noEngine;
  } finally {
    await environments.close();
    await chosen.engine.close();
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}

/** The host's own engine, or the one of the environment that was named. Nothing is installed here. */
const engineOf = (options: GradeOptions, { manifest }: Suite, environments: EnvironmentEngines): Promise<Engine> =>
  environments.engineFor({ manifest: { ...manifest, environment: options.environment }, files: [] }, false);

/** @throws CliProblem, with 2 */
async function isHere(config: SandboxConfig, environment: string): Promise<void> {
  const names = (await listEnvironments(config).catch(noneYet)).map(({ name }) => name);
  if (names.includes(environment)) return;
  const others = names.length === 0 ? 'There is none yet.' : `There are: ${names.join(', ')}.`;
  throw new CliProblem(
    `There is no environment "${environment}" here. ${others} npx nbpulse environment add ${environment} requirements.txt makes it.`,
    2,
  );
}

/** Where none can be kept yet, `environment add` says what is to be done. */
function noneYet(error: unknown): [] {
  if (error instanceof EngineFault) return [];
  throw error;
}

interface Work {
  options: GradeOptions;
  suite: Suite;
  submissions: Found[];
  out: string | null;
  engine: Engine;
  terminal: Terminal;
  signal: AbortSignal;
}

async function gradeWith(work: Work): Promise<Exit> {
  const { options, submissions, engine, terminal, signal } = work;
  const beganMs = performance.now();
  const progress = progressOn(terminal);
  try {
    const module = options.module ?? (await moduleOf(engine, work.suite, signal));
    const suite = { ...work.suite, manifest: { ...work.suite.manifest, module } };
    const check = await checkSuite(engine, suite, {
      signal,
      onStep: (words, done, total) => progress.show(words, done, total),
    });
    progress.clear();
    if (!check.ok) {
      terminal.err(`${checkText(withCuresHere(check, suite), suite.manifest.title)}\n`);
      return exit.faultySuite;
    }
    if (!options.isQuiet) terminal.err(`${aheadWords(module, check, suite)}\n`);
    const onRow = (row: Row, done: number): void => progress.show(row.name, done, submissions.length);
    progress.show('', 0, submissions.length);
    const jobs = options.jobs ?? availableParallelism();
    const { folder } = options;
    const rows = await gradeAll({ engine, suite, profile: check.profile, folder, jobs, signal, onRow }, submissions);
    progress.clear();
    return await tell({ ...work, suite }, rows, check, performance.now() - beganMs);
  } finally {
    progress.clear();
  }
}

/** Prints and writes what is done, all or not. */
async function tell(work: Work, rows: readonly Row[], check: SuiteCheck, tookMs: number): Promise<Exit> {
  const { options, suite, submissions, out, engine, terminal } = work;
  const { points: maxPoints, module } = suite.manifest;
  const unloaded = rows.filter((row) => row.kind === 'not-graded' && row.blame === 'suite');
  const first = unloaded[0];
  if (first?.kind === 'not-graded' && unloaded.length === rows.filter((row) => row.kind !== 'unreadable').length) {
    terminal.err(`The tests load with no submission. ${first.reason}\n`);
    return exit.faultySuite;
  }
  const isComplete = rows.length === submissions.length;
  if (!options.isQuiet && rows.length > 0) terminal.out(`${resultTable(rows, maxPoints, terminal.outColumns)}\n\n`);
  terminal.out(`${summaryLine(rows, submissions.length, maxPoints, tookMs)}\n`);
  const told = { testsFile: suite.testsFile, showHidden: options.showHidden };
  const testsName = basename(options.tests);
  const graded = { rows, told, check, testsName, module, engine: engine.name, maxPoints, isComplete };
  const files = resultFiles(graded, options.formats, new Date());
  if (out === null) {
    terminal.err(
      'Nothing was written: neither beside the submissions nor here may I write. --out FOLDER names a place.\n',
    );
  } else if (rows.length > 0) {
    await writeFiles(out, files);
    if (!options.isQuiet) terminal.out(`Written to ${out}: ${[...topNames(files)].join(', ')}\n`);
  }
  if (!isComplete) {
    terminal.err('Stopped. What was graded until then counts; the same command grades all.\n');
    return exit.interrupted;
  }
  return rows.some((row) => row.kind === 'not-graded') ? exit.someNotGraded : exit.allGraded;
}

const topNames = (files: ReadonlyMap<string, string>): Set<string> =>
  new Set([...files.keys()].map((path) => path.replace(/\/.*$/, '/')));

function aheadWords(module: string, check: SuiteCheck, suite: Suite): string {
  const lines = [`The tests import each submission as "${module}".`];
  if (check.solution)
    lines.push(`The solution gets ${String(check.solution.points)} of ${String(check.solution.maxPoints)}.`);
  if (!suite.hasSolution) {
    lines.push(
      'Without --solution nobody knows whether the tests can be passed, and == of students’ own classes is not asked.',
    );
  }
  const others = check.findings.filter(({ kind }) => kind !== 'no-solution');
  for (const { test, message, cure } of others) lines.push(`! ${test === null ? '' : `${test}: `}${message} ${cure}`);
  return lines.join('\n');
}

/** Cures speak of an assignment's folder; here it is options that help. */
function withCuresHere(check: SuiteCheck, { hasSolution }: Suite): SuiteCheck {
  const beside = 'Name it: --data FILE (or a folder). It then stands beside every submission, read-only.';
  const cures: Partial<Record<FindingKind, string>> = {
    'missing-file': beside,
    'missing-package':
      'Write it into a requirements.txt, then: npx nbpulse environment add NAME requirements.txt, and this command with --environment NAME. Is it the submission that is meant? Then: --module NAME.',
    'needs-network': `Download what is needed once. ${beside}`,
    'suite-error': hasSolution
      ? 'Run the tests once with pytest beside your solution, and mend what it says.'
      : 'Mend it, then run the same command again.',
  };
  return { ...check, findings: check.findings.map((one) => ({ ...one, cure: cures[one.kind] ?? one.cure })) };
}
