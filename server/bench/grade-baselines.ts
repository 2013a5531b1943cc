/** What grading is compared with: the programs in `grade_baselines.py`, nbgrader, and the bench of the seam. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { minute, second } from '@nbpulse/schema/wire';
import { z } from 'zod';
import { treeCpuSeconds } from './grade-cpu.js';
import { cellsOfWork, checks, notebookOf, type NotebookCell, type Work } from './grade-work.js';

/** The folder of the sources: this runs compiled, from `dist`. */
const root = fileURLToPath(new URL('../../../', import.meta.url));

const figures = z.object({ wallMs: z.number(), cpuMs: z.number(), eachMs: z.array(z.number()) });
export type Baseline = z.infer<typeof figures> & { note?: string };

const longestMs = 60 * minute;

function python(interpreter: string, args: readonly string[], cwd = root): string {
  // Stdin and Jupyter's folders of whoever runs the bench have no part in it.
  const env = { ...process.env, JUPYTER_PLATFORM_DIRS: '1', PYTHONDONTWRITEBYTECODE: '1' };
  const done = spawnSync(interpreter, args, { cwd, env, encoding: 'utf8', timeout: longestMs, maxBuffer: 2 ** 28 });
  if (done.status !== 0)
    throw new Error(`${args.join(' ')} failed: ${(done.stderr || String(done.error)).slice(-2_000)}`);
  return done.stdout;
}

/** @returns why it could not be run, in words, or its figures */
export function executeAll(
  mode: 'nbclient' | 'fork',
  { folder, limitMs, jobs }: { folder: string; limitMs: number; jobs: number },
): Baseline | string {
  const variable = mode === 'fork' ? 'NBPULSE_GRADING_PYTHON' : 'NBPULSE_DEVELOP_PYTHON';
  const interpreter = process.env[variable];
  if (interpreter === undefined) return `not installed (${variable} names no environment)`;
  const script = join(root, 'server/bench/grade_baselines.py');
  const said = python(interpreter, [script, mode, folder, String(limitMs / second), String(jobs)]);
  return figures.parse(JSON.parse(said.trim().split('\n').at(-1) ?? ''));
}

/** The table of `sandbox/bench/bench_seam.py`, its lines that a run is made of. */
export function seamFigures(): string {
  const interpreter = process.env.NBPULSE_GRADING_PYTHON;
  if (interpreter === undefined) return '  not installed (NBPULSE_GRADING_PYTHON names no environment)';
  const lines = python(interpreter, [join(root, 'sandbox/bench/bench_seam.py')]).split('\n');
  const wanted = /p50 µs|^bare round trip|^scalar call|^exception|^callback|^fork for a test/;
  return lines
    .filter((line) => wanted.test(line))
    .map((line) => `  ${line}`)
    .join('\n');
}

/** As `nbgrader generate_assignment` would have left it: the tests stand as locked cells below the student's own. */
function forNbgrader(sources: readonly string[]): Uint8Array {
  const about = { schema_version: 3, task: false };
  const last = sources.length - 1;
  const own = sources.map((source, at): NotebookCell => {
    const work = { ...about, grade_id: 'work', grade: false, locked: false, solution: true };
    return at === last ? { source, metadata: { nbgrader: work } } : { source };
  });
  const tests = Object.entries(checks).map(([name, source]): NotebookCell => {
    const test = { ...about, grade_id: name, grade: true, locked: true, solution: false, points: 1 };
    return { source, metadata: { nbgrader: test } };
  });
  return notebookOf([...own, ...tests]);
}

/** The whole of `nbgrader autograde`, as a teacher starts it: one process, one notebook after another. */
export function nbgraderAll(works: readonly Work[], limitMs: number): Baseline | string {
  const interpreter = process.env.NBPULSE_NBGRADER_PYTHON;
  if (interpreter === undefined) return 'not installed (npm run bench:grade -- --with-nbgrader makes an environment)';
  const folder = mkdtempSync(join(tmpdir(), 'nbpulse-bench-nbgrader-'));
  try {
    writeFileSync(
      join(folder, 'nbgrader_config.py'),
      [
        'c = get_config()',
        'c.CourseDirectory.course_id = "bench"',
        `c.CourseDirectory.root = ${JSON.stringify(folder)}`,
        `c.Execute.timeout = ${limitMs / second}`,
        'c.Execute.interrupt_on_timeout = True',
      ].join('\n'),
    );
    const put = (path: string, bytes: Uint8Array): void => {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), bytes);
    };
    put('source/exercise/exercise.ipynb', forNbgrader(['def mean(values):\n    ...']));
    for (const [at, { kind }] of works.entries()) {
      put(`submitted/student${at}/exercise/exercise.ipynb`, forNbgrader(cellsOfWork(kind, at)));
    }
    const nbgrader = join(dirname(interpreter), 'nbgrader');
    const run = (...args: string[]): void => {
      const env = { ...process.env, PATH: `${dirname(interpreter)}:${process.env.PATH ?? ''}` };
      const done = spawnSync(nbgrader, args, { cwd: folder, env, encoding: 'utf8', timeout: longestMs });
      // A notebook that it cannot execute makes it end with 1, when all others are graded.
      if (done.status === null || !/autograde/.test(args[0] ?? '')) {
        if (done.status !== 0) throw new Error(`nbgrader ${args.join(' ')} failed: ${done.stderr.slice(-2_000)}`);
      }
    };
    run('generate_assignment', 'exercise', '--create');
    const before = { at: performance.now(), cpu: treeCpuSeconds([process.pid]) };
    run('autograde', 'exercise', '--create');
    const wallMs = performance.now() - before.at;
    const cpuMs = 1000 * (treeCpuSeconds([process.pid]) - before.cpu);
    const graded = readdirSync(join(folder, 'autograded')).length;
    return { wallMs, cpuMs, eachMs: [], note: `${graded} of ${works.length} came out graded` };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
