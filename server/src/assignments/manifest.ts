/** `assignment.yaml` and the files around it: parsed once, every fault told in words with its place. */
import { parseDocument } from 'yaml';
import {
  assignmentManifest,
  limits,
  notebookProblem,
  type AssignmentManifest,
  type AssignmentPush,
} from '@nbpulse/schema/wire';

export type Checked<T> = { ok: true; value: T } | { ok: false; problems: string[] };

/** Nothing longer is a manifest; YAML aliases could make a short text huge, so they are refused. */
const manifestChars = 100_000;

/** @example parseManifest('slug: primes\ntitle: Primes\n') */
export function parseManifest(text: string): Checked<AssignmentManifest> {
  if (text.length > manifestChars) {
    return { ok: false, problems: [`assignment.yaml has more than ${String(manifestChars)} characters.`] };
  }
  const document = parseDocument(text, { version: '1.2', schema: 'core', uniqueKeys: true, prettyErrors: true });
  if (document.errors.length > 0) {
    return {
      ok: false,
      problems: document.errors.slice(0, 5).map((error) => `assignment.yaml: ${error.message.trim()}`),
    };
  }
  let json: unknown;
  try {
    json = document.toJS({ maxAliasCount: 0 });
  } catch {
    return { ok: false, problems: ['assignment.yaml uses YAML aliases (*name); write the values out.'] };
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    return {
      ok: false,
      problems: [
        'assignment.yaml must be a mapping that has at least "slug: my-assignment" and "title: My assignment".',
      ],
    };
  }
  const parsed = assignmentManifest.safeParse(json);
  if (parsed.success) return { ok: true, value: parsed.data };
  return {
    ok: false,
    problems: parsed.error.issues.slice(0, 10).map((issue) => {
      const place = issue.path.length > 0 ? `${issue.path.map(String).join('.')}: ` : '';
      return `assignment.yaml: ${place}${issue.message}`;
    }),
  };
}

/** True when `entry` of a manifest names this file, or a folder above it. */
export const names = (entry: string, path: string): boolean => {
  const plain = entry.replace(/^\.\//, '').replace(/\/+$/, '');
  return plain === path || path.startsWith(`${plain}/`);
};

const isPython = (path: string): boolean => path.endsWith('.py');

/** What is wrong with a push as a whole: files that are named and missing, a template that is no notebook, sizes. */
export function pushProblems({ manifest, files }: AssignmentPush): string[] {
  const problems: string[] = [];
  const byPath = new Map(files.map((file) => [file.path, file]));
  if (byPath.size !== files.length) problems.push('Two files have the same path.');
  const total = files.reduce((sum, file) => sum + Buffer.byteLength(file.b64, 'base64'), 0);
  if (total > limits.assignmentBytes) {
    problems.push(
      `The files have ${(total / 1e6).toFixed(1)} MB together; an assignment has at most ${String(limits.assignmentBytes / 1024 / 1024)} MiB. Leave large data out.`,
    );
  }
  for (const file of files) {
    if (!/^[A-Za-z0-9+/]*={0,2}$/.test(file.b64)) problems.push(`${file.path}: the content is not base64.`);
  }

  const template = byPath.get(manifest.template);
  if (!template) {
    problems.push(`template: there is no file ${manifest.template}. Students get this notebook.`);
  } else if (!manifest.template.endsWith('.ipynb')) {
    problems.push(`template: ${manifest.template} is no notebook; its name ends in .ipynb.`);
  } else {
    const problem = notebookProblem(Buffer.from(template.b64, 'base64'));
    if (problem) problems.push(`template: ${manifest.template}: ${problem.message}`);
  }
  if (manifest.solution !== undefined && !byPath.has(manifest.solution)) {
    problems.push(`solution: there is no file ${manifest.solution}.`);
  }
  for (const entry of manifest.tests) {
    const named = files.filter((file) => names(entry, file.path));
    if (named.length === 0) problems.push(`tests: there is no file or folder ${entry}.`);
    else if (byPath.has(entry) && !isPython(entry)) problems.push(`tests: ${entry} is no Python file (.py).`);
    else if (!named.some((file) => isPython(file.path)))
      problems.push(`tests: the folder ${entry} has no Python file (.py).`);
  }
  for (const entry of manifest.data) {
    if (!files.some((file) => names(entry, file.path))) problems.push(`data: there is no file or folder ${entry}.`);
  }
  return problems;
}
