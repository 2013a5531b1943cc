/** Handing in: exact bytes, a receipt, a place in the queue. The same upload again gives the same receipt. */
import { and, count, eq, isNull } from 'drizzle-orm';
import type { Receipt } from '@nbpulse/schema/wire';
import { assignment, job, run, submission } from '@nbpulse/schema/db';
import type { ParticipantCaller } from '../access/index.js';
import { labAssignments, type LinkedAssignment } from '../assignments/index.js';
import type { Blobs } from '../blobs/index.js';
import { sha256Of, type Upload } from '../checkpoints/index.js';
import { brokenUnique, type Database, type Queryable } from '../database/index.js';
import { queueRun, type GradeJobDeps } from '../grading/index.js';
import { ProblemReply, refuse } from '../http/index.js';
import type { AfterCommit, Queue } from '../queue/index.js';
import { submissionNumber } from './number.js';
import { chosenAssignment, whyNoHandIn } from './taken.js';

export interface SubmitDeps {
  db: Database;
  blobs: Blobs;
  queue: Pick<Queue, 'add'>;
  moved: GradeJobDeps['moved'];
}

type Row = typeof submission.$inferSelect;

const receiptOf = (row: Row, slug: string): Receipt => ({
  id: row.id,
  number: row.number,
  receivedAt: row.receivedAt.toISOString(),
  sha256: row.sha256,
  bytes: row.bytes,
  assignment: slug,
});

/** Hands a notebook in. The bytes were looked at: they are a notebook. */
export async function submit(
  deps: SubmitDeps,
  caller: ParticipantCaller,
  upload: Upload,
  slug: string | undefined,
  bytes: Uint8Array,
): Promise<Receipt | ProblemReply> {
  const sha256 = sha256Of(bytes);
  const early = await answered(deps.db, caller, upload.id, sha256, slug);
  if (early) return early;
  const linked = chosenAssignment(await labAssignments(deps.db, caller.labId), slug);
  if (linked instanceof ProblemReply) return linked;
  await deps.blobs.put(bytes);

  for (let attempt = 1; ; attempt += 1) {
    try {
      const done = await deps.db.transaction((tx) => add(deps, tx, caller, upload, linked, sha256, bytes.byteLength));
      if (done instanceof ProblemReply) return done;
      await done.after();
      return done.receipt;
    } catch (error) {
      const broken = brokenUnique(error);
      if (broken === null || attempt === 5) throw error;
      // Either the number is taken, and another is drawn; or the same upload came twice at once, and the other was first.
      const other = await answered(deps.db, caller, upload.id, sha256, slug);
      if (other) return other;
    }
  }
}

async function add(
  { blobs, queue, moved }: SubmitDeps,
  tx: Queryable,
  caller: ParticipantCaller,
  upload: Upload,
  linked: LinkedAssignment,
  sha256: string,
  bytes: number,
): Promise<{ receipt: Receipt; after: AfterCommit } | ProblemReply> {
  const { labId, participantId } = caller;
  const closed = await whyNoHandIn(tx, labId, 'hand in');
  if (closed) return closed;
  const [row] = await tx
    .insert(submission)
    .values({
      id: upload.id,
      number: submissionNumber(),
      labId,
      assignmentId: linked.id,
      participantId,
      sha256,
      bytes,
      filename: upload.filename ?? `${linked.slug}.ipynb`,
      madeAt: upload.madeAt,
      receivedAt: upload.receivedAt,
      // Set by `moved` below, in this transaction: the lab's lock is taken last.
      rev: 0,
    })
    .returning();
  if (!row) throw new Error('a submission was not kept');
  await blobs.use(tx, [{ sha256, ownerKind: 'submission', ownerId: row.id, labId }]);
  await queueRun(tx, queue, row, -(await waitingOf(tx, participantId)));
  return { receipt: receiptOf(row, linked.slug), after: await moved(tx, row.id) };
}

/** How many of a participant's runs wait: who hands in ten times at once does not hold up the others' first. */
async function waitingOf(tx: Queryable, participantId: string): Promise<number> {
  const [row] = await tx
    .select({ waiting: count() })
    .from(run)
    .innerJoin(submission, eq(submission.id, run.submissionId))
    .innerJoin(job, eq(job.id, run.jobId))
    .where(and(eq(submission.participantId, participantId), isNull(job.doneAt), isNull(job.failedAt)));
  return row?.waiting ?? 0;
}

/** The answer to an upload whose id is known: the same receipt, or a conflict. */
async function answered(
  db: Queryable,
  caller: ParticipantCaller,
  id: string,
  sha256: string,
  slug: string | undefined,
): Promise<Receipt | ProblemReply | null> {
  const [known] = await db
    .select({ row: submission, slug: assignment.slug })
    .from(submission)
    .innerJoin(assignment, eq(assignment.id, submission.assignmentId))
    .where(eq(submission.id, id));
  if (!known) return null;
  const same =
    known.row.participantId === caller.participantId &&
    known.row.sha256 === sha256 &&
    (slug === undefined || slug === known.slug);
  if (same) return receiptOf(known.row, known.slug);
  return refuse(
    409,
    'conflict',
    'This x-nbpulse-id was used for another upload. What was handed in under it is unchanged; make a new id for each submission.',
  );
}
