/**
 * What `nbpulse assignment check` finds, here or in a worker at each push: the author's solution must get every point and the bare
 * template none, in the real sandbox.
 */
import { z } from 'zod';
import { assignmentView, checkState, outcome } from './grading.js';
import { limits } from './limits.js';
import { suiteProfile } from './suite-profile.js';

export const findingKind = z.enum([
  // These stop a suite: nobody is graded by it.
  'suite-error',
  'solution-loses-points',
  'template-gets-points',
  'missing-package',
  'missing-file',
  'needs-network',
  'varies',
  // The author should know; grading goes on.
  'no-solution',
  'cannot-cross',
  'starts-a-process',
  'pickles',
  'exact-types',
  'overlapping-threads',
  'random-on-both-sides',
  'own-equality',
  'spoofable',
  'no-trials',
]);
export type FindingKind = z.infer<typeof findingKind>;

export const finding = z.object({
  kind: findingKind,
  /** `error`: nobody is graded by this suite until it is mended. */
  level: z.enum(['error', 'warning']),
  /** The test, by its name; null when it is about the whole suite. */
  test: z.string().max(400).nullable(),
  /** What is wrong, in a sentence. */
  message: z.string().max(2_000),
  /** What to do about it. */
  cure: z.string().max(1_000),
});
export type Finding = z.infer<typeof finding>;

/** How one of the author's own notebooks did. */
export const checkedNotebook = z.object({
  outcome,
  points: z.number().nonnegative(),
  maxPoints: z.number().nonnegative(),
  durationMs: z.number().nonnegative(),
});

/**
 * The visible tests by themselves: what a student may try without handing in. Nothing hidden is in it, and the author's own
 * notebook was run against it.
 */
export const trialSuite = z.object({
  v: z.literal(1),
  /** All that a trial's sandboxes get: tests, data, requirements. `text` null: the file as it was pushed. */
  files: z.array(z.object({ path: z.string().max(200), text: z.string().nullable() })).max(limits.assignmentFiles + 1),
  /** Which of them the oracle gets. */
  testFiles: z.array(z.string().max(200)).min(1),
  /** What each test is worth in a submission, by the name that it has in a trial. */
  tests: z
    .array(z.object({ name: z.string().max(300), maxPoints: z.number().nonnegative() }))
    .min(1)
    .max(2_000),
  profile: suiteProfile.nullable(),
});
export type TrialSuite = z.infer<typeof trialSuite>;

export const suiteCheck = z.object({
  v: z.literal(1),
  /** No finding is an error. */
  ok: z.boolean(),
  findings: z.array(finding).max(500),
  /** Null when the manifest names none. */
  solution: checkedNotebook.nullable(),
  template: checkedNotebook.nullable(),
  /** How often the solution was run; a test whose outcome differed is a finding. */
  solutionRuns: z.int().nonnegative(),
  /** Null without a solution: then a student's own operators have no rights. */
  profile: suiteProfile.nullable(),
  /** Null: no test is visible, or the visible ones don't stand alone (a finding says so). Not kept with the check. */
  trial: trialSuite.nullable().optional(),
});
export type SuiteCheck = z.infer<typeof suiteCheck>;

/** What a worker hands in for a job of kind *check*. `sandbox-error`: it could not be carried out, by a fault of ours; `reason` is for staff. */
export const checkReport = z.object({
  v: z.literal(1),
  outcome: z.enum(['completed', 'sandbox-error']),
  reason: z.string().max(2_000).optional(),
  /** Null exactly when it could not be carried out. */
  check: suiteCheck.nullable(),
});
export type CheckReport = z.infer<typeof checkReport>;

/** A version of an assignment with what its check found, for staff. */
export const assignmentVersionView = z.object({
  number: z.int().positive(),
  pushedAt: z.iso.datetime({ offset: true }),
  state: checkState,
  checkedAt: z.iso.datetime({ offset: true }).nullable(),
  /** Why the check is not done, in words. */
  problem: z.string().nullable(),
  check: suiteCheck.nullable(),
});
export type AssignmentVersionView = z.infer<typeof assignmentVersionView>;

/** `GET /api/v1/courses/:course/assignments/:slug`: the newest versions, newest first. */
export const assignmentDetail = assignmentView.extend({
  versions: z.array(assignmentVersionView),
  /** How many submissions wait until a version passes its check. */
  waiting: z.int().nonnegative(),
});
export type AssignmentDetail = z.infer<typeof assignmentDetail>;
