/**
 * How a record stands against what its question expects. Judged by the server; staff see it, participants never get it.
 * `reached`: the template's own answer (`...`, `None`), unchanged.
 */
import { z } from 'zod';

export const verdict = z.enum(['right', 'wrong', 'reached']);
export type Verdict = z.infer<typeof verdict>;
