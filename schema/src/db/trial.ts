import { index, integer, jsonb, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core';
import { assignmentVersion } from './assignment-version.js';
import { assignment } from './assignment.js';
import { instantAt } from './columns.js';
import { job } from './job.js';
import { lab } from './lab.js';
import { participant } from './participant.js';

/** The newest run of the visible tests on a participant's notebook, for an assignment; no submission. The one before it is deleted. */
export const trial = pgTable(
  'trial',
  {
    /** Made by the client, so that a repeated request is one trial. */
    id: uuid('id').primaryKey(),
    /** Which one of this participant and assignment: 1, 2 … Staff see how many there were. */
    number: integer('number').notNull(),
    /** Ids of those before it, the last ones: a late repeat of one is not taken for a new trial. */
    earlier: jsonb('earlier').notNull().default([]),
    labId: uuid('lab_id')
      .notNull()
      .references(() => lab.id, { onDelete: 'cascade' }),
    assignmentId: uuid('assignment_id')
      .notNull()
      .references(() => assignment.id, { onDelete: 'cascade' }),
    participantId: uuid('participant_id')
      .notNull()
      .references(() => participant.id, { onDelete: 'cascade' }),
    versionId: uuid('version_id')
      .notNull()
      .references(() => assignmentVersion.id, { onDelete: 'cascade' }),
    jobId: uuid('job_id').references(() => job.id, { onDelete: 'set null' }),
    /** Of the notebook, which is kept until the trial has ended. */
    sha256: text('sha256').notNull(),
    receivedAt: instantAt('received_at').notNull(),
    startedAt: instantAt('started_at'),
    endedAt: instantAt('ended_at'),
    /** What the student sees of the report; null: not ended, or by a fault of ours. */
    result: jsonb('result'),
    progressDone: integer('progress_done'),
    progressTotal: integer('progress_total'),
  },
  (table) => [unique('trial_newest').on(table.participantId, table.assignmentId), index('trial_lab').on(table.labId)],
);
