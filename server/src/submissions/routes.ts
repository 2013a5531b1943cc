import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { limits, receipt, roleReaches, slug, staffSubmission, submissionView } from '@nbpulse/schema/wire';
import { submission } from '@nbpulse/schema/db';
import type { Caller } from '../access/index.js';
import { newestVersions } from '../assignments/index.js';
import { badNotebook, notebookResponse, uploadOf } from '../checkpoints/index.js';
import { queueRun } from '../grading/index.js';
import { defineRoute, ProblemReply, refuse, type Route } from '../http/index.js';
import { submit, type SubmitDeps } from './submit.js';
import { findSubmissions, ownSubmissions, staffViews, studentViews, type Known } from './views.js';

const tag = 'Submissions';
const ownParams = z.object({ submission: z.uuid() });
const labParams = z.object({ lab: z.uuid() });
const staffParams = z.object({ lab: z.uuid(), submission: z.uuid() });
const noSubmission = () =>
  refuse(404, 'not-found', 'There is no such submission here. It may have been deleted; the list shows what there is.');
const seesGrades = (caller: Caller): boolean =>
  caller.kind === 'staff' && caller.role !== null && roleReaches(caller.role, 'teacher');

/** @example executedName('lab3.ipynb') // 'lab3.executed.ipynb' */
const executedName = (filename: string): string => `${filename.replace(/\.(ipynb|py)$/i, '')}.executed.ipynb`;

export function submissionRoutes(deps: SubmitDeps): Route[] {
  const { db, blobs } = deps;
  const ofLab = (params: { lab: string; submission: string }) =>
    findSubmissions(db, and(eq(submission.id, params.submission), eq(submission.labId, params.lab)), 1);
  const own = (caller: Caller, id: string) => {
    if (caller.kind !== 'participant') throw new Error('this route is for participants');
    return findSubmissions(db, and(eq(submission.id, id), eq(submission.participantId, caller.participantId)), 1);
  };

  const forParticipants = [
    defineRoute(
      {
        method: 'post',
        path: '/me/submissions',
        access: 'participant',
        summary: 'Hand in a notebook: its exact bytes',
        tag,
        query: z.object({ assignment: slug.optional() }),
        bytes: { maxBytes: limits.notebookBytes, what: 'A notebook with its outputs' },
        reply: receipt,
        status: 201,
      },
      async ({ bytes, query, caller, context }) => {
        if (caller.kind !== 'participant') throw new Error('this route is for participants');
        const upload = uploadOf(context);
        if (upload instanceof ProblemReply) return upload;
        return badNotebook(bytes) ?? submit(deps, caller, upload, query.assignment, bytes);
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/me/submissions',
        access: 'participant',
        summary: 'What you handed in, oldest first',
        tag,
        reply: z.object({ submissions: z.array(submissionView) }),
      },
      async ({ caller }) => {
        if (caller.kind !== 'participant') throw new Error('this route is for participants');
        return { submissions: await ownSubmissions(db, caller.participantId) };
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/me/submissions/{submission}',
        access: 'participant',
        summary: 'One of your submissions, with its feedback',
        tag,
        params: ownParams,
        reply: submissionView,
      },
      async ({ params, caller }) => {
        const [view] = await studentViews(db, await own(caller, params.submission));
        return view ?? noSubmission();
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/me/submissions/{submission}/notebook',
        access: 'participant',
        summary: 'The exact bytes that you handed in',
        tag,
        params: ownParams,
        replies: 'The notebook (application/x-ipynb+json)',
      },
      async ({ params, caller }) => {
        const [known] = await own(caller, params.submission);
        return known ? exactBytes(known.row) : noSubmission();
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/me/submissions/{submission}/executed',
        access: 'participant',
        summary: 'What you handed in, with the outputs of its graded run',
        tag,
        params: ownParams,
        replies: 'The notebook (application/x-ipynb+json)',
      },
      async ({ params, caller }) => executedOf((await own(caller, params.submission))[0]),
    ),
  ];

  const forStaff = [
    defineRoute(
      {
        method: 'get',
        path: '/labs/{lab}/submissions/{submission}/executed',
        access: 'teacher',
        summary: 'The notebook with the outputs of its graded run. The student’s own word, never a result',
        tag,
        params: staffParams,
        replies: 'The notebook (application/x-ipynb+json)',
      },
      async ({ params }) => executedOf((await ofLab(params))[0]),
    ),
    defineRoute(
      {
        method: 'get',
        path: '/labs/{lab}/submissions',
        access: 'assistant',
        summary: 'All submissions of a lab, oldest first; assistants see no points',
        tag,
        params: labParams,
        reply: z.object({ submissions: z.array(staffSubmission) }),
      },
      async ({ params, caller }) => {
        const known = await findSubmissions(db, eq(submission.labId, params.lab));
        return { submissions: await staffViews(db, known, { grades: seesGrades(caller), whole: false }) };
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/labs/{lab}/submissions/{submission}',
        access: 'assistant',
        summary: 'One submission, with the whole report for teachers',
        tag,
        params: staffParams,
        reply: staffSubmission,
      },
      async ({ params, caller }) => {
        const grades = seesGrades(caller);
        const [view] = await staffViews(db, await ofLab(params), { grades, whole: true });
        return view ?? noSubmission();
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/labs/{lab}/submissions/{submission}/notebook',
        access: 'assistant',
        summary: 'The exact bytes that were handed in',
        tag,
        params: staffParams,
        replies: 'The notebook (application/x-ipynb+json)',
      },
      async ({ params }) => {
        const [known] = await ofLab(params);
        return known ? exactBytes(known.row) : noSubmission();
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/labs/{lab}/submissions/{submission}/regrade',
        access: 'teacher',
        summary: 'Grade it again, against the newest version; the earlier run stays in the history',
        tag,
        params: staffParams,
        reply: staffSubmission,
        status: 202,
      },
      async ({ params, caller }) => {
        const [known] = await ofLab(params);
        if (!known) return noSubmission();
        const { status } = known.standing;
        // A run that waits for grading to come on is in the queue as well.
        if (known.newest?.endedAt === null && (known.newest.waitsFor ?? known.newest.job?.failedAt === null)) {
          return refuse(
            409,
            'conflict',
            `Submission ${known.row.number} is ${status === 'ungraded' ? 'queued' : status} already; wait for its result.`,
          );
        }
        const version = (await newestVersions(db, [known.row.assignmentId])).get(known.row.assignmentId);
        if (!version) return refuse(404, 'not-found', 'This assignment has no version. Push it again.');
        const after = await db.transaction(async (tx) => {
          await queueRun(tx, deps.queue, known.row);
          return deps.moved(tx, known.row.id);
        });
        await after();
        const [view] = await staffViews(db, await ofLab(params), { grades: seesGrades(caller), whole: true });
        return view ?? noSubmission();
      },
    ),
  ];

  async function exactBytes({ sha256, filename }: { sha256: string; filename: string }): Promise<Response> {
    const bytes = await blobs.get(sha256);
    if (!bytes) throw new Error(`the blob ${sha256} of a submission is missing`);
    return notebookResponse(new Uint8Array(bytes), filename);
  }

  /** Of the run whose result counts. It ran before any test, so nothing of the tests can be in it. */
  async function executedOf(known: Known | undefined): Promise<Response | ProblemReply> {
    if (!known) return noSubmission();
    const sha256 = known.verdict?.executedSha256;
    if (sha256 == null) {
      return refuse(
        404,
        'not-found',
        'No executed copy of this submission was kept. What was handed in is still there.',
      );
    }
    return exactBytes({ sha256, filename: executedName(known.row.filename) });
  }

  return [...forParticipants, ...forStaff];
}
