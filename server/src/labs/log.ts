/**
 * The lab's log, read back: each row of it carries the revision that made it visible. A row that changed again has moved to the
 * later revision, so the log since N holds everything that differs from N, each thing once.
 */
import { and, asc, eq, gt, isNull, lte, or } from 'drizzle-orm';
import { event, lab, participant, question } from '@nbpulse/schema/db';
import type { ActivityChange, Change, LabLog } from '@nbpulse/schema/wire';
import type { Database, Queryable } from '../database/index.js';
import { participantView, questionColumns, questionView } from '../views/index.js';
import { previewColumns, recordView } from '../records/index.js';
import { labView } from './lab-view.js';

/** The changes of one kind after `from`, up to `to`, in the order of their revisions; at most so many. */
export type LogSource = (tx: Queryable, labId: string, from: number, to: number, most: number) => Promise<Change[]>;

/** Changes of one answer. A single revision is never cut, so it may hold more. */
export const logChanges = 2_000;
const noLimit = 1_000_000;

const participantChanges: LogSource = async (tx, labId, from, to, most) => {
  const rows = await tx
    .select()
    .from(participant)
    .where(and(eq(participant.labId, labId), gt(participant.rev, from), lte(participant.rev, to)))
    .orderBy(asc(participant.rev))
    .limit(most);
  return rows.map((row) => ({ kind: 'participant', rev: row.rev, participant: participantView(row) }));
};

const questionChanges: LogSource = async (tx, labId, from, to, most) => {
  const rows = await tx
    .select({ ...questionColumns, rev: question.rev })
    .from(question)
    .where(and(eq(question.labId, labId), gt(question.rev, from), lte(question.rev, to)))
    .orderBy(asc(question.rev))
    .limit(most);
  return rows.map((row) => ({ kind: 'question', rev: row.rev, question: questionView(row) }));
};

const eventChanges: LogSource = async (tx, labId, from, to, most) => {
  const rows = await tx
    .select({ ...previewColumns, kind: event.kind, rev: event.rev })
    .from(event)
    .where(
      and(
        eq(event.labId, labId),
        gt(event.rev, from),
        lte(event.rev, to),
        // A deleted record is shown as one; of the other kinds nothing is left to tell.
        or(eq(event.kind, 'record'), isNull(event.deletedAt)),
      ),
    )
    .orderBy(asc(event.rev), asc(event.madeAt), asc(event.seq))
    .limit(most);
  return rows.map((row): Change => {
    if (row.kind === 'record') return { kind: 'record', rev: row.rev, record: recordView(row) };
    if (row.kind === 'activity') {
      const { what, error } = row.body as Pick<ActivityChange, 'what' | 'error'>;
      const { participantId: participant, questionKey: question } = row;
      return {
        kind: 'activity',
        rev: row.rev,
        activity: { participant, what, question, error, madeAt: row.madeAt.toISOString() },
      };
    }
    const { count } = row.body as { count: number };
    const { participantId, questionKey, madeAt } = row;
    return {
      kind: 'dropped',
      rev: row.rev,
      participant: participantId,
      question: questionKey ?? '',
      count,
      madeAt: madeAt.toISOString(),
    };
  });
};

/** Reads the log of any lab. `sources` are other features' parts of it: checkpoints, submissions. */
export function logReader(db: Database, sources: LogSource[]): (labId: string, since: number) => Promise<LabLog> {
  const all = [participantChanges, questionChanges, eventChanges, ...sources];
  return (labId, since) =>
    // One snapshot for all of it: what commits meanwhile belongs to the next answer.
    db.transaction(
      async (tx) => {
        const [head] = await tx.select().from(lab).where(eq(lab.id, labId));
        if (!head) throw new Error('the lab of this log does not exist');
        if (since >= head.rev) return { from: since, to: since, more: false, changes: [] };
        const parts = await Promise.all(all.map((source) => source(tx, labId, since, head.rev, logChanges + 1)));
        // A part that was cut is whole only up to the revision before its last.
        const whole = Math.min(
          head.rev,
          ...parts.map((part) => (part.length > logChanges ? (part.at(-1)?.rev ?? 0) - 1 : head.rev)),
        );
        let changes = ownChanges(head).concat(...parts);
        changes = changes.filter((change) => change.rev > since && change.rev <= whole).sort((a, b) => a.rev - b.rev);
        let to = whole;
        if (changes.length > logChanges) {
          to = (changes[logChanges]?.rev ?? 0) - 1;
          changes = changes.filter((change) => change.rev <= to);
        }
        if (to <= since) {
          // The first revision alone is longer than an answer: it is given whole.
          to = since + 1;
          const first = await Promise.all(all.map((source) => source(tx, labId, since, to, noLimit)));
          changes = ownChanges(head)
            .filter((change) => change.rev === to)
            .concat(...first);
        }
        return { from: since, to, more: to < head.rev, changes };
      },
      { isolationLevel: 'repeatable read', accessMode: 'read only' },
    );
}

function ownChanges(head: typeof lab.$inferSelect): Change[] {
  return head.deletedAt
    ? [{ kind: 'lab-deleted', rev: head.changedRev }]
    : [{ kind: 'lab', rev: head.changedRev, lab: labView(head) }];
}
