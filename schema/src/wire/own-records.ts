/** A participant's own records, question by question, and the frame of a rich one. */
import { z } from 'zod';
import { instant, questionKey } from './event.js';
import { recordView } from './lab.js';

/** `GET /api/v1/me/questions`: every question that the caller has sent to. Of a deleted record who and when is left, so it counts apart. */
export const myQuestions = z.object({
  questions: z.array(
    z.object({
      key: questionKey,
      title: z.string().nullable(),
      records: z.int(),
      deleted: z.int(),
      errors: z.int(),
      late: z.int(),
      lastAt: instant,
      lastIsError: z.boolean(),
      /** One short line of the newest that is left; empty when none is. */
      lastSummary: z.string(),
    }),
  ),
});
export type MyQuestion = z.infer<typeof myQuestions>['questions'][number];

/** `GET /api/v1/me/questions/:key/records?limit=&offset=`: newest first. */
export const myQuestionRecords = z.object({ records: z.array(recordView), more: z.boolean() });

/** `POST /api/v1/me/records/:record/frame`: a frame carries no token, so its address holds a ticket, for an hour. */
export const recordFrame = z.object({ url: z.string() });
