/** Joining a lab, and what a participant sees of it. */
import { z } from 'zod';
import { instant, questionKey } from './event.js';
import { limits } from './limits.js';
import { submissionView } from './submission.js';
import { trialView } from './trial.js';

/** Eight base32 characters (40 random bits), shown as `KMNS-42QX`; typed in any case, with or without the hyphen. */
export const joinCode = z
  .string()
  .transform((code) =>
    code.toUpperCase().replace(/[\s-]/g, '').replace(/0/g, 'O').replace(/1/g, 'I').replace(/8/g, 'B'),
  )
  .pipe(z.string().regex(/^[A-Z2-7]{8}$/, 'a join code has eight letters and digits, like KMNS-42QX'));
export const showJoinCode = (code: string): string => `${code.slice(0, 4)}-${code.slice(4)}`;

export const personName = z
  .string()
  .transform((name) => name.normalize('NFC').replace(/\s+/g, ' ').trim())
  .pipe(
    z
      .string()
      .min(1, 'type your name')
      .refine(
        (name) => [...name].length <= limits.nameChars,
        `a name has at most ${String(limits.nameChars)} characters`,
      )
      .refine((name) => !/\p{C}/u.test(name), 'a name has no control characters'),
  );

export const labStatus = z.enum(['draft', 'open', 'closed']);
export type LabStatus = z.infer<typeof labStatus>;

/** What anyone with the join code may know before joining. `GET /api/v1/join/:code` */
export const joinPreview = z.object({
  lab: z.object({ id: z.uuid(), name: z.string(), description: z.string(), status: labStatus }),
  course: z.object({ name: z.string() }),
  teachers: z.array(z.string()),
  /** Months after closing until records, notebooks and names are erased. */
  retentionMonths: z.int().positive(),
  /** The day on which they are erased, once the lab is closed or staff have set one. */
  eraseAt: instant.nullable(),
  /** The lab collects passive activity (which cell ran, class of an error): said in plain words before joining. */
  activity: z.boolean(),
  /** Participants may delete their own records. */
  mayDelete: z.boolean(),
});
export type JoinPreview = z.infer<typeof joinPreview>;

/** `POST /api/v1/join` */
export const joinRequest = z.object({
  code: joinCode,
  name: personName,
  device: z.object({ kind: z.enum(['page', 'kernel', 'browser']), label: z.string().max(120) }),
  /** A name already there asks "is this you?": the return code adds this device to that participant. */
  returnCode: z.string().max(40).optional(),
  /** "No, I am somebody else": joins as "Ada (2)". */
  another: z.boolean().optional(),
});
export type JoinRequest = z.infer<typeof joinRequest>;
export const joinReply = z.object({
  participant: z.uuid(),
  name: z.string(),
  token: z.string(),
  /** Shown under "What is stored about me": with it, this person can come back on another computer. */
  returnCode: z.string(),
  lab: z.object({ id: z.uuid(), name: z.string(), status: labStatus }),
});
export type JoinReply = z.infer<typeof joinReply>;

/**
 * Of one participant towards one question; the same on the class page and in the student's own panel.
 *
 * `answered`, `error`: by the last record. Without passive activity nobody reports what a student looks at: `working` is the
 * first question without a record after the last one sent, none when that one ended in an error. With activity on, the latest
 * activity that is newer than the last record says it instead: its question is `error` when the cell ended in one, else
 * `working` as long as it has no record.
 */
export const questionStatus = z.enum(['not-started', 'working', 'reached', 'answered', 'right', 'wrong', 'error']);
export type QuestionStatus = z.infer<typeof questionStatus>;

/** `GET /api/v1/me`: all that the student's panel shows. */
export const meView = z.object({
  participant: z.uuid(),
  name: z.string(),
  returnCode: z.string(),
  /** False while this participant has switched sending off. */
  sending: z.boolean(),
  lab: z.object({
    id: z.uuid(),
    name: z.string(),
    status: labStatus,
    closesAt: instant.nullable(),
    eraseAt: instant.nullable(),
    activity: z.boolean(),
    mayDelete: z.boolean(),
    assignments: z.array(
      z.object({
        slug: z.string(),
        title: z.string(),
        points: z.number(),
        dueAt: instant.nullable(),
        /** How many visible tests a trial runs; 0: it has none to try. Null while no version may grade. */
        visibleTests: z.int().nullable().optional(),
      }),
    ),
  }),
  course: z.object({ name: z.string(), retentionMonths: z.int() }),
  teachers: z.array(z.string()),
  questions: z.array(
    z.object({
      key: questionKey,
      title: z.string().nullable(),
      status: questionStatus,
      records: z.int(),
      lastAt: instant.nullable(),
    }),
  ),
  counts: z.object({ records: z.int(), checkpoints: z.int(), submissions: z.int() }),
  submissions: z.array(submissionView),
  /** The newest of each assignment; a server of before had none. */
  trials: z.array(trialView).optional(),
});
export type MeView = z.infer<typeof meView>;

/** `PATCH /api/v1/me`: sending off or on, for all devices of this participant. What is made while it is off is not taken. */
export const mePatch = z.object({ sending: z.boolean() });
/** `POST /api/v1/me/page`: a link to the page "What is stored about me", for this participant, once, for five minutes. */
export const myPageLink = z.object({ url: z.url(), expiresAt: instant });
/** `POST /api/v1/me/open`: that page, with the code of its link's fragment, becomes a device of its own. */
export const myPageOpen = z.object({ code: z.string().min(20).max(100) });
