/** The one shape of every error that the API gives. `message` says what, which value, which limit and what to do next. */
import { z } from 'zod';

export const problemCode = z.enum([
  'invalid',
  'not-signed-in',
  'bad-token',
  'not-allowed',
  'not-found',
  'name-taken',
  'wrong-code',
  'wrong-return-code',
  'link-used',
  'conflict',
  'lab-closed',
  'lab-draft',
  'lab-deleted',
  'too-large',
  'not-a-notebook',
  'no-trials',
  'too-fast',
  'unavailable',
  'outdated-lease',
  'internal',
]);
export type ProblemCode = z.infer<typeof problemCode>;

export const problem = z.object({
  error: problemCode,
  message: z.string(),
  /** Which fields of the request are wrong, as `a.b`: sentence. */
  fields: z.record(z.string(), z.string()).optional(),
  retryAfterMs: z.int().optional(),
  /** Of a conflict: what stands there now, in the shape that the route names. */
  now: z.unknown().optional(),
});
export type Problem = z.infer<typeof problem>;
