import type { Problem, ProblemCode } from '@nbpulse/schema/wire';

/** An expected failure, as a value: what a handler returns instead of its reply. */
export class ProblemReply {
  constructor(
    readonly status: 400 | 401 | 403 | 404 | 409 | 410 | 413 | 415 | 422 | 429 | 500 | 503,
    readonly body: Problem,
  ) {}
}

/** @example return refuse(404, 'not-found', 'There is no lab with this address. It may have been deleted.') */
export function refuse(
  status: ProblemReply['status'],
  error: ProblemCode,
  message: string,
  more: Pick<Problem, 'fields' | 'retryAfterMs' | 'now'> = {},
): ProblemReply {
  return new ProblemReply(status, { error, message, ...more });
}
