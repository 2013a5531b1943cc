/**
 * Starting a trial: the visible tests on a notebook that is not handed in. The newest of a participant and assignment takes the place of
 * the one before, whether that waits, runs or has ended; its notebook is kept until it has ended, its result until the next.
 */
import { eq } from 'drizzle-orm';
import { minute, type TrialPayload, type TrialView } from '@nbpulse/schema/wire';
import { assignment, participant, trial } from '@nbpulse/schema/db';
import { TokenBuckets, type ParticipantCaller } from '../access/index.js';
import { labAssignments, trialSuiteOf, versionToGradeBy, type LinkedAssignment } from '../assignments/index.js';
import type { Blobs } from '../blobs/index.js';
import { sha256Of, type Upload } from '../checkpoints/index.js';
import { brokenUnique, type Database, type Queryable } from '../database/index.js';
import { ProblemReply, refuse } from '../http/index.js';
import { dropJob, gradingIsOn, type Queue } from '../queue/index.js';
import { chosenAssignment, whyNoHandIn } from '../submissions/index.js';
import { ownTrial } from './views.js';

export interface TrialDeps {
  db: Database;
  blobs: Blobs;
  queue: Pick<Queue, 'add'>;
}

/** Behind every submission, however many its participant has waiting. */
const trialPriority = -1_000_000;
/** A few in a row, then one each ten seconds. */
export const trialsOfOne = { perSecond: 6 / (minute / 1000), burst: 4 };
/** So many ids of earlier trials are known for a late repeat. */
const earlierIds = 20;

const superseded = () =>
  refuse(409, 'conflict', 'A newer run of the tests has taken the place of this one; look at that one.');

export function trialStarter(deps: TrialDeps) {
  const rate = new TokenBuckets(trialsOfOne);

  return async function start(
    caller: ParticipantCaller,
    upload: Upload,
    slug: string | undefined,
    bytes: Uint8Array,
  ): Promise<TrialView | ProblemReply> {
    const sha256 = sha256Of(bytes);
    const asked = { caller, upload, slug, sha256 };
    const early = await answered(deps.db, asked);
    if (early) return early;
    const linked = chosenAssignment(await labAssignments(deps.db, caller.labId), slug);
    if (linked instanceof ProblemReply) return linked;
    const closed = await whyNoHandIn(deps.db, caller.labId, 'run');
    if (closed) return closed;
    const version = await versionForTrials(deps.db, linked);
    if (version instanceof ProblemReply) return version;
    const retryAfterMs = rate.take(caller.participantId);
    if (retryAfterMs > 0) {
      const seconds = Math.ceil(retryAfterMs / 1000);
      const message = `You ran the tests several times just now. Run them again in ${seconds} s; handing in is always possible.`;
      return refuse(429, 'too-fast', message, { retryAfterMs });
    }
    await deps.blobs.put(bytes);
    try {
      const refusal = await deps.db.transaction((tx) => replace(deps, tx, asked, linked, version));
      if (refusal) return refusal;
    } catch (error) {
      // The id is somebody else's, or was used for another assignment in the same moment.
      if (brokenUnique(error) === null) throw error;
      return (await answered(deps.db, asked)) ?? usedId();
    }
    return (await ownTrial(deps.db, caller.participantId, upload.id)) ?? superseded();
  };
}

interface Asked {
  caller: ParticipantCaller;
  upload: Upload;
  slug: string | undefined;
  sha256: string;
}

async function replace(
  { blobs, queue }: TrialDeps,
  tx: Queryable,
  asked: Asked,
  linked: LinkedAssignment,
  version: { id: string; number: number },
): Promise<ProblemReply | null> {
  const { caller, upload, sha256 } = asked;
  const { participantId, labId } = caller;
  // Two at once of one participant take turns.
  await tx
    .select({ id: participant.id })
    .from(participant)
    .where(eq(participant.id, participantId))
    .for('no key update');
  const mine = await tx.select().from(trial).where(eq(trial.participantId, participantId));
  if (mine.some((row) => row.id === upload.id)) return null;
  const former = mine.find((row) => row.assignmentId === linked.id);
  const earlier = former ? [...earlierOf(former), former.id].slice(-earlierIds) : [];
  if (earlier.includes(upload.id)) return superseded();
  if (former) {
    // The job first, as whoever ends it does: a worker that runs it is told to drop it.
    if (former.jobId !== null) await dropJob(tx, former.jobId);
    await tx.delete(trial).where(eq(trial.id, former.id));
    await blobs.unuse(tx, 'trial', [former.id]);
  }
  const payload: TrialPayload = {
    trialId: upload.id,
    assignmentId: linked.id,
    version: version.number,
    sha256,
    filename: upload.filename ?? `${linked.slug}.ipynb`,
  };
  const jobId = await queue.add(tx, 'trial', payload, trialPriority);
  await tx.insert(trial).values({
    id: upload.id,
    number: (former?.number ?? 0) + 1,
    earlier,
    labId,
    assignmentId: linked.id,
    participantId,
    versionId: version.id,
    jobId,
    sha256,
    receivedAt: upload.receivedAt,
  });
  await blobs.use(tx, [{ sha256, ownerKind: 'trial', ownerId: upload.id, labId }]);
  return null;
}

const earlierOf = (row: Pick<typeof trial.$inferSelect, 'earlier'>): string[] =>
  Array.isArray(row.earlier) ? row.earlier.filter((id) => typeof id === 'string') : [];

const usedId = () =>
  refuse(409, 'conflict', 'This x-nbpulse-id was used for another upload. Make a new id for each run of the tests.');

/** The answer to an id that is known: the same trial, or a conflict. */
async function answered(
  db: Queryable,
  { caller, upload, slug, sha256 }: Asked,
): Promise<TrialView | ProblemReply | null> {
  const { participantId } = caller;
  const [known] = await db
    .select({ participantId: trial.participantId, sha256: trial.sha256, slug: assignment.slug })
    .from(trial)
    .innerJoin(assignment, eq(assignment.id, trial.assignmentId))
    .where(eq(trial.id, upload.id));
  if (!known) {
    const mine = await db.select({ earlier: trial.earlier }).from(trial).where(eq(trial.participantId, participantId));
    return mine.some((row) => earlierOf(row).includes(upload.id)) ? superseded() : null;
  }
  const same =
    known.participantId === participantId && known.sha256 === sha256 && (slug === undefined || slug === known.slug);
  return same ? ((await ownTrial(db, participantId, upload.id)) ?? superseded()) : usedId();
}

/** The version that grades now, if its check left something to try, and somebody is there to run it. */
async function versionForTrials(
  db: Queryable,
  linked: LinkedAssignment,
): Promise<{ id: string; number: number } | ProblemReply> {
  const choice = await versionToGradeBy(db, linked.id);
  if (!choice || choice.waits) {
    const why = 'The tests of this assignment have not passed their own check yet, so they cannot be run.';
    return refuse(409, 'no-trials', `${why} Try again in a minute; you can hand in all the same.`);
  }
  if ((await trialSuiteOf(db, choice.id)) === null) {
    const why = 'This assignment has no tests that can be run before handing in.';
    return refuse(409, 'no-trials', `${why} All of them run when you submit.`);
  }
  if (!(await gradingIsOn(db))) {
    const why = 'Nobody runs tests on this server just now: grading is off.';
    return refuse(409, 'no-trials', `${why} You can hand in; it is graded once grading is on.`);
  }
  return choice;
}
