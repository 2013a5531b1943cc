/** Tests, solution and data as an assignment that the sandbox understands, and the name under which tests import a submission. */
import { lstat, readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { readAssignment, type CheckRequest, type Engine } from '@nbpulse/sandbox';
import { assignmentFile, limits, MiB, type AssignmentFile, type AssignmentManifest } from '@nbpulse/schema/wire';
import { CliProblem } from '../problem.js';
import type { GradeOptions } from './options.js';

export interface Suite extends CheckRequest {
  /** As pytest would name the file in front of `::`; null where several files hold tests. */
  testsFile: string | null;
  hasSolution: boolean;
}

const leftBehind = /^(\..*|__pycache__|node_modules)$/;

/** @throws CliProblem, with 2, when a file isn't there or there is too much of them. */
export async function readSuite(options: GradeOptions): Promise<Suite> {
  const files = new Files();
  const tests = await files.add(options.tests, '--tests', '');
  const isOneFile = tests.length === 1 && tests[0] === basename(options.tests);
  if (!tests.some((path) => path.endsWith('.py'))) {
    throw new CliProblem(`--tests ${options.tests} holds no .py file. Name a file of pytest or unittest tests.`, 2);
  }
  // pytest reads it as well when it stands beside the tests.
  const conftest = join(dirname(options.tests), 'conftest.py');
  if (isOneFile && (await isFile(conftest))) tests.push(...(await files.add(conftest, '--tests', '')));
  const data: string[] = [];
  for (const path of options.data) data.push(...(await files.add(path, '--data', '')));
  const solution = options.solution === undefined ? [] : await files.add(options.solution, '--solution', 'solution/');
  if (solution.length > 1) throw new CliProblem(`--solution ${options.solution ?? ''} is a folder. Name the file.`, 2);
  const manifest: AssignmentManifest = {
    slug: 'grade',
    title: basename(options.tests),
    // There is none: this folder is no assignment that students begin with.
    template: 'no template',
    solution: solution[0],
    tests,
    data,
    module: options.module ?? 'submission',
    points: options.points,
    limits: options.limits,
    // All messages are wanted; what a student may read is chosen when results are written.
    showHiddenMessages: true,
  };
  return {
    manifest,
    files: files.all,
    testsFile: isOneFile ? basename(options.tests) : null,
    hasSolution: solution.length > 0,
  };
}

class Files {
  readonly all: AssignmentFile[] = [];
  private bytes = 0;

  /** @returns the paths under which they are known; a folder keeps its name */
  async add(path: string, option: string, below: string): Promise<string[]> {
    const kind = await stat(path).catch(() => null);
    if (!kind) throw new CliProblem(`${option}: there is no ${path}.`, 2);
    if (!kind.isDirectory()) return [await this.addFile(path, option, `${below}${basename(path)}`)];
    return this.addFolder(path, option, `${below}${basename(path)}`);
  }

  private async addFolder(path: string, option: string, as: string): Promise<string[]> {
    const added: string[] = [];
    for (const name of (await readdir(path)).sort()) {
      if (leftBehind.test(name)) continue;
      const kind = await lstat(join(path, name));
      if (kind.isDirectory()) added.push(...(await this.addFolder(join(path, name), option, `${as}/${name}`)));
      else if (kind.isFile()) added.push(await this.addFile(join(path, name), option, `${as}/${name}`));
    }
    return added;
  }

  private async addFile(path: string, option: string, as: string): Promise<string> {
    const fits = assignmentFile.shape.path.safeParse(as);
    if (!fits.success) throw new CliProblem(`${option}: the name of ${path} cannot be used in the sandbox.`, 2);
    if (this.all.some((file) => file.path === as)) {
      throw new CliProblem(`Two files would be called ${as} in the sandbox; the second is ${path}. Rename one.`, 2);
    }
    const content = await readFile(path).catch((error: unknown) => {
      throw new CliProblem(`${option}: ${path} cannot be read (${error instanceof Error ? error.message : '?'}).`, 2);
    });
    this.bytes += content.length;
    if (this.bytes > limits.assignmentBytes || this.all.length >= limits.assignmentFiles) {
      const most = `${String(limits.assignmentFiles)} files and ${String(limits.assignmentBytes / MiB)} MiB`;
      throw new CliProblem(`Tests, solution and data have more than ${most} together (reached at ${path}).`, 2);
    }
    this.all.push({ path: as, b64: content.toString('base64') });
    return as;
  }
}

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (kind) => kind.isFile(),
    () => false,
  );

/**
 * The one module that the tests import and that is neither Python's, nor installed, nor a file of their own.
 * @throws CliProblem, with 2, when several could be it; EngineFault when the sandbox could not read the tests.
 */
export async function moduleOf(engine: Engine, suite: Suite, signal: AbortSignal): Promise<string> {
  const { manifest, files } = suite;
  const tests = files.filter(({ path }) => manifest.tests.includes(path));
  // No name of Python's: so whatever a submission is called is among those that nobody has.
  const nobody = { ...manifest, module: '-' };
  const paths = tests.map(({ path }) => path);
  const reading = await readAssignment(engine, nobody, { tests, notebooks: [], paths }, signal);
  const names = reading.missing.map(({ name }) => name);
  const [only, second] = names;
  if (only === undefined || names.includes('submission')) return 'submission';
  if (second === undefined) return only;
  throw new CliProblem(
    `The tests import ${names.join(', ')}, and none of these is there. Which is the submission? Say it: --module ${only}`,
    2,
  );
}
