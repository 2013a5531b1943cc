/** A trial: the visible tests, run on a notebook that is not handed in. No attempt, no grade, no receipt. */
import { z } from 'zod';
import { instant } from './event.js';
import { runProgress } from './grading.js';
import { submissionResult } from './submission.js';

/**
 * Derived from timestamps, in one place on the server. `retrying`: a fault of ours, tried again by itself; `fault`: a fault of ours, and
 * it is not tried again.
 */
export const trialStatus = z.enum(['waiting', 'running', 'retrying', 'done', 'fault']);
export type TrialStatus = z.infer<typeof trialStatus>;

/**
 * `POST /api/v1/me/trials?assignment=SLUG`, body: the notebook's exact bytes, header `x-nbpulse-id`: a client-made UUID. The newest of a
 * participant and assignment is kept, earlier ones are not.
 */
export const trialView = z.object({
  id: z.uuid(),
  assignment: z.string(),
  receivedAt: instant,
  startedAt: instant.nullable(),
  endedAt: instant.nullable(),
  status: trialStatus,
  /** In words, when it is not simply waiting, running or done. */
  note: z.string().nullable(),
  /** How many jobs are run before it; null once it runs. */
  before: z.int().nonnegative().nullable(),
  progress: runProgress.nullable(),
  /** `points`: of the visible tests alone, as they count in a submission. */
  result: submissionResult.nullable(),
});
export type TrialView = z.infer<typeof trialView>;

/** `GET /api/v1/me/trials`: at most one for each assignment. */
export const trialList = z.object({ trials: z.array(trialView) });
