/** A small assignment and submissions to it, for tests of whole runs. */
import { assignmentManifest, type AssignmentFile, type AssignmentManifest } from '@nbpulse/schema/wire';
import type { GradeRequest } from '../src/run.js';

const b64 = (text: string): string => Buffer.from(text).toString('base64');

export const tests = `import pytest
from submission import mean, largest


@pytest.mark.visible
@pytest.mark.points(2)
def test_mean():
    assert mean([1, 2, 3]) == 2


@pytest.mark.points(1)
def test_mean_of_one():
    assert mean([41]) == 41


@pytest.mark.points(1)
def test_largest():
    assert largest([3, 9, 4]) == 9
`;

export function manifestOf(changes: Partial<AssignmentManifest> = {}): AssignmentManifest {
  const limits = { wallMs: 20_000, testMs: 2_000 };
  return { ...assignmentManifest.parse({ slug: 'averages', title: 'Averages', points: 10, limits }), ...changes };
}

export function filesOf(
  texts: Readonly<Record<string, string>> = { 'tests/test_averages.py': tests },
): AssignmentFile[] {
  return Object.entries(texts).map(([path, text]) => ({ path, b64: b64(text) }));
}

/** A notebook of code cells. */
export function notebookOf(...cells: string[]): Buffer {
  return Buffer.from(
    JSON.stringify({
      nbformat: 4,
      nbformat_minor: 5,
      metadata: {},
      cells: cells.map((source, index) => ({
        cell_type: 'code',
        id: `cell-${index}`,
        metadata: {},
        execution_count: null,
        outputs: [],
        source,
      })),
    }),
  );
}

export const right = 'def mean(xs):\n    return sum(xs) / len(xs)';
export const rightToo = 'def largest(xs):\n    return max(xs)';

export function request(cells: string[], changes: Partial<GradeRequest> = {}): GradeRequest {
  return {
    notebook: notebookOf(...cells),
    filename: 'lab.ipynb',
    manifest: manifestOf(),
    files: filesOf(),
    profile: null,
    ...changes,
  };
}
