/**
 * What jobs of kind *solution* do to runs of an author's notebook, and what they need. States of a run: *waiting* → *running* →
 * *done* or *failed*; back to *waiting* when its worker was lost or our part failed. A template's answers are set before its
 * run is done, so that *done* means that they count; a solution's wait for somebody to accept them.
 */
import { and, eq, isNotNull } from 'drizzle-orm';
import { notebookRun, question } from '@nbpulse/schema/db';
import {
  summaryOf,
  type Change,
  type JobReport,
  type NotebookReport,
  type SolutionPayload,
  solutionPayload,
} from '@nbpulse/schema/wire';
import { labAssignments } from '../assignments/index.js';
import type { Blobs } from '../blobs/index.js';
import { nextRev, type Announce, type Database, type Queryable } from '../database/index.js';
import { answerHash } from '../expected/index.js';
import { nothing, type AfterCommit, type Job, type JobKind, type WorkerDeps } from '../queue/index.js';
import { doneWords, retryWords, surrenderWords } from './run-words.js';
import { notebookRunView, type KeptSend } from './view.js';

export interface SolutionJobDeps {
  announce: Announce;
  /** In a transaction of its own. */
  setTemplateAnswers: (labId: string, hashes: ReadonlyMap<string, string | null>) => Promise<unknown>;
}

const payloadOf = (row: Job): SolutionPayload => solutionPayload.parse(row.payload);

export function solutionJobs({ announce, setTemplateAnswers }: SolutionJobDeps): JobKind<NotebookReport> {
  /** Null when the run is gone. */
  async function move(
    tx: Queryable,
    { runId, labId }: SolutionPayload,
    to: Partial<typeof notebookRun.$inferInsert>,
  ): Promise<AfterCommit | null> {
    const [known] = await tx.select({ id: notebookRun.id }).from(notebookRun).where(eq(notebookRun.id, runId));
    if (!known) return null;
    const rev = await nextRev(tx, labId);
    const [row] = await tx
      .update(notebookRun)
      .set({ ...to, rev })
      .where(eq(notebookRun.id, runId))
      .returning();
    if (!row) return null;
    const change: Change = { kind: 'notebook-run', rev, run: notebookRunView(row) };
    return () => announce(labId, rev, [change]);
  }

  async function keepTemplate(tx: Queryable, labId: string, sent: KeptSend[]): Promise<void> {
    const former = await tx
      .select({ key: question.key })
      .from(question)
      .where(and(eq(question.labId, labId), isNotNull(question.templateHash)));
    const hashes = new Map<string, string | null>(former.map(({ key }) => [key, null]));
    for (const one of sent) if (one.value) hashes.set(one.question, answerHash(one.value));
    if (hashes.size > 0) await setTemplateAnswers(labId, hashes);
  }

  return {
    takes: (report: JobReport): report is NotebookReport => 'sent' in report,

    leased: (tx, row) => move(tx, payloadOf(row), { state: 'running' }),

    async finished(tx, row, report) {
      const payload = payloadOf(row);
      if (report.outcome === 'sandbox-error') {
        const why = report.reason ?? 'The sandbox failed and did not say why.';
        await tx
          .update(notebookRun)
          .set({ message: retryWords(why) })
          .where(eq(notebookRun.id, payload.runId));
        return { retryBecause: why, after: nothing };
      }
      const [run] = await tx.select().from(notebookRun).where(eq(notebookRun.id, payload.runId));
      if (!run) return { retryBecause: null, after: nothing };
      const isDone = report.outcome === 'completed';
      const sent = isDone ? report.sent.map(keptSend) : [];
      // The lab's row is not locked yet: the judging has a transaction of its own. Done twice it changes nothing.
      if (isDone && run.kind === 'template') await keepTemplate(tx, payload.labId, sent);
      const after = await move(tx, payload, {
        state: isDone ? 'done' : 'failed',
        message: isDone ? doneWords(report) : (report.reason ?? 'It failed, and did not say why.'),
        sent,
        endedAt: new Date(),
      });
      return { retryBecause: null, after: after ?? nothing };
    },

    waiting: async (tx, row) => (await move(tx, payloadOf(row), { state: 'waiting' })) ?? nothing,

    failed: async (tx, row) =>
      (await move(tx, payloadOf(row), {
        state: 'failed',
        message: surrenderWords(row.lastError),
        endedAt: new Date(),
      })) ?? nothing,

    progress: () => Promise.resolve(),
  };

  function keptSend(one: NotebookReport['sent'][number]): KeptSend {
    return { ...one, summary: one.value ? summaryOf(one.value) : (one.why ?? '') };
  }
}

/** The notebook, and beside it the data files of the lab's assignments: the same that stand beside a submission. */
export function solutionFiles({ db, blobs }: { db: Database; blobs: Blobs }): WorkerDeps['authorFiles'] {
  return {
    async data({ runId, labId }) {
      if (!(await runIsThere(db, runId))) return null;
      const files = new Map<string, string>();
      for (const { version } of await labAssignments(db, labId)) {
        for (const { path, sha256 } of version.files) {
          if (files.has(path) || !version.manifest.data.some((entry) => isBelow(path, entry))) continue;
          const bytes = await blobs.get(sha256);
          if (!bytes) throw new Error(`the blob ${sha256} of ${path} in version ${version.id} is missing`);
          files.set(path, bytes.toString('base64'));
        }
      }
      return { files: [...files].map(([path, b64]) => ({ path, b64 })) };
    },
    async notebook({ runId, sha256 }) {
      if (!(await runIsThere(db, runId))) return null;
      const bytes = await blobs.get(sha256);
      return bytes ? new Uint8Array(bytes) : null;
    },
  };
}

/** An entry of a manifest names a file, or a folder with everything below it. */
function isBelow(path: string, entry: string): boolean {
  const name = entry.replace(/^\.\//, '').replace(/\/+$/, '');
  return name === '.' || path === name || path.startsWith(`${name}/`);
}

async function runIsThere(db: Database, runId: string): Promise<boolean> {
  const rows = await db.select({ id: notebookRun.id }).from(notebookRun).where(eq(notebookRun.id, runId));
  return rows.length > 0;
}
