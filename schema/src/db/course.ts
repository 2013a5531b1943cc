import { integer, pgTable, text } from 'drizzle-orm/pg-core';
import { createdAt, id } from './columns.js';

/** Staff, roster, labs and assignments. */
export const course = pgTable('course', {
  id: id(),
  name: text('name').notNull(),
  /** IANA: `Europe/Zurich`. Schedules keep local time and this zone. */
  timeZone: text('time_zone').notNull(),
  /** Months after a lab's closing until its records, notebooks and names go. Told at joining. */
  retentionMonths: integer('retention_months').notNull().default(12),
  createdAt: createdAt(),
});
