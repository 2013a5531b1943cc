import { index, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { createdAt, id, instantAt, revision } from './columns.js';
import { job } from './job.js';
import { lab } from './lab.js';

/** One run of an author's notebook in the sandbox: the template's own answers, or the solution's proposals. */
export const notebookRun = pgTable(
  'notebook_run',
  {
    id: id(),
    labId: uuid('lab_id')
      .notNull()
      .references(() => lab.id, { onDelete: 'cascade' }),
    kind: text('kind', { enum: ['template', 'solution'] }).notNull(),
    filename: text('filename').notNull(),
    /** The notebook, as a blob. */
    sha256: text('sha256').notNull(),
    jobId: uuid('job_id').references(() => job.id, { onDelete: 'set null' }),
    state: text('state', { enum: ['waiting', 'running', 'done', 'failed'] })
      .notNull()
      .default('waiting'),
    message: text('message'),
    /** `[{question, value, summary}]`: the last `send` of each question, in the order of these. */
    sent: jsonb('sent').notNull().default([]),
    startedBy: text('started_by'),
    rev: revision(),
    createdAt: createdAt(),
    endedAt: instantAt('ended_at'),
  },
  (table) => [index('notebook_run_log').on(table.labId, table.rev)],
);
