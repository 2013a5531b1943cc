import { useEffect, useState } from 'react';
import type { FailureTable } from '@nbpulse/schema/wire';
import { readFailures } from '../api/labs.js';
import type { Failure } from '../api/request.js';

export interface Failures {
  /** Null until it was read once. */
  table: FailureTable | null;
  failure: Failure | null;
}

/** Which tests fail, and alike. `round` moves on when grades do: then it is read again. */
export function useFailures(lab: string, round: unknown): Failures {
  const [failures, setFailures] = useState<Failures>({ table: null, failure: null });
  useEffect(() => {
    const abort = new AbortController();
    readFailures(lab, abort.signal)
      .then((answer) =>
        setFailures((before) =>
          answer.ok ? { table: answer.value, failure: null } : { table: before.table, failure: answer.failure },
        ),
      )
      .catch(() => undefined); // aborted: read anew, or the page has moved on
    return () => abort.abort();
  }, [lab, round]);
  return failures;
}

/** How many of how many graded students pass a test; null while nobody has told. */
export type PassedBy = (test: string) => { passed: number; of: number } | null;

export function passedBy({ table }: Failures, slug: string): PassedBy {
  const assignment = table?.assignments.find((one) => one.slug === slug);
  const failed = new Map(assignment?.tests.map((test) => [test.name, test.failed]));
  return (test) =>
    assignment === undefined || assignment.students === 0
      ? null
      : { passed: assignment.students - (failed.get(test) ?? 0), of: assignment.students };
}
