/** A `requirements.txt` as a grading environment takes it: names and versions of packages from the configured index, nothing else. */
import { createHash } from 'node:crypto';
import type { AssignmentFile, AssignmentManifest } from '@nbpulse/schema/wire';
import { RequirementsProblem } from './problem.js';

export const requirementsFile = 'requirements.txt';
const mostLines = 200;

/** `polars[excel] >= 1.0 ; python_version >= "3.11"`. */
const requirement =
  /^[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?\s*(?:\[[\w.,\s-]+\])?\s*(?:(?:==|~=|!=|<=|>=|<|>|===)\s*[\w.*+!-]+\s*,?\s*)*(?:;[^@]*)?$/;

/**
 * The lines that count, in order, without comments.
 * @throws RequirementsProblem naming the line and what is allowed: an option or an address would make a worker fetch from wherever it says.
 */
export function readRequirements(text: string): string[] {
  const lines: string[] = [];
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.replace(/(^|\s)#.*$/, '').trim();
    if (line === '') continue;
    if (!requirement.test(line)) {
      throw new RequirementsProblem(
        `${requirementsFile}, line ${index + 1}: “${line.slice(0, 80)}” is no package with a version.`,
        'Write it as polars==1.34; options, addresses and files cannot stand there.',
      );
    }
    lines.push(line);
  }
  if (lines.length > mostLines) {
    throw new RequirementsProblem(`${requirementsFile} names more than ${mostLines} packages.`, 'Leave some out.');
  }
  return lines;
}

export interface WantedEnvironment {
  name: string;
  /** Null: whatever the environment of that name holds. */
  requirements: string[] | null;
}

/**
 * The environment that an assignment asks for. Null: the one that every host has.
 * @throws RequirementsProblem
 */
export function environmentOf({
  manifest,
  files,
}: {
  manifest: Pick<AssignmentManifest, 'environment'>;
  files: readonly AssignmentFile[];
}): WantedEnvironment | null {
  if (manifest.environment !== undefined) return { name: manifest.environment, requirements: null };
  const file = files.find(({ path }) => path === requirementsFile);
  const requirements = file ? readRequirements(Buffer.from(file.b64, 'base64').toString('utf8')) : [];
  if (requirements.length === 0) return null;
  const hash = createHash('sha256')
    .update([...requirements].sort().join('\n'))
    .digest('hex')
    .slice(0, 12);
  return { name: `requirements-${hash}`, requirements };
}
