/**
 * Answers of one question put together: equal ones first (by hash), then near-equal ones, then as staff merged, split and named
 * them. A page knows its records' hashes and looks up the group of each.
 */
import { z } from 'zod';
import { instant, questionKey } from './event.js';

export const answerSection = z.enum(['number', 'text', 'code', 'table', 'picture', 'rich', 'error', 'other']);
export type AnswerSection = z.infer<typeof answerSection>;

const groupName = z.string().trim().min(1).max(120);
const groupHint = z.string().trim().max(2_000);

export const knownMistake = z.object({
  id: z.uuid(),
  question: questionKey,
  name: groupName,
  hint: groupHint.nullable(),
  /** Where it was named first. */
  since: z.object({ lab: z.string(), at: instant }),
});
export type KnownMistake = z.infer<typeof knownMistake>;
/** `GET /courses/:course/mistakes`; `DELETE /courses/:course/mistakes/:mistake` forgets one (teachers). */
export const knownMistakes = z.object({ mistakes: z.array(knownMistake) });

export const answerGroup = z.object({
  /** Stays the same while answers join. */
  id: z.string().max(100),
  section: answerSection,
  /** One short line of its commonest answer. */
  label: z.string(),
  /** Given by staff here, or brought by a known mistake. */
  name: z.string().nullable(),
  hint: z.string().nullable(),
  known: knownMistake.nullable(),
  /** Why its answers are together. */
  how: z.enum(['equal', 'near', 'by-hand']),
  /** Answer hashes, the commonest first. */
  hashes: z.array(z.string()).min(1),
});
export type AnswerGroup = z.infer<typeof answerGroup>;

/** `GET /labs/:lab/questions/:key/groups`: over all records of the question that count. */
export const questionGroups = z.object({
  question: questionKey,
  /** Counts up with each edit by staff: `questionView.groupsRev`. */
  groupsRev: z.int().nonnegative(),
  /** `grouping`: `done` of `of` distinct answers so far, ask again; `plain`: it took too long, only equal answers are together. */
  state: z.enum(['ready', 'grouping', 'plain']),
  done: z.int(),
  of: z.int(),
  /** The rule of nearness in words, by section that has one. */
  rules: z.array(z.object({ section: answerSection, words: z.string() })),
  groups: z.array(answerGroup),
});
export type QuestionGroups = z.infer<typeof questionGroups>;

/** `POST /labs/:lab/questions/:key/groups` (assistants too) → `questionGroups`. Undo is the `undo` of the answer, sent back. */
export const groupEdit = z.discriminatedUnion('edit', [
  /** The answers of these become one group, by hand. */
  z.object({ edit: z.literal('merge'), groups: z.array(z.string().max(100)).min(2).max(200) }),
  /** These answers leave their group for one of their own. */
  z.object({
    edit: z.literal('split'),
    group: z.string().max(100),
    hashes: z.array(z.string().max(64)).min(1).max(5_000),
  }),
  /** `name` null: it loses its name. `known`: the next class's equal answers arrive with this name and hint. */
  z.object({
    edit: z.literal('name'),
    group: z.string().max(100),
    name: groupName.nullable(),
    hint: groupHint.nullable().default(null),
    known: z.boolean().default(false),
  }),
  /** Back to how the answers group by themselves. */
  z.object({ edit: z.literal('reset'), group: z.string().max(100) }),
  /** How hand-made groups stood before: from an earlier answer. */
  z.object({ edit: z.literal('restore'), snapshot: z.uuid() }),
]);
export type GroupEdit = z.infer<typeof groupEdit>;
export const groupEdited = z.object({ groups: questionGroups, undo: z.uuid() });
export type GroupEdited = z.infer<typeof groupEdited>;

/** `DELETE /courses/:course/mistakes/:mistake` →, and what `POST /courses/:course/mistakes/recall` takes it back by. */
export const mistakeForgotten = z.object({ undo: z.uuid() });
export type MistakeForgotten = z.infer<typeof mistakeForgotten>;
