import { z } from 'zod';
import { checkpointReply, limits, notebookProblem } from '@nbpulse/schema/wire';
import { defineRoute, ProblemReply, refuse, type Route } from '../http/index.js';
import { checkpointBytes, keepCheckpoint, keepKnownCheckpoint, ownUpload, type CheckpointDeps } from './checkpoints.js';
import { asAttachment, uploadOf } from './upload.js';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'a sha256 has 64 hexadecimal digits');
const tag = 'Checkpoints';

/** The status that a notebook which is none is refused with. */
export const badNotebook = (bytes: Uint8Array): ProblemReply | null => {
  const problem = notebookProblem(bytes);
  return problem && refuse(problem.code === 'too-large' ? 413 : 422, problem.code, problem.message);
};

export function checkpointRoutes(deps: CheckpointDeps): Route[] {
  return [
    defineRoute(
      {
        method: 'post',
        path: '/me/checkpoints',
        access: 'participant',
        summary: 'Store the notebook as it is; an unchanged one costs nothing',
        tag,
        bytes: { maxBytes: limits.notebookBytes, what: 'A notebook with its outputs' },
        reply: checkpointReply,
      },
      async ({ bytes, caller, context }) => {
        if (caller.kind !== 'participant') throw new Error('this route is for participants');
        const upload = uploadOf(context);
        if (upload instanceof ProblemReply) return upload;
        const known = context.req.header('x-nbpulse-sha256');
        if (known !== undefined && bytes.byteLength === 0) {
          const name = sha256.safeParse(known);
          if (!name.success)
            return refuse(400, 'invalid', 'The header x-nbpulse-sha256 must be 64 hexadecimal digits.');
          return keepKnownCheckpoint(deps, caller, upload, name.data);
        }
        return badNotebook(bytes) ?? keepCheckpoint(deps, caller, upload, bytes);
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/me/checkpoints/{sha256}',
        access: 'participant',
        summary: 'Whether you uploaded these bytes before (HEAD): 204 or 404. Answers only for your own uploads',
        tag,
        params: z.object({ sha256 }),
      },
      async ({ params, caller }) => {
        if (caller.kind !== 'participant') throw new Error('this route is for participants');
        return (await ownUpload(deps.db, caller.participantId, params.sha256))
          ? undefined
          : refuse(404, 'not-found', 'You have not uploaded a notebook with this sha256.');
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/labs/{lab}/checkpoints/{checkpoint}/notebook',
        access: 'assistant',
        summary: 'A checkpoint’s exact bytes',
        tag,
        params: z.object({ lab: z.uuid(), checkpoint: z.uuid() }),
        replies: 'The notebook (application/x-ipynb+json)',
      },
      async ({ params }) => {
        const found = await checkpointBytes(deps, { labId: params.lab }, params.checkpoint);
        if (!found)
          return refuse(404, 'not-found', 'There is no such checkpoint in this lab. It may have been deleted.');
        return notebookResponse(found.bytes, `checkpoint-${found.receivedAt.toISOString().slice(0, 19)}.ipynb`);
      },
    ),
  ];
}

/** A notebook as a download: hostile content, so no browser may show it as a page. */
export const notebookResponse = (bytes: Uint8Array<ArrayBuffer>, filename: string): Response =>
  new Response(bytes, {
    headers: {
      'content-type': 'application/x-ipynb+json',
      'content-disposition': asAttachment(filename),
      'x-content-type-options': 'nosniff',
    },
  });
