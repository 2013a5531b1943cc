import { sql } from 'drizzle-orm';
import { index, integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { createdAt, id, instantAt } from './columns.js';

/**
 * Work for a worker. Its state is read from its timestamps: waiting (no lease, or the lease ran out), leased, done
 * (`doneAt`), given up (`failedAt`). `lease` is the fencing token: a worker that lost it can no longer finish the job.
 */
export const job = pgTable(
  'job',
  {
    id: id(),
    kind: text('kind', { enum: ['grade', 'trial', 'check', 'solution', 'score', 'schedule'] }).notNull(),
    payload: jsonb('payload').notNull(),
    /** Higher first. */
    priority: integer('priority').notNull().default(0),
    runAfter: instantAt('run_after').notNull().defaultNow(),
    lease: uuid('lease'),
    worker: text('worker'),
    leasedAt: instantAt('leased_at'),
    leaseEndsAt: instantAt('lease_ends_at'),
    attempts: integer('attempts').notNull().default(0),
    doneAt: instantAt('done_at'),
    failedAt: instantAt('failed_at'),
    /** Why the last attempt did not finish it; for staff. */
    lastError: text('last_error'),
    createdAt: createdAt(),
  },
  (table) => [
    index('job_next')
      .on(table.kind, table.priority.desc(), table.runAfter)
      .where(sql`${table.doneAt} is null and ${table.failedAt} is null`),
  ],
);
