/** The attacks beside this file, as notebooks that a student could hand in. */
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AssignmentManifest } from '@nbpulse/schema/wire';
import { assignmentManifest } from '@nbpulse/schema/wire';
import type { GradeRequest } from '../../src/index.js';

const folder = fileURLToPath(new URL('.', import.meta.url));

export interface Attack {
  name: string;
  /** What it may earn: nothing but its honest part, at most that, or everything (the case for fairness). */
  expects: 'honest' | 'at most honest' | 'full';
  notebook: Buffer;
}

/** What must never leave the oracle. */
export const secrets = ['SECRET-4be1a7c9', '917331'];
export const honestTest = 'test_double';

export async function readCorpus(): Promise<Attack[]> {
  const names = (await readdir(join(folder, 'attacks'))).filter((name) => name.endsWith('.py')).sort();
  return Promise.all(
    names.map(async (name) => {
      const source = await readFile(join(folder, 'attacks', name), 'utf8');
      const header = headerOf(source);
      const expects = header.get('expects') ?? 'honest';
      if (expects !== 'honest' && expects !== 'at most honest' && expects !== 'full')
        throw new Error(`${name}: unknown expectation "${expects}"`);
      return { name: basename(name, '.py'), expects, notebook: asNotebook(source, header.get('metadata')) };
    }),
  );
}

function headerOf(source: string): Map<string, string> {
  const lines = source.split('\n').slice(0, 6);
  return new Map(
    lines.flatMap((line) => {
      const match = /^# ([\w ]+): (.*)$/.exec(line);
      return match?.[1] !== undefined && match[2] !== undefined ? [[match[1], match[2]] as const] : [];
    }),
  );
}

function asNotebook(source: string, metadata = '{}'): Buffer {
  const cells = source.split('\n# %%\n').map((cell) => ({
    cell_type: 'code',
    source: cell,
    metadata: {},
    outputs: [],
    execution_count: null,
  }));
  const known: unknown = JSON.parse(metadata);
  return Buffer.from(JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: known, cells }));
}

/** The shared suite, with limits under which an attack that hangs is soon over. */
export async function hostileRequest(notebook: Buffer, testMs: number): Promise<GradeRequest> {
  const suite = await readFile(join(folder, 'suite.py'));
  const manifest: AssignmentManifest = assignmentManifest.parse({
    slug: 'hostile',
    title: 'Hostile',
    tests: ['tests'],
    points: 17,
    limits: { testMs, wallMs: 60_000 },
  });
  return {
    notebook,
    filename: 'submission.ipynb',
    manifest,
    files: [{ path: 'tests/test_suite.py', b64: suite.toString('base64') }],
    profile: null,
  };
}
