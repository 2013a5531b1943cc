import { integer, jsonb, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core';
import { assignment } from './assignment.js';
import { createdAt, id } from './columns.js';

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
    /** What the author's solution needed (see the grading seam); recorded by a later issue. */
    profile: jsonb('profile'),
    pushedBy: text('pushed_by').notNull(),
    createdAt: createdAt(),
  },
  (table) => [unique('assignment_version_number').on(table.assignmentId, table.number)],
);
