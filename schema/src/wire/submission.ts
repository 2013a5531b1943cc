/** Checkpoints, submissions, receipts and feedback as the API gives them. */
import { z } from 'zod';
import { instant } from './event.js';
import { engineName, outcome, runProgress, testResult, testStatus, tier } from './grading.js';

/** Derived from timestamps in one function on the server, never stored. */
export const submissionStatus = z.enum(['queued', 'running', 'done', 'retrying', 'ungraded']);
export type SubmissionStatus = z.infer<typeof submissionStatus>;

/** `POST /api/v1/me/submissions?assignment=SLUG`, body: the notebook's exact bytes, header `x-nbpulse-id`: a client-made UUID. */
export const receipt = z.object({
  id: z.uuid(),
  /** For people: `S-7F9D2K`. */
  number: z.string(),
  receivedAt: instant,
  sha256: z.string(),
  bytes: z.int(),
  assignment: z.string(),
});
export type Receipt = z.infer<typeof receipt>;

/** `POST /api/v1/me/checkpoints`, same conventions. */
export const checkpointReply = z.object({
  id: z.uuid(),
  sha256: z.string(),
  receivedAt: instant,
  unchanged: z.boolean(),
});
export type CheckpointReply = z.infer<typeof checkpointReply>;

/** Feedback on one test, as the student may see it: hidden tests give name and points only, unless the author allows more. */
export const feedbackTest = testResult.pick({
  name: true,
  status: true,
  visible: true,
  points: true,
  maxPoints: true,
  message: true,
  detail: true,
  spoofable: true,
  ownEquality: true,
});
export type FeedbackTest = z.infer<typeof feedbackTest>;

/** What came out of a run, as its participant may see it. */
export const submissionResult = z.object({
  outcome,
  reason: z.string().nullable(),
  points: z.number(),
  maxPoints: z.number(),
  tests: z.array(feedbackTest),
});
export type SubmissionResult = z.infer<typeof submissionResult>;

/** A submission for its participant. */
export const submissionView = receipt.extend({
  status: submissionStatus,
  /** "grading is off on this server", "being retried: …": in words, when it is not simply queued or running. */
  note: z.string().nullable(),
  queuedAt: instant.nullable(),
  startedAt: instant.nullable(),
  endedAt: instant.nullable(),
  progress: runProgress.nullable(),
  /** There is a copy of the notebook with the outputs of its graded run: `GET …/submissions/:id/executed`. */
  executed: z.boolean(),
  result: submissionResult.nullable(),
});
export type SubmissionView = z.infer<typeof submissionView>;

/** The same for staff: whose, which version, and the oracle's own report. */
export const staffSubmission = submissionView.omit({ result: true }).extend({
  participant: z.uuid(),
  name: z.string(),
  version: z.int().nullable(),
  attempts: z.int(),
  staffReason: z.string().nullable(),
  output: z.string().nullable(),
  engine: engineName.nullable(),
  tier: tier.nullable(),
  durationMs: z.number().nullable(),
  result: z
    .object({
      outcome,
      reason: z.string().nullable(),
      points: z.number(),
      maxPoints: z.number(),
      tests: z.array(testResult),
    })
    .nullable(),
});
export type StaffSubmission = z.infer<typeof staffSubmission>;

/** `GET /api/v1/labs/:lab/grades` (teachers and owners): participants × assignments. */
export const gradeTable = z.object({
  assignments: z.array(
    z.object({ id: z.uuid(), slug: z.string(), title: z.string(), points: z.number(), version: z.int() }),
  ),
  rows: z.array(
    z.object({
      participant: z.uuid(),
      name: z.string(),
      /** Same order as `assignments`. */
      cells: z.array(
        z.object({
          status: z.union([submissionStatus, z.literal('none')]),
          points: z.number().nullable(),
          outcome: outcome.nullable(),
          submission: z.uuid().nullable(),
          submissions: z.int(),
          note: z.string().nullable(),
        }),
      ),
    }),
  ),
});
export type GradeTable = z.infer<typeof gradeTable>;

/**
 * `GET /api/v1/labs/:lab/failures` (teachers and owners): which tests fail, and who fails one the same way. Each student counts
 * once, with the newest submission that was graded.
 */
export const failureTable = z.object({
  assignments: z.array(
    z.object({
      slug: z.string(),
      title: z.string(),
      /** Students with a graded submission. */
      students: z.int(),
      /** Most failed first; tests that everybody passed are left out. */
      tests: z.array(
        z.object({
          name: z.string(),
          visible: z.boolean(),
          failed: z.int(),
          groups: z.array(
            z.object({
              status: testStatus,
              /** What the failures have in common: type and message, without what differs from run to run. */
              what: z.string(),
              students: z.array(z.object({ participant: z.uuid(), name: z.string(), submission: z.uuid() })),
            }),
          ),
        }),
      ),
    }),
  ),
});
export type FailureTable = z.infer<typeof failureTable>;
