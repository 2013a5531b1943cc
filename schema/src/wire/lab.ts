/** Courses, labs, and what a teacher's page holds: one snapshot, then changes in the order of the lab's log. */
import { z } from 'zod';
import { instant, questionKey } from './event.js';
import { limits } from './limits.js';
import { labStatus } from './people.js';
import { submissionStatus } from './submission.js';
import { outcome } from './grading.js';
import { value } from './value.js';
import { staffRole } from './access.js';

export const rev = z.int().nonnegative();

export const courseView = z.object({
  id: z.uuid(),
  name: z.string(),
  timeZone: z.string(),
  role: staffRole,
  retentionMonths: z.int(),
});
export type CourseView = z.infer<typeof courseView>;

/** `GET /api/v1/session`: who is signed in. 401 when nobody is. */
export const sessionView = z.object({
  user: z.object({ id: z.string(), name: z.string(), email: z.string(), handle: z.string() }),
  courses: z.array(courseView),
});
export type SessionView = z.infer<typeof sessionView>;

/** `POST /api/v1/links/:token` : first sign-in by a one-time link. A used or expired link answers 410 and says how to get another. */
export const linkSignIn = z.object({
  name: z.string().trim().min(1).max(limits.nameChars),
  email: z.email(),
  handle: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{1,38}$/, 'lower-case letters, digits, dots and hyphens; at least two characters')
    .optional(),
  password: z.string().min(12, 'a password has at least 12 characters').max(200),
  course: z
    .object({ name: z.string().trim().min(1).max(limits.labNameChars), timeZone: z.string().max(64) })
    .optional(),
});
export type LinkSignIn = z.infer<typeof linkSignIn>;

/** `GET /api/v1/links/:token`: what an unused link is for. An invited colleague's address is fixed; so is the account's of a reset. */
export const linkView = z.object({
  kind: z.enum(['first', 'invite', 'reset']),
  email: z.string().nullable(),
  /** Where the link leads: the course that an invited colleague joins, or the one that stands ready for the first owner. */
  course: z.object({ name: z.string(), timeZone: z.string() }).nullable(),
  role: staffRole.nullable(),
  /** There is an account with this address already: its own password is asked for, none is set. */
  account: z.boolean(),
  expiresAt: instant,
});
export type LinkView = z.infer<typeof linkView>;

/** `POST /api/v1/courses/:course/staff/links` (owners): a one-time link for a colleague. */
export const staffLinkCreate = z.object({ email: z.email(), role: staffRole });
export const staffLinkReply = z.object({ url: z.url(), expiresAt: instant });

/** `GET /api/v1/courses/:course/staff` (teachers and owners). `labs`: those shared with an assistant; null for whoever sees all. */
export const courseStaffMember = z.object({
  user: z.string(),
  name: z.string(),
  email: z.string(),
  role: staffRole,
  labs: z.array(z.uuid()).nullable(),
});
export type CourseStaffMember = z.infer<typeof courseStaffMember>;

/** `PATCH /api/v1/courses/:course` */
export const coursePatch = z.object({
  name: z.string().trim().min(1, 'a course has a name').max(limits.labNameChars).optional(),
  timeZone: z.string().max(64).optional(),
});

const labName = z.string().trim().min(1, 'a lab has a name').max(limits.labNameChars);
/** `POST /api/v1/courses/:course/labs` */
export const labCreate = z.object({
  name: labName,
  description: z.string().max(limits.descriptionChars).default(''),
  questions: z
    .array(z.object({ key: questionKey, title: z.string().max(200).optional() }))
    .max(200)
    .default([]),
});
/** `PATCH /api/v1/labs/:lab` */
export const labPatch = z.object({
  name: labName.optional(),
  description: z.string().max(limits.descriptionChars).optional(),
  status: labStatus.optional(),
});
/** `DELETE /api/v1/labs/:lab`: the join code is typed again. */
export const labDelete = z.object({ joinCode: z.string() });

export const labView = z.object({
  id: z.uuid(),
  course: z.uuid(),
  name: z.string(),
  description: z.string(),
  status: labStatus,
  joinCode: z.string(),
  createdAt: instant,
  openedAt: instant.nullable(),
  closedAt: instant.nullable(),
});
export type LabView = z.infer<typeof labView>;

/** `GET /api/v1/courses/:course/labs`: each lab with its skyline. */
export const labListItem = labView.extend({
  participants: z.int(),
  /** Per question in order: how many have sent it, and how many of those last sent an error. */
  questions: z.array(z.object({ key: questionKey, answered: z.int(), errors: z.int() })),
  records: z.int(),
  storageBytes: z.int(),
});
export type LabListItem = z.infer<typeof labListItem>;

/** `GET /api/v1/courses/:course/labs`, newest first. */
export const labList = z.object({ labs: z.array(labListItem) });

export const participantView = z.object({
  id: z.uuid(),
  name: z.string(),
  joinedAt: instant,
  removed: z.boolean(),
  /** True for a participant of an open door (no token): shown as *unverified*. */
  unverified: z.boolean(),
});
export type ParticipantView = z.infer<typeof participantView>;

export const questionView = z.object({ key: questionKey, title: z.string().nullable(), position: z.number() });
export type QuestionView = z.infer<typeof questionView>;

/** One record. An image's bytes are at `/api/v1/labs/:lab/blobs/:sha256`. */
export const recordView = z.object({
  id: z.uuid(),
  participant: z.uuid(),
  question: questionKey,
  part: z.string().nullable(),
  /** Null when the value is longer than `limits.previewBytes` and must be fetched, or was deleted. */
  value: value.nullable(),
  /** One short line of the value, always there, for cells and lists: `[1063, 35]`, `Figure 640×480`, `IndexError: …`. */
  summary: z.string().max(200),
  /** Equal answers have equal hashes: `2`, `2.0` and `np.int64(2)` too. */
  hash: z.string(),
  error: z.boolean(),
  madeAt: instant,
  receivedAt: instant,
  /** Made before the lab closed, received after. */
  late: z.boolean(),
  deleted: z.boolean(),
});
export type RecordView = z.infer<typeof recordView>;

/** `GET /api/v1/me/records`: what is stored about the caller, newest first. */
export const myRecords = z.object({ records: z.array(recordView) });

const checkpointChange = z.object({
  id: z.uuid(),
  participant: z.uuid(),
  madeAt: instant,
  receivedAt: instant,
  sha256: z.string(),
  bytes: z.int(),
});
export type CheckpointChange = z.infer<typeof checkpointChange>;
const submissionChange = z.object({
  id: z.uuid(),
  number: z.string(),
  participant: z.uuid(),
  assignment: z.string(),
  receivedAt: instant,
  status: submissionStatus,
  outcome: outcome.nullable(),
  /** Null for assistants, who see no grades. */
  points: z.number().nullable(),
  maxPoints: z.number().nullable(),
});
export type SubmissionChange = z.infer<typeof submissionChange>;

/**
 * One thing that changed, with the revision that made it visible. Applying a change twice, or a newer one before an
 * older, leaves the newest: each replaces the whole of what it names.
 */
export const change = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('lab'), rev, lab: labView }),
  z.object({ kind: z.literal('lab-deleted'), rev }),
  z.object({ kind: z.literal('participant'), rev, participant: participantView }),
  z.object({ kind: z.literal('question'), rev, question: questionView }),
  z.object({ kind: z.literal('record'), rev, record: recordView }),
  z.object({
    kind: z.literal('dropped'),
    rev,
    participant: z.uuid(),
    question: questionKey,
    count: z.int(),
    madeAt: instant,
  }),
  z.object({ kind: z.literal('checkpoint'), rev, checkpoint: checkpointChange }),
  z.object({ kind: z.literal('submission'), rev, submission: submissionChange }),
]);
export type Change = z.infer<typeof change>;

/** A cell of the grid: what one participant sent to one question. */
export const gridCell = z.object({
  participant: z.uuid(),
  question: questionKey,
  records: z.int().positive(),
  errors: z.int().nonnegative(),
  /** Errors since the last record that was none. */
  errorRun: z.int().nonnegative(),
  firstAt: instant,
  lastAt: instant,
  last: z.object({ id: z.uuid(), summary: z.string(), hash: z.string(), error: z.boolean() }),
});
export type GridCell = z.infer<typeof gridCell>;

export const presenceState = z.enum(['online', 'idle', 'offline']);
export const presence = z.object({
  participant: z.uuid(),
  state: presenceState,
  /** Open connections from different devices; 2 or more is shown as "on two machines". */
  devices: z.int().nonnegative(),
  /** Records that wait on the student's side. */
  waiting: z.int().nonnegative(),
  seenAt: instant.nullable(),
});
export type Presence = z.infer<typeof presence>;

/** `GET /api/v1/labs/:lab/state`: everything the class page shows, as of `rev`. */
export const labState = z.object({
  rev,
  serverAt: instant,
  lab: labView,
  participants: z.array(participantView),
  questions: z.array(questionView),
  cells: z.array(gridCell),
  /** Times of each participant's records for the activity strip: minutes since the lab opened, errors negative. At most 400 each. */
  activity: z.array(z.object({ participant: z.uuid(), at: z.array(z.number()), errorAt: z.array(z.number()) })),
  submissions: z.array(submissionChange),
  presence: z.array(presence),
});
export type LabState = z.infer<typeof labState>;

/** `GET /api/v1/labs/:lab/log?since=N`: the changes after N, in order, at most 2,000; `to` tells where it ends, `more` whether to ask again. */
export const labLog = z.object({ from: rev, to: rev, more: z.boolean(), changes: z.array(change) });
export type LabLog = z.infer<typeof labLog>;

/** `GET /api/v1/labs/:lab/questions/:key/records?view=latest|first|all` */
export const questionRecords = z.object({
  rev,
  question: questionView,
  view: z.enum(['latest', 'first', 'all']),
  records: z.array(recordView),
});
export type QuestionRecords = z.infer<typeof questionRecords>;

/** `GET /api/v1/labs/:lab/participants/:participant/timeline`: oldest first. */
export const timelineItem = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('joined'), at: instant }),
  z.object({ kind: z.literal('record'), at: instant, record: recordView }),
  z.object({ kind: z.literal('dropped'), at: instant, question: questionKey, count: z.int() }),
  z.object({ kind: z.literal('checkpoint'), at: instant, checkpoint: checkpointChange }),
  z.object({ kind: z.literal('submission'), at: instant, submission: submissionChange }),
]);
export type TimelineItem = z.infer<typeof timelineItem>;
export const timeline = z.object({
  rev,
  participant: participantView,
  returnCode: z.string(),
  presence: presence.nullable(),
  questions: z.array(questionView),
  items: z.array(timelineItem),
});
export type Timeline = z.infer<typeof timeline>;
