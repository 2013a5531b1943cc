/** Notebooks and a small assignment for tests, as JSON that Jupyter could have written. */
import type { AssignmentPush, RunReport } from '@nbpulse/schema/wire';
import { assignmentManifest } from '@nbpulse/schema/wire';

const utf8 = new TextEncoder();

/** A notebook's bytes: one code cell per source, with the outputs given. */
export function notebook(sources: string[], outputs: unknown[] = []): Uint8Array<ArrayBuffer> {
  const cells = sources.map((source, index) => ({
    cell_type: 'code',
    execution_count: index + 1,
    id: `cell-${String(index)}`,
    metadata: {},
    outputs: index === 0 ? outputs : [],
    source,
  }));
  return utf8.encode(`${JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 }, null, 1)}\n`);
}

const base64 = (text: string | Uint8Array): string => Buffer.from(text).toString('base64');

/** Two visible tests and a hidden one, 3 points. */
export function doubling(changed: Partial<AssignmentPush['manifest']> = {}, tests = testFile): AssignmentPush {
  return {
    manifest: assignmentManifest.parse({ slug: 'doubling', title: 'Doubling', points: 3, ...changed }),
    files: [
      { path: 'template.ipynb', b64: base64(notebook(['def double(x):\n    ...'])) },
      { path: 'tests/test_double.py', b64: base64(tests) },
    ],
  };
}
const testFile = `import pytest
from submission import double


@pytest.mark.visible
def test_two():
    assert double(2) == 4


@pytest.mark.visible
def test_text():
    assert double('ab') == 'abab'


@pytest.mark.hidden
def test_secret():
    assert double(-7) == -14, 'a hidden message'
`;

/** A report such as a worker sends. */
export function report(changed: Partial<RunReport> = {}): RunReport {
  return {
    v: 1,
    outcome: 'completed',
    points: 2,
    maxPoints: 3,
    tests: [
      { name: 'test_two', status: 'passed', visible: true, points: 1, maxPoints: 1, durationMs: 3, message: 'fine' },
      { name: 'test_text', status: 'passed', visible: true, points: 1, maxPoints: 1, durationMs: 3 },
      {
        name: 'test_secret',
        status: 'failed',
        visible: false,
        points: 0,
        maxPoints: 1,
        durationMs: 3,
        message: 'SECRET-MESSAGE',
        staffMessage: 'SECRET-STAFF-MESSAGE',
      },
    ],
    staffReason: 'SECRET-STAFF-REASON',
    output: 'SECRET-OUTPUT',
    engine: 'bubblewrap',
    tier: 'B',
    startedAt: '2026-11-21T10:00:00.000Z',
    durationMs: 1234,
    ...changed,
  };
}
