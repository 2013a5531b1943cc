import { integer, jsonb, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core';
import { assignment } from './assignment.js';
import { createdAt, id, instantAt } from './columns.js';

/** One push of an assignment's folder. Immutable; a run names the version it used. */
export const assignmentVersion = pgTable(
  'assignment_version',
  {
    id: id(),
    assignmentId: uuid('assignment_id')
      .notNull()
      .references(() => assignment.id, { onDelete: 'cascade' }),
    /** 1, 2, 3 … */
    number: integer('number').notNull(),
    /** `assignmentManifest`, parsed, with every default filled in. */
    manifest: jsonb('manifest').notNull(),
    /** `[{path, sha256, bytes}]`: the folder's files as blobs. */
    files: jsonb('files').notNull(),
    /** sha256 over manifest and files: pushing the same again adds no version. */
    contentHash: text('content_hash').notNull(),
    /** `suiteProfile`: what the author's solution needed, recorded by the check. */
    profile: jsonb('profile'),
    /** `trialSuite`: the visible tests by themselves, which the check left for trials. */
    trial: jsonb('trial'),
    /** Null: pushed before there were checks; it grades, without a profile. */
    checkState: text('check_state', { enum: ['waiting', 'passed', 'failed', 'not-done'] }),
    /** `suiteCheck`, of the last check that was done. */
    check: jsonb('check'),
    checkedAt: instantAt('checked_at'),
    /** For staff: why the check could not be done. */
    checkProblem: text('check_problem'),
    pushedBy: text('pushed_by').notNull(),
    createdAt: createdAt(),
  },
  (table) => [unique('assignment_version_number').on(table.assignmentId, table.number)],
);
