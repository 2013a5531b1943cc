/**
 * A package that the assignment itself imports and that this host's environment lacks is no mistake of the student's. What a run
 * says is only the suspicion: a student can raise any exception. The environment is asked, in a sandbox, before it is believed.
 */
import type { AssignmentFile, AssignmentManifest } from '@nbpulse/schema/wire';
import { defaultRunLimits, second } from '@nbpulse/schema/wire';
import type { Engine } from './engine.js';
import type { OracleReport } from './oracle-report.js';
import { runPair } from './run-pair.js';

const askWithinMs = 20 * second;
const ask =
  'import importlib.util, sys\nprint(*(name for name in sys.argv[1:] if importlib.util.find_spec(name) is None))';

interface Assignment {
  manifest: AssignmentManifest;
  files: readonly AssignmentFile[];
}

/** The packages that the run missed, that the assignment imports, and that are not there. Mostly none, and nothing is asked. */
export async function missingPackages(
  engine: Engine,
  report: Pick<OracleReport, 'notebook' | 'tests'>,
  assignment: Assignment,
  signal?: AbortSignal,
): Promise<string[]> {
  const said = [report.notebook.reason, report.notebook.staffReason, ...report.tests.map((test) => test.staffMessage)];
  const missed = new Set(said.flatMap((text) => missedIn(text ?? '')));
  if (missed.size === 0) return [];
  const imported = importsOf(assignment);
  return lackingModules(
    engine,
    [...missed].filter((name) => imported.has(name)),
    signal,
  );
}

/** @example missedIn("ModuleNotFoundError: No module named 'polars.io'") // ['polars'] */
export function missedIn(text: string): string[] {
  return [...text.matchAll(/No module named '(\w+)[\w.]*'/g)].flatMap(([, name]) => (name === undefined ? [] : [name]));
}

/** Which of these modules the engine's Python does not have. Asked in the oracle's place, where no student's code runs. */
export async function lackingModules(
  engine: Engine,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<string[]> {
  if (names.length === 0) return [];
  const { oracle } = await runPair(
    engine,
    {
      oracleArgv: ['python3', '-I', '-c', ask, ...names],
      probeArgv: ['sleep', '60'],
      limits: { ...defaultRunLimits, wallMs: askWithinMs },
      data: [],
    },
    {
      oracleStdin: Buffer.alloc(0),
      probeStdin: Buffer.alloc(0),
      oracleStdoutBytes: 64 * 1024,
      wallMs: askWithinMs,
      ...(signal ? { signal } : {}),
    },
  );
  return oracle.exitCode === 0 ? oracle.stdout.toString('utf8').split(/\s+/).filter(Boolean) : [];
}

/** The packages that the author's own files import, as far as their text tells; never a module of the assignment itself. */
export function importsOf({ manifest, files }: Assignment): Set<string> {
  // Every run has a stand-in for these two.
  const own = new Set([manifest.module, 'nbpulse', 'marimo']);
  const imported = new Set<string>();
  for (const { path, b64 } of files) {
    for (const part of path.split('/')) own.add(part.replace(/\.\w+$/, ''));
    for (const line of codeOf(path, Buffer.from(b64, 'base64')).split('\n')) {
      const from = /^\s*from\s+(\w+)[\w.]*\s+import\b/.exec(line)?.[1];
      const plain = /^\s*import\s+([\w., ]+)/.exec(line)?.[1] ?? '';
      for (const name of [from, ...plain.split(',').map((part) => /^\s*(\w+)/.exec(part)?.[1])]) {
        if (name !== undefined) imported.add(name);
      }
    }
  }
  for (const name of own) imported.delete(name);
  return imported;
}

function codeOf(path: string, bytes: Buffer): string {
  if (path.endsWith('.py')) return bytes.toString('utf8');
  if (!path.endsWith('.ipynb')) return '';
  try {
    const { cells } = JSON.parse(bytes.toString('utf8')) as { cells?: { cell_type?: unknown; source?: unknown }[] };
    return (Array.isArray(cells) ? cells : [])
      .filter((cell) => cell.cell_type === 'code')
      .map(({ source }) => (Array.isArray(source) ? source.join('') : typeof source === 'string' ? source : ''))
      .join('\n');
  } catch {
    return '';
  }
}
