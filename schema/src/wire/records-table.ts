/** One table of everything that was sent to a course, and hiding or deleting rows of it. */
import { z } from 'zod';
import { instant, questionKey } from './event.js';
import { recordView } from './lab.js';

/** `GET /courses/:course/records`: newest first; all filters together. Assistants get the labs shared with them. */
export const recordsQuery = z.object({
  lab: z.uuid().optional(),
  question: questionKey.optional(),
  participant: z.uuid().optional(),
  /** Part of a name. */
  name: z.string().max(200).optional(),
  /** Part of the answer as it is shown, or of a text or source. Case does not matter. */
  text: z.string().max(200).optional(),
  hidden: z.enum(['without', 'with', 'only']).default('without'),
  /** Of the page before. */
  before: z.string().max(100).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
export type RecordsQuery = z.input<typeof recordsQuery>;
export const recordsRow = z.object({
  record: recordView,
  lab: z.object({ id: z.uuid(), name: z.string() }),
  participant: z.object({ id: z.uuid(), name: z.string() }),
});
export type RecordsRow = z.infer<typeof recordsRow>;
export const recordsTable = z.object({
  /** Fewer than `limit`, even none, when a search by text looked through a long stretch: go on at `next`. */
  rows: z.array(recordsRow),
  /** For `before`; null: these are the last. */
  next: z.string().nullable(),
});
export type RecordsTable = z.infer<typeof recordsTable>;

const which = z.union([
  z.object({ ids: z.array(z.uuid()).min(1).max(5_000) }),
  /** All of one student's in this lab. */
  z.object({ participant: z.uuid(), question: questionKey.optional() }),
]);
/**
 * `POST /labs/:lab/removals` (teachers): `hide` takes rows out of every view and count until they are shown again; `delete` hides
 * them at once and erases their content at `erasesAt`. `POST /labs/:lab/removals/:removal/undo` until then (a hide: at any time); it
 * answers with what is shown again, and 409 once the content is erased. All of a student's: those that are there now, not what comes later.
 */
export const removalWanted = z.object({ how: z.enum(['hide', 'delete']), which });
export type RemovalWanted = z.input<typeof removalWanted>;
export const removalView = z.object({
  id: z.uuid(),
  how: z.enum(['hide', 'delete']),
  records: z.int(),
  erasesAt: instant.nullable(),
});
export type RemovalView = z.infer<typeof removalView>;
/** `POST /labs/:lab/records/show`: hidden rows are shown again, whatever hid them (not those that were deleted). */
export const showRecords = z.object({ which });
export const recordsShown = z.object({ records: z.int() });
