/** Worker ↔ server over HTTP, with the worker's own token. A worker has no database credentials. */
import { z } from 'zod';
import { MiB } from './limits.js';
import { assignmentFile, assignmentManifest, runProgress, runReport } from './grading.js';
import { notebookReport } from './notebook-report.js';
import { checkReport } from './suite-check.js';
import { suiteProfile } from './suite-profile.js';

export const jobKind = z.enum(['grade', 'trial', 'check', 'solution', 'score', 'schedule']);
export type JobKind = z.infer<typeof jobKind>;

/** `POST /api/v1/worker/lease`: waits up to `waitMs` for a job, answers 204 when there was none. */
export const leaseRequest = z.object({
  worker: z.string().min(1).max(100),
  kinds: z.array(jobKind).min(1),
  waitMs: z.int().min(0).max(30_000),
});
export const gradePayload = z.object({
  runId: z.uuid(),
  submissionId: z.uuid(),
  assignmentId: z.uuid(),
  version: z.int().positive(),
  sha256: z.string(),
  filename: z.string(),
});
export type GradePayload = z.infer<typeof gradePayload>;

/** A run of the visible tests alone, for a student who has not handed in. */
export const trialPayload = z.object({
  trialId: z.uuid(),
  assignmentId: z.uuid(),
  version: z.int().positive(),
  sha256: z.string(),
  filename: z.string(),
});
export type TrialPayload = z.infer<typeof trialPayload>;

/** A run of an author's notebook: the solution or the template of a lab. */
export const solutionPayload = z.object({
  runId: z.uuid(),
  labId: z.uuid(),
  sha256: z.string(),
  filename: z.string(),
});
export type SolutionPayload = z.infer<typeof solutionPayload>;

/** A check of a pushed version: the author's solution and the bare template, in the real sandbox. */
export const checkPayload = z.object({
  versionId: z.uuid(),
  assignmentId: z.uuid(),
  version: z.int().positive(),
});
export type CheckPayload = z.infer<typeof checkPayload>;

const leased = {
  id: z.uuid(),
  /** Fencing token: every later call about this job carries it; an outdated one gets 409 and the worker drops the job. */
  lease: z.uuid(),
  /** A worker that has not called for this long has lost the job. */
  leaseMs: z.int().positive(),
  attempt: z.int().positive(),
};
export const gradeJob = z.object({ ...leased, kind: z.literal('grade'), payload: gradePayload });
export type GradeJob = z.infer<typeof gradeJob>;
/** Its suite is the visible part: no hidden test, and nothing that only hidden tests need. */
export const trialJob = z.object({ ...leased, kind: z.literal('trial'), payload: trialPayload });
export type TrialJob = z.infer<typeof trialJob>;
export const solutionJob = z.object({ ...leased, kind: z.literal('solution'), payload: solutionPayload });
export type SolutionJob = z.infer<typeof solutionJob>;
export const checkJob = z.object({ ...leased, kind: z.literal('check'), payload: checkPayload });
export type CheckJob = z.infer<typeof checkJob>;
export const leasedJob = z.discriminatedUnion('kind', [gradeJob, trialJob, checkJob, solutionJob]);
export type LeasedJob = z.infer<typeof leasedJob>;

/** `GET /api/v1/worker/jobs/:id/suite?lease=`; the notebook itself is `GET …/notebook?lease=` (raw bytes). */
export const jobSuite = z.object({
  manifest: assignmentManifest,
  files: z.array(z.object({ path: z.string(), b64: z.string() })),
  /** What the author's solution needed; null without one, and before the version's check. */
  profile: suiteProfile.nullable(),
  /** False while the profile may still change: then it is not kept for the next job. */
  settled: z.boolean(),
});
/** `GET /api/v1/worker/jobs/:id/data?lease=`, for a solution: files that stand beside the notebook. */
export const jobData = z.object({ files: z.array(assignmentFile) });
/**
 * `PUT /api/v1/worker/jobs/:id/executed?lease=`, for a grade job before it finishes: the executed notebook's bytes, nbformat 4.5.
 * Sent again it takes the place of what came before.
 */
export const executedNotebookBytes = 9 * MiB;
/** `POST /api/v1/worker/jobs/:id/heartbeat` → `{cancel}`. */
export const heartbeat = z.object({ lease: z.uuid(), progress: runProgress.optional() });
export const heartbeatReply = z.object({ cancel: z.boolean() });
/** `POST /api/v1/worker/jobs/:id/finish`. Counted once: a second call with the same lease is a success without effect. */
export const jobReport = z.union([runReport, checkReport, notebookReport]);
export type JobReport = z.infer<typeof jobReport>;
/** A report of another kind than the job's is refused with 422. */
export const finish = z.object({ lease: z.uuid(), report: jobReport });
/** `POST /api/v1/worker/jobs/:id/release`: a worker that is told to stop gives its job back; the attempt does not count. */
export const release = z.object({ lease: z.uuid() });
