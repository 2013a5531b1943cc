/** The last few suites that this worker downloaded: a class hands in the same assignment. A checked version never changes. */
import type { GradeJob, jobSuite, TrialJob } from '@nbpulse/schema/wire';
import type { z } from 'zod';

type Suite = z.infer<typeof jobSuite>;
const kept = 4;

export interface SuiteShelf {
  take(job: GradeJob | TrialJob, download: () => Promise<Suite>): Promise<Suite>;
}

export function suiteShelf(): SuiteShelf {
  const shelf = new Map<string, Suite>();
  return {
    async take({ kind, payload }, download) {
      // A trial's suite is a part of the other.
      const key = `${kind} ${payload.assignmentId} ${String(payload.version)}`;
      const suite = shelf.get(key) ?? (await download());
      shelf.delete(key);
      if (suite.settled) shelf.set(key, suite);
      for (const oldest of shelf.keys()) {
        if (shelf.size <= kept) break;
        shelf.delete(oldest);
      }
      return suite;
    },
  };
}
