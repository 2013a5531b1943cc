/**
 * What jobs of kind *trial* do to trials, and what they need: the visible part of a suite, which holds no hidden test, and the notebook.
 * States of a trial: *waiting* → *running* (`startedAt`, while its job is leased) → *ended*, with a result or by a fault of ours. A fault
 * is tried once more. A trial that was replaced has no row: its job ends, and nobody hears of it.
 */
import { and, eq, isNull, sql } from 'drizzle-orm';
import {
  trialPayload,
  wireVersion,
  type JobReport,
  type RunReport,
  type ServerMessage,
  type SubmissionResult,
  type TrialPayload,
  type TrialSuite,
} from '@nbpulse/schema/wire';
import { assignmentVersion, trial } from '@nbpulse/schema/db';
import { trialSuiteOf, versionOf } from '../assignments/index.js';
import type { Blobs } from '../blobs/index.js';
import type { Database, Queryable } from '../database/index.js';
import { feedbackOf, storable } from '../grading/index.js';
import type { AfterCommit, Job, JobKind, WorkerDeps } from '../queue/index.js';
import { nothing } from '../queue/index.js';
import { ownTrial } from './views.js';

export interface TrialJobDeps {
  db: Database;
  blobs: Blobs;
  /** Sends a participant's sockets a message. */
  tell: (participantId: string, message: ServerMessage) => void;
}

/** A student waits: after the second fault they are told. */
const attempts = 2;
const payloadOf = (row: Job): TrialPayload => trialPayload.parse(row.payload);

export function trialJobs({ db, blobs, tell }: TrialJobDeps): JobKind<RunReport> {
  const announce = (participantId: string, id: string): AfterCommit => {
    return async () => {
      const view = await ownTrial(db, participantId, id);
      if (view) tell(participantId, { v: wireVersion, type: 'trial', trial: view });
    };
  };
  /** Null when it was replaced, erased, or has ended. */
  const change = async (
    tx: Queryable,
    row: Job,
    to: Partial<typeof trial.$inferInsert>,
  ): Promise<AfterCommit | null> => {
    const [changed] = await tx
      .update(trial)
      .set(to)
      .where(and(eq(trial.id, payloadOf(row).trialId), eq(trial.jobId, row.id), isNull(trial.endedAt)))
      .returning({ id: trial.id, participantId: trial.participantId });
    return changed ? announce(changed.participantId, changed.id) : null;
  };
  /** The notebook was needed for the run alone. */
  const end = async (tx: Queryable, row: Job, result: SubmissionResult | null): Promise<AfterCommit> => {
    const endedAt = sql`clock_timestamp()` as unknown as Date;
    const after = await change(tx, row, { endedAt, result, progressDone: null, progressTotal: null });
    await blobs.unuse(tx, 'trial', [payloadOf(row).trialId]);
    return after ?? nothing;
  };
  const begun = { progressDone: null, progressTotal: null };

  return {
    takes: (report: JobReport): report is RunReport => 'tests' in report,

    leased: (tx, row) => change(tx, row, { ...begun, startedAt: sql`clock_timestamp()` as unknown as Date }),

    async finished(tx, row, report) {
      if (report.outcome === 'sandbox-error') {
        const why = storable(report.staffReason ?? report.reason ?? 'The sandbox failed and did not say why.');
        if (row.attempts < attempts) return { retryBecause: why, after: nothing };
        return { retryBecause: null, after: await end(tx, row, null) };
      }
      const [version] = await tx
        .select({ id: trial.versionId })
        .from(trial)
        .where(eq(trial.id, payloadOf(row).trialId));
      const suite = version ? await trialSuiteOf(tx, version.id) : null;
      return { retryBecause: null, after: await end(tx, row, suite && storable(resultOf(report, suite))) };
    },

    waiting: async (tx, row) => (await change(tx, row, { ...begun, startedAt: null })) ?? nothing,

    failed: (tx, row) => end(tx, row, null),

    async progress(row, { done, total }) {
      const after = await change(db, row, { progressDone: done, progressTotal: total });
      await after?.();
    },
  };
}

/** Each test worth what it is in a submission. A name that the check did not see is none of the visible tests'. */
export function resultOf(report: RunReport, suite: Pick<TrialSuite, 'tests'>): SubmissionResult {
  const worth = new Map(suite.tests.map(({ name, maxPoints }) => [name, maxPoints]));
  const { tests, ...told } = feedbackOf(report, { showHiddenMessages: false });
  const shown = tests.flatMap((test) => {
    const maxPoints = worth.get(test.name);
    if (!test.visible || maxPoints === undefined) return [];
    return [{ ...test, maxPoints, points: test.status === 'passed' ? maxPoints : 0 }];
  });
  return {
    ...told,
    points: sum(shown.map((test) => test.points)),
    maxPoints: worthOf(suite),
    tests: shown,
  };
}

/** Without the dust of adding doubles. */
const sum = (points: number[]): number => Number(points.reduce((all, one) => all + one, 0).toFixed(9));
const worthOf = (suite: Pick<TrialSuite, 'tests'>): number => sum(suite.tests.map((test) => test.maxPoints));

export function trialFiles({ db, blobs }: Pick<TrialJobDeps, 'db' | 'blobs'>): WorkerDeps['trialFiles'] {
  const isThere = async ({ trialId, sha256 }: TrialPayload): Promise<boolean> => {
    const rows = await db
      .select({ id: trial.id })
      .from(trial)
      .where(and(eq(trial.id, trialId), eq(trial.sha256, sha256)));
    return rows.length > 0;
  };
  return {
    async suite({ assignmentId, version: number }) {
      const [row] = await db
        .select({ id: assignmentVersion.id })
        .from(assignmentVersion)
        .where(and(eq(assignmentVersion.assignmentId, assignmentId), eq(assignmentVersion.number, number)));
      const [version, suite] = row ? await Promise.all([versionOf(db, row.id), trialSuiteOf(db, row.id)]) : [];
      if (!version || !suite) return null;
      const files = [];
      for (const { path, text } of suite.files) {
        const pushed = version.files.find((file) => file.path === path);
        const bytes = text === null ? pushed && (await blobs.get(pushed.sha256)) : Buffer.from(text);
        if (!bytes) throw new Error(`the file ${path} of the trials of version ${version.id} is missing`);
        files.push({ path, b64: bytes.toString('base64') });
      }
      const { solution: _, ...manifest } = version.manifest;
      return {
        manifest: {
          ...manifest,
          tests: suite.testFiles,
          points: worthOf(suite) || manifest.points,
          showHiddenMessages: false,
        },
        files,
        profile: suite.profile,
        settled: version.checkState === 'passed',
      };
    },
    async notebook(payload) {
      if (!(await isThere(payload))) return null;
      const bytes = await blobs.get(payload.sha256);
      return bytes ? new Uint8Array(bytes) : null;
    },
  };
}
