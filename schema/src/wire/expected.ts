/**
 * Expected answers: what makes a record of a question right. Set by staff before or during the lab, judged on the server against
 * everything that was sent, and never given to participants.
 */
import { z } from 'zod';
import { instant, questionKey } from './event.js';
import { value } from './value.js';

/** A number is near enough when |got − expected| ≤ max(absolute, relative × |expected|), as `math.isclose` with the expected one's size. */
export const tolerance = z.object({
  absolute: z.number().nonnegative().max(1e300).default(0),
  relative: z.number().nonnegative().max(1).default(0),
});
export type Tolerance = z.infer<typeof tolerance>;

const compared = {
  /** For every number in it, also inside of lists, arrays and tables. Null: equal as Python's `==` has it. */
  tolerance: tolerance.nullable().default(null),
  /** `2`, `2.0` and `np.int64(2)` are the same answer unless this asks for the same type. */
  exactType: z.boolean().default(false),
};
export const expectedAnswer = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('value'), value, ...compared }),
  z.object({ kind: z.literal('any-of'), values: z.array(value).min(1).max(100), ...compared }),
  /** A regular expression (RE2 syntax, linear time) that the whole text, or the source of a function, matches. */
  z.object({ kind: z.literal('pattern'), pattern: z.string().min(1).max(500), ignoreCase: z.boolean().default(false) }),
  /** A small expression over `x`, the answer: `0 < x < 1`, `len(x) == 3 and x[0] == 2`. The grammar is in docs/expected-answers.md. */
  z.object({ kind: z.literal('expression'), expression: z.string().min(1).max(500) }),
]);
export type ExpectedAnswer = z.infer<typeof expectedAnswer>;

export const expectedSetting = z.object({
  answer: expectedAnswer,
  from: z.enum(['typed', 'solution']),
  /** Name of who set it. */
  setBy: z.string().nullable(),
  setAt: instant,
});
export type ExpectedSetting = z.infer<typeof expectedSetting>;

/** Of the records that count (neither deleted nor hidden) of a question; `participants` by their latest. */
export const verdictCounts = z.object({ right: z.int(), wrong: z.int(), reached: z.int(), unjudged: z.int() });
export type VerdictCounts = z.infer<typeof verdictCounts>;

/** `POST /labs/:lab/questions/:key/expected/preview`: what it would say, without setting it. `PUT …/expected` sets it. */
export const expectedWanted = z.object({
  answer: expectedAnswer,
  /** Where it came from: *Undo* puts back one that was taken from the solution. */
  from: z.enum(['typed', 'solution']).default('typed'),
});
/** `PUT …/expected` (teachers) sets, `DELETE …/expected` clears; both re-judge everything already sent before they answer. */
export const expectedJudged = z.object({
  expected: expectedSetting.nullable(),
  /** What stood there before: *Undo* puts it back. */
  before: expectedSetting.nullable(),
  records: verdictCounts,
  latest: verdictCounts,
});
export type ExpectedJudged = z.infer<typeof expectedJudged>;
export const expectedPreview = z.object({
  records: verdictCounts,
  latest: verdictCounts,
  /** By answer hash, at most 2,000: which answers it would call right. */
  right: z.array(z.string()),
});
export type ExpectedPreview = z.infer<typeof expectedPreview>;

/** One run of an author's notebook in the sandbox: its `send`s become proposals (solution) or the template's own answers. */
export const notebookRunKind = z.enum(['template', 'solution']);
export type NotebookRunKind = z.infer<typeof notebookRunKind>;
export const notebookRunView = z.object({
  id: z.uuid(),
  kind: notebookRunKind,
  filename: z.string(),
  state: z.enum(['waiting', 'running', 'done', 'failed']),
  startedBy: z.string().nullable(),
  createdAt: instant,
  endedAt: instant.nullable(),
  /** Why it failed, or what did not go well (a cell that raised), in words for the author. */
  message: z.string().nullable(),
  /** The questions that it sent, in the order of their last `send`. */
  questions: z.array(questionKey),
});
export type NotebookRunView = z.infer<typeof notebookRunView>;
/** `POST /labs/:lab/notebook-runs?kind=&filename=` (teachers), the notebook as the body. One at a time per kind; a new one replaces the last. */
/** `GET /labs/:lab/notebook-runs/:run`: what it would set. */
export const notebookRunProposals = z.object({
  run: notebookRunView,
  /** Whether a worker that can run it has called of late. */
  workerThere: z.boolean(),
  proposals: z.array(
    z.object({
      question: questionKey,
      summary: z.string(),
      /** Null: this kind of value cannot be expected (a picture, an exception); `why` says so. */
      answer: expectedAnswer.nullable(),
      why: z.string().nullable(),
      /** What the question expects now. */
      now: expectedSetting.nullable(),
    }),
  ),
});
export type NotebookRunProposals = z.infer<typeof notebookRunProposals>;
/** `POST /labs/:lab/notebook-runs/:run/accept`: these questions take their proposal, `from: 'solution'`. */
export const proposalsAccept = z.object({ questions: z.array(questionKey).min(1).max(500) });
/** What stood there before each: *Undo* puts it back. */
export const proposalsAccepted = z.object({
  set: z.array(expectedJudged.extend({ question: questionKey })),
});
export type ProposalsAccepted = z.infer<typeof proposalsAccepted>;

/** `GET /labs/:lab/questions/:key/template` (assistants too): what the template itself sends for a question, by its last run. */
export const templateAnswer = z.object({
  question: questionKey,
  /** Null: no template was run, or it sent nothing for this question that was kept. */
  value: value.nullable(),
});
export type TemplateAnswer = z.infer<typeof templateAnswer>;
