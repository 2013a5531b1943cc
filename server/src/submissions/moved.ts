/** A submission took a step: the lab's log gets a revision, staff a change, the participant's own sockets the new view. */
import { and, eq, isNull } from 'drizzle-orm';
import type { SubmissionView } from '@nbpulse/schema/wire';
import { submission } from '@nbpulse/schema/db';
import { nextRev, type Announce, type Database, type Queryable } from '../database/index.js';
import type { GradeJobDeps } from '../grading/index.js';
import { nothing, type AfterCommit } from '../queue/index.js';
import { findSubmission, studentViews, submissionChangeOf } from './views.js';

export interface MoveDeps {
  db: Database;
  announce: Announce;
  /** Sends a participant's sockets, if any are open, one of their own submissions. */
  tellParticipant: (participantId: string, submission: SubmissionView) => void;
}

/** Takes the lab's next revision for a submission, in the transaction of its step. */
async function stamp(
  deps: MoveDeps,
  tx: Queryable,
  row: Pick<typeof submission.$inferSelect, 'id' | 'labId'>,
): Promise<AfterCommit> {
  const { labId } = row;
  if (labId === null) return () => tell(deps, row.id);
  const rev = await nextRev(tx, labId);
  await tx.update(submission).set({ rev }).where(eq(submission.id, row.id));
  return async () => {
    const known = await findSubmission(deps.db, row.id);
    // It may have moved again since: then the later step announces it, at its own revision.
    const is = known?.row.rev === rev;
    deps.announce(labId, rev, is ? [{ kind: 'submission', rev, submission: submissionChangeOf(known) }] : []);
    if (known) await tellKnown(deps, known);
  };
}

async function tell(deps: MoveDeps, submissionId: string): Promise<void> {
  const known = await findSubmission(deps.db, submissionId);
  if (known) await tellKnown(deps, known);
}

async function tellKnown(
  deps: MoveDeps,
  known: NonNullable<Awaited<ReturnType<typeof findSubmission>>>,
): Promise<void> {
  const [view] = await studentViews(deps.db, [known]);
  if (view) deps.tellParticipant(known.row.participantId, view);
}

/** What grade jobs call at each step; `submit` calls `moved` too. */
export function submissionMoves(deps: MoveDeps): Pick<GradeJobDeps, 'moved' | 'progressed'> {
  return {
    async moved(tx, submissionId) {
      const [row] = await tx
        .select({ id: submission.id, labId: submission.labId })
        .from(submission)
        .where(and(eq(submission.id, submissionId), isNull(submission.deletedAt)));
      return row ? stamp(deps, tx, row) : nothing;
    },
    progressed: (submissionId) => tell(deps, submissionId),
  };
}
