/** Worker ↔ server over HTTP, with the worker's own token. A worker has no database credentials. */
import { z } from 'zod';
import { assignmentManifest, runProgress, runReport } from './grading.js';

export const jobKind = z.enum(['grade', 'solution', 'score', 'schedule']);
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

export const leasedJob = z.object({
  id: z.uuid(),
  kind: z.literal('grade'),
  payload: gradePayload,
  /** Fencing token: every later call about this job carries it; an outdated one gets 409 and the worker drops the job. */
  lease: z.uuid(),
  /** A worker that has not called for this long has lost the job. */
  leaseMs: z.int().positive(),
  attempt: z.int().positive(),
});
export type LeasedJob = z.infer<typeof leasedJob>;

/** `GET /api/v1/worker/jobs/:id/suite?lease=`; the notebook itself is `GET …/notebook?lease=` (raw bytes). */
export const jobSuite = z.object({
  manifest: assignmentManifest,
  files: z.array(z.object({ path: z.string(), b64: z.string() })),
});
/** `POST /api/v1/worker/jobs/:id/heartbeat` → `{cancel}`. */
export const heartbeat = z.object({ lease: z.uuid(), progress: runProgress.optional() });
export const heartbeatReply = z.object({ cancel: z.boolean() });
/** `POST /api/v1/worker/jobs/:id/finish`. Counted once: a second call with the same lease is a success without effect. */
export const finish = z.object({ lease: z.uuid(), report: runReport });
/** `POST /api/v1/worker/jobs/:id/release`: a worker that is told to stop gives its job back; the attempt does not count. */
export const release = z.object({ lease: z.uuid() });
