import { boolean, doublePrecision, index, integer, jsonb, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core';
import { assignmentVersion } from './assignment-version.js';
import { createdAt, id, instantAt } from './columns.js';
import { job } from './job.js';
import { submission } from './submission.js';

/** One execution of one submission against one version of the tests. Ends in an outcome, once. */
export const run = pgTable(
  'run',
  {
    id: id(),
    submissionId: uuid('submission_id')
      .notNull()
      .references(() => submission.id, { onDelete: 'cascade' }),
    versionId: uuid('version_id')
      .notNull()
      .references(() => assignmentVersion.id, { onDelete: 'cascade' }),
    jobId: uuid('job_id').references(() => job.id, { onDelete: 'set null' }),
    /** 1, 2 … per submission: regrades add runs, they overwrite none. */
    number: integer('number').notNull(),
    queuedAt: createdAt(),
    /** It has no job yet: no version of its assignment has passed its check. */
    waitsForCheck: boolean('waits_for_check').notNull().default(false),
    startedAt: instantAt('started_at'),
    endedAt: instantAt('ended_at'),
    outcome: text('outcome', { enum: ['completed', 'failed', 'timed-out', 'out-of-memory', 'sandbox-error'] }),
    points: doublePrecision('points'),
    maxPoints: doublePrecision('max_points'),
    /** `runReport`, whole; students see the part that feedback gives them. */
    report: jsonb('report'),
    /** The blob of the executed notebook: the student's word, with the outputs of this run. Null: none came. */
    executedSha256: text('executed_sha256'),
    engine: text('engine'),
    tier: text('tier'),
    progressDone: integer('progress_done'),
    progressTotal: integer('progress_total'),
  },
  (table) => [unique('run_number').on(table.submissionId, table.number), index('run_version').on(table.versionId)],
);
