/** Runs of an author's notebook as staff see them: the latest of each kind, and as changes of the lab's log. */
import { and, asc, desc, eq, gt, lte } from 'drizzle-orm';
import { z } from 'zod';
import { notebookRun } from '@nbpulse/schema/db';
import { notebookSend, type Change, type NotebookRunView } from '@nbpulse/schema/wire';
import type { Queryable } from '../database/index.js';

export type NotebookRunRow = typeof notebookRun.$inferSelect;
/** What stands in the column `sent`. */
const keptSends = z.array(notebookSend.extend({ summary: z.string() }));
export type KeptSend = z.infer<typeof keptSends>[number];

export const sendsOf = (row: Pick<NotebookRunRow, 'sent'>): KeptSend[] => keptSends.parse(row.sent);

/** Values can be large, and a list needs the keys only. */
const keys = z.array(z.object({ question: z.string() }));

export const notebookRunView = (row: NotebookRunRow): NotebookRunView => ({
  id: row.id,
  kind: row.kind,
  filename: row.filename,
  state: row.state,
  startedBy: row.startedBy,
  createdAt: row.createdAt.toISOString(),
  endedAt: row.endedAt?.toISOString() ?? null,
  message: row.message,
  questions: keys.parse(row.sent).map(({ question }) => question),
});

/** The latest of each kind. */
export async function notebookRunsOf(tx: Queryable, labId: string): Promise<NotebookRunView[]> {
  const rows = await tx
    .selectDistinctOn([notebookRun.kind])
    .from(notebookRun)
    .where(eq(notebookRun.labId, labId))
    .orderBy(notebookRun.kind, desc(notebookRun.createdAt));
  return rows.map(notebookRunView);
}

export async function notebookRunChanges(
  tx: Queryable,
  labId: string,
  from: number,
  to: number,
  most: number,
): Promise<Change[]> {
  const rows = await tx
    .select()
    .from(notebookRun)
    .where(and(eq(notebookRun.labId, labId), gt(notebookRun.rev, from), lte(notebookRun.rev, to)))
    .orderBy(asc(notebookRun.rev))
    .limit(most);
  return rows.map((row) => ({ kind: 'notebook-run', rev: row.rev, run: notebookRunView(row) }));
}
