/** An assignment, a run of a submission against it, and what came out. Shared by sandbox, worker, server and pages. */
import { z } from 'zod';
import { limits, MiB, second } from './limits.js';

export const slug = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'lower-case letters, digits and hyphens');

/** What one run may use. Defaults are `defaultRunLimits`; an assignment may set its own within the server's bounds. */
export const runLimits = z.object({
  /** For the whole run, setting up included. */
  wallMs: z
    .int()
    .min(1 * second)
    .max(600 * second),
  /** For one test. */
  testMs: z
    .int()
    .min(100)
    .max(600 * second),
  memoryBytes: z
    .int()
    .min(64 * MiB)
    .max(8192 * MiB),
  pids: z.int().min(8).max(1024),
  tmpBytes: z
    .int()
    .min(1 * MiB)
    .max(1024 * MiB),
  outputBytes: z
    .int()
    .min(1024)
    .max(16 * MiB),
  cpus: z.number().min(0.1).max(16),
});
export type RunLimits = z.infer<typeof runLimits>;
/** `limits: course` in a manifest: what a course can run by the hundred on a small machine. */
export const courseRunLimits: RunLimits = {
  wallMs: 30 * second,
  testMs: 10 * second,
  memoryBytes: 256 * MiB,
  pids: 128,
  tmpBytes: 64 * MiB,
  outputBytes: 1 * MiB,
  cpus: 0.5,
};
export const defaultRunLimits: RunLimits = {
  wallMs: 30 * second,
  testMs: 10 * second,
  memoryBytes: 512 * MiB,
  pids: 128,
  tmpBytes: 64 * MiB,
  outputBytes: 1 * MiB,
  cpus: 1,
};

/** `course`, `{preset: course, wallMs: …}` and plain limits are the same once read: what is not named has the server's default. */
function withPreset(given: unknown): unknown {
  if (given === 'course') return courseRunLimits;
  if (typeof given !== 'object' || given === null || !('preset' in given) || given.preset !== 'course') return given;
  const { preset: _, ...own } = given;
  return { ...courseRunLimits, ...own };
}

const manifestLimits = z.preprocess(
  withPreset,
  z.strictObject(runLimits.partial().shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `no such limit: ${issue.keys.join(', ')}. There are ${Object.keys(runLimits.shape).join(', ')}, and preset: course`
        : 'must be "course", or limits such as {preset: course, wallMs: 20000}',
  }),
);

/** `assignment.yaml`. Paths are inside the assignment's folder. */
export const assignmentManifest = z.strictObject({
  slug,
  title: z.string().min(1).max(limits.labNameChars),
  /** What students get. */
  template: z.string().default('template.ipynb'),
  /** The author's solution: notebook or .py; stays with staff. */
  solution: z.string().optional(),
  /** Files or folders of hidden and visible tests: ordinary pytest or unittest. */
  tests: z.array(z.string()).min(1).default(['tests']),
  /** Read-only files that stand beside the submission when it runs. */
  data: z.array(z.string()).default([]),
  /** The module name under which tests import the student's notebook. */
  module: z
    .string()
    .regex(/^[A-Za-z_]\w*$/)
    .default('submission'),
  points: z.number().positive().max(10_000).default(10),
  dueAt: z.iso.datetime({ offset: true }).optional(),
  limits: manifestLimits.optional(),
  /** A grading environment by its name on the workers' hosts. Default: one made from the folder's `requirements.txt`, if it has one. */
  environment: slug.optional(),
  /** Messages of hidden tests are shown to students only when the author says so. */
  showHiddenMessages: z.boolean().default(false),
});
export type AssignmentManifest = z.infer<typeof assignmentManifest>;

/** A file of an assignment: a path with forward slashes, relative, without `..`. */
export const assignmentFile = z.object({
  path: z
    .string()
    .max(200)
    .regex(/^(?!\/)(?!.*(^|\/)\.{1,2}(\/|$))[^\\\0]+$/, 'a relative path without ".."'),
  b64: z.string(),
});
export type AssignmentFile = z.infer<typeof assignmentFile>;
export const assignmentPush = z.object({
  manifest: assignmentManifest,
  files: z.array(assignmentFile).max(limits.assignmentFiles),
});
export type AssignmentPush = z.infer<typeof assignmentPush>;

/** What became of a push. The same content again adds no version. */
export const pushReply = z.object({
  id: z.uuid(),
  slug,
  version: z.int().positive(),
  unchanged: z.boolean(),
});
export type PushReply = z.infer<typeof pushReply>;

/**
 * Where the check of a version stands. `unchecked`: pushed to a server that made no checks yet; it grades without a profile.
 * `waiting`: a worker has yet to do it, or does it now. `passed` and `failed`: done. `not-done`: our part failed each time.
 */
export const checkState = z.enum(['unchecked', 'waiting', 'passed', 'failed', 'not-done']);
export type CheckState = z.infer<typeof checkState>;

/** `GET /api/v1/courses/:course/assignments`: each with its newest version and the labs that link it. */
export const assignmentView = z.object({
  id: z.uuid(),
  slug,
  title: z.string(),
  points: z.number(),
  dueAt: z.iso.datetime({ offset: true }).nullable(),
  version: z.int().positive(),
  pushedAt: z.iso.datetime({ offset: true }),
  labs: z.array(z.uuid()),
  check: checkState,
  /** The version that what is handed in now is graded by: the newest that its check let pass. Null: it waits. */
  gradedBy: z.int().positive().nullable(),
  /** False: no worker has called of late, so nothing is checked and nothing graded until one does. */
  workerThere: z.boolean(),
});
export type AssignmentView = z.infer<typeof assignmentView>;

/**
 * The first four are verdicts on the student's code. `sandbox-error` is ours (also a package or data file that the
 * assignment names and that is missing, or a suite that does not import): it is retried, staff see it, it never scores.
 */
export const outcome = z.enum(['completed', 'failed', 'timed-out', 'out-of-memory', 'sandbox-error']);
export type Outcome = z.infer<typeof outcome>;

/** Why a test failed, in parts that a page can lay out. All texts are plain, cut, and free of the sandbox's paths. */
export const failureDetail = z.object({
  /** The last calls of the submission's functions in this test, oldest first: `mean([1, 2], skip=True)`. */
  calls: z
    .array(
      z.object({
        call: z.string().max(400),
        /** What it gave, as Python writes it. */
        gave: z.string().max(400).optional(),
        /** `ValueError: no numbers`. */
        raised: z.string().max(400).optional(),
      }),
    )
    .max(3),
  expected: z.string().max(1_000).optional(),
  got: z.string().max(1_000).optional(),
  /** The first differences, a line each: of text, items of a list or dict, cells of an array or a table. */
  difference: z
    .array(
      z.object({
        /** Where: `[3]`, `['mean']`, `row 2, column "price"`, `line 4`. */
        at: z.string().max(200),
        expected: z.string().max(300).nullable(),
        got: z.string().max(300).nullable(),
      }),
    )
    .max(20)
    .optional(),
  /** How many more differences there are. */
  moreDifferences: z.int().nonnegative().optional(),
  /** The student's own line that raised: `cell 3` or the file's name, counted from 1. */
  line: z.object({ cell: z.string().max(60), line: z.int().positive(), source: z.string().max(300) }).optional(),
});
export type FailureDetail = z.infer<typeof failureDetail>;

export const testStatus = z.enum(['passed', 'failed', 'error', 'timed-out', 'skipped', 'not-run']);
export const testResult = z.object({
  /** As pytest names it below its file: `test_is_prime`, `TestPrimes::test_zero[3]`. */
  name: z.string().max(300),
  status: testStatus,
  visible: z.boolean(),
  points: z.number().nonnegative(),
  maxPoints: z.number().nonnegative(),
  durationMs: z.number().nonnegative(),
  /** For the student; absent for hidden tests unless the author shows it. Plain text, at most 4,000 characters. */
  message: z.string().max(4_000).optional(),
  /** Present and absent as `message` is. */
  detail: failureDetail.optional(),
  /** For staff: the oracle's own report. */
  staffMessage: z.string().max(20_000).optional(),
  /** True for a test declared `shared`: student and test shared a process, so the result could be forged. */
  spoofable: z.boolean().optional(),
  /** A `==` of the submission's own class decided in this test: student against student. */
  ownEquality: z.boolean().optional(),
});
export type TestResult = z.infer<typeof testResult>;

/**
 * Which walls the host could hold. A: cgroups limit the whole sandbox. B: limits per process, and the worker kills
 * on the summed memory, sampled each 50 ms; one run at a time.
 */
export const tier = z.enum(['A', 'B']);
export const engineName = z.enum(['docker', 'bubblewrap']);

export const runReport = z.object({
  v: z.literal(1),
  outcome,
  /** For the student, in words: "stopped after 10 s in test_large". Absent when completed. */
  reason: z.string().max(2_000).optional(),
  /** For staff. Never shown to students. */
  staffReason: z.string().max(20_000).optional(),
  points: z.number().nonnegative(),
  maxPoints: z.number().nonnegative(),
  tests: z.array(testResult).max(2_000),
  /** What the student's code printed while the notebook ran, capped. For staff. */
  output: z.string().optional(),
  engine: engineName,
  tier,
  startedAt: z.iso.datetime({ offset: true }),
  /** From the start of the sandbox to its end. */
  durationMs: z.number().nonnegative(),
  peakMemoryBytes: z.int().nonnegative().optional(),
});
export type RunReport = z.infer<typeof runReport>;

/** Progress of a run, for the student's panel: "running, test 7 of 13". */
export const runProgress = z.object({ done: z.int().nonnegative(), total: z.int().nonnegative() });
export type RunProgress = z.infer<typeof runProgress>;
